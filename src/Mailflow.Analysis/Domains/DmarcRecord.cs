namespace Mailflow.Analysis.Domains;

/// <summary>A DMARC record (RFC 7489 section 6.3).</summary>
/// <param name="Policy">none, quarantine or reject.</param>
/// <param name="SubdomainPolicy">The same for subdomains.</param>
/// <param name="Reports">Where aggregate reports go; empty where none are requested.</param>
public sealed record DmarcRecord(string Policy, string SubdomainPolicy, string Reports)
{
    /// <summary>Whether the text is meant as a DMARC record, valid or not.</summary>
    public static bool IsOne(string text) => text.StartsWith("v=DMARC1", StringComparison.OrdinalIgnoreCase);

    /// <summary>The record; null with the reason in <paramref name="fault"/> where it is not valid.</summary>
    public static DmarcRecord? Parse(string text, out string fault)
    {
        fault = "";
        var tags = TaggedRecord.Parse(text);
        if (tags is null)
            fault = "it is not a list of tag=value";
        else if (tags.GetValueOrDefault("v") != "DMARC1")
            fault = "it does not begin with v=DMARC1";
        else if (!tags.TryGetValue("p", out var policy))
            fault = "it has no policy (p=)";
        else if (policy.ToLowerInvariant() is not ("none" or "quarantine" or "reject"))
            fault = $"its policy p={TaggedRecord.Show(policy)} is none of none, quarantine, reject";
        else
            return new(policy.ToLowerInvariant(), tags.GetValueOrDefault("sp", policy).ToLowerInvariant(), tags.GetValueOrDefault("rua", ""));
        return null;
    }
}
