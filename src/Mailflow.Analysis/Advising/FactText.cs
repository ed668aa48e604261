using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising;

/// <summary>The facts of a reply as lines for a person.</summary>
static class FactText
{
    static readonly string[] Checks = ["spf", "dkim", "dmarc"];

    /// <summary>What stands before the value; null: the sentence of the fact has its value.</summary>
    static readonly Dictionary<string, string?> Labels = new(StringComparer.Ordinal)
    {
        ["failing_domain"] = "Domain of the check",
        ["dmarc_policy"] = "Policy of its DMARC record",
        ["list"] = "Blocklist",
        ["lookup_url"] = "Page for a look-up or a removal",
        ["help_url"] = "Page with more",
        ["our_address"] = "Sending address",
        ["stage"] = null,
        ["throttle_minutes"] = null,
        ["throttle_stage"] = "Stage of Exchange Online's enforcement",
        ["tls_reason"] = null,
        ["tls_refused"] = "TLS version that is refused",
        ["tls_required"] = "Lowest TLS version that is accepted",
        ["retry_after_minutes"] = "Minutes to wait before the next attempt",
        ["quota"] = "Quota",
        ["size_limit"] = "Largest message that is accepted",
        ["message_size"] = "Size of the message as the server counts it",
        ["rate_limit"] = "Rate limit",
        ["recipient_limit"] = "Recipients allowed in one message",
        ["connection_limit"] = "Connections allowed at a time",
        ["x500"] = "Old internal address (legacyExchangeDN) that the sender's Outlook still uses",
        ["sender"] = "Sender",
        ["recipient"] = "Recipient",
        ["remote_server"] = "Server that refused or could not be reached",
        ["remote_address"] = "Its address",
        ["message_id"] = "Message-ID",
    };

    /// <summary>The results of SPF, DKIM and DMARC on one line, each other fact on its own.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyList<Fact> facts)
    {
        var lines = new List<string>();
        var checks = facts.Where(f => Checks.Contains(f.Name, StringComparer.Ordinal)).ToList();
        var domain = checks.Count > 0 ? facts.Value("failing_domain") : null;
        if (checks.Count > 0)
            lines.Add(string.Join(", ", checks.Select(c => $"{c.Name.ToUpperInvariant()} {Result(c.Value)}")) + (domain is null ? "" : $" for {domain}"));
        foreach (var fact in facts)
            if (!checks.Contains(fact) && (domain is null || fact.Name != "failing_domain"))
                lines.Add(Line(fact));
        return lines;
    }

    static string Line(Fact fact) =>
        !Labels.TryGetValue(fact.Name, out var label) ? $"{fact.Value}: {fact.Says.TrimEnd('.')}"
        : label is null ? fact.Says.TrimEnd('.')
        : $"{label}: {fact.Value}";

    static string Result(string result) => result switch
    {
        "pass" => "passed",
        "fail" => "failed",
        "none" => "has no record or signature",
        _ => result,
    };
}
