using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class RuleBookTests
{
    public static TheoryData<string> Patterns => [.. AllRules.Families.SelectMany(f => f.Rules).Select(r => r.Pattern)];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Each_row_decides_its_own_sample(string pattern)
    {
        var rule = AllRules.Families.SelectMany(f => f.Rules).Single(r => r.Pattern == pattern);
        var diagnosis = Diagnosis.Of(rule.Sample);
        Assert.Contains(diagnosis.Evidence, e => e.Says == rule.Says);
        Assert.Equal(rule.Cause, diagnosis.Cause);
        Assert.Equal(rule.Sub, diagnosis.SubReason);
    }

    [Fact]
    public void No_two_rows_claim_the_same_phrases()
    {
        var seen = new Dictionary<string, Rule>(StringComparer.Ordinal);
        foreach (var rule in AllRules.Families.SelectMany(f => f.Rules))
        {
            foreach (var claim in Claims(rule.Pattern))
                Assert.True(seen.TryAdd(claim, rule), $"'{rule.Pattern}' and '{seen[claim].Pattern}' both claim '{claim}'");
        }
    }

    // One line for each way in which a pattern without sequences can match.
    static IEnumerable<string> Claims(string pattern)
    {
        var terms = pattern.Split(" + ").Select(t => t.Trim()).ToArray();
        IEnumerable<string[]> ways = [[]];
        foreach (var term in terms)
        {
            var choices = term.StartsWith('!') || term.Contains(" .. ", StringComparison.Ordinal) ? [term] : term.Split('|');
            ways = ways.SelectMany(way => choices.Select(c => (string[])[.. way, c.StartsWith('!') ? c : PatternText.Key(c)])).ToArray();
        }
        return ways.Select(way => string.Join(" + ", way.Order(StringComparer.Ordinal)));
    }
}
