using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class RuleBookTests
{
    public static TheoryData<string> Patterns => [.. AllRules.Families.SelectMany(f => f.Rules).Select(r => r.Pattern)];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Each_rule_decides_its_own_sample(string pattern)
    {
        var rule = AllRules.Families.SelectMany(f => f.Rules).Single(r => r.Pattern == pattern);
        var diagnosis = Diagnosis.Of(rule.Sample);
        Assert.Contains(diagnosis.Evidence, e => e.Says == rule.Says);
        Assert.Equal(rule.Cause, diagnosis.Cause);
        if (rule.Sub is not null)
            Assert.Equal(rule.Sub, diagnosis.SubReason);
    }

    [Fact]
    public void No_two_rules_have_the_same_phrases()
    {
        var seen = new Dictionary<string, Rule>(StringComparer.Ordinal);
        var twice = new List<string>();
        foreach (var rule in AllRules.Families.SelectMany(f => f.Rules))
        {
            foreach (var claim in Claims(rule.Pattern))
            {
                if (!seen.TryAdd(claim, rule))
                    twice.Add($"'{claim}' stands at {rule.Cause.Name()}: {rule.Source} and at {seen[claim].Cause.Name()}: {seen[claim].Source}");
            }
        }
        Assert.True(twice.Count == 0, string.Join("\n", twice));
    }

    [Fact]
    public void Each_code_has_the_meaning_of_its_row_without_other_words()
    {
        foreach (var meaning in CodeTable.All)
        {
            var code = meaning.Code.Replace('x', '5');
            if (CodeTable.All.Any(m => m.Code == code && m != meaning))
                continue; // a row for one class takes precedence over this one for all classes
            var text = meaning.Strength == Strength.Smtp ? $"{code} gnu@contoso.example" : $"{code[0]}50 {code} gnu";
            Assert.Equal((code, meaning.Cause), (code, Diagnosis.Of(text).Cause));
        }
    }

    // One line per alternative of a pattern.
    static IEnumerable<string> Claims(string pattern) => PatternText.Split(pattern, "|").ToList().SelectMany(Ways);

    static IEnumerable<string> Ways(string way)
    {
        IEnumerable<string[]> ways = [[]];
        foreach (var term in PatternText.Split(way, " + ").ToList())
        {
            var sequence = term.StartsWith('!') || term.Contains(" .. ", StringComparison.Ordinal);
            var choices = sequence ? [term] : term.Trim('[', ']').Split('|').Select(PatternText.Key);
            ways = ways.SelectMany(w => choices.Select(c => (string[])[.. w, c])).ToArray();
        }
        return ways.Select(w => string.Join(" + ", w.Order(StringComparer.Ordinal)));
    }
}
