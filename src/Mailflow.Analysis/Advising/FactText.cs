using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising;

/// <summary>The facts of a reply as lines for a person.</summary>
static class FactText
{
    static readonly string[] Checks = ["spf", "dkim", "dmarc"];

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
                lines.Add($"{fact.Value}: {fact.Says.TrimEnd('.')}");
        return lines;
    }

    static string Result(string result) => result switch
    {
        "pass" => "passed",
        "fail" => "failed",
        "none" => "has no record or signature",
        _ => result,
    };
}
