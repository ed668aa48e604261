using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Failures;

/// <summary>The words in the rules' phrases: words about a failure, as opposed to names of persons.</summary>
public static class RuleWords
{
    static readonly HashSet<string> All = AllRules.Families
        .SelectMany(f => f.Rules)
        .SelectMany(r => WordsOf(r.Pattern).Concat(r.Pattern.Split(['|', '+', '[', ']', ' '])))
        .Where(w => w.Length > 1)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup = All.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a rule has this word in one of its phrases; case does not matter.</summary>
    public static bool Contains(ReadOnlySpan<char> word) => Lookup.Contains(word);

    static IEnumerable<string> WordsOf(string pattern)
    {
        for (var start = 0; start < pattern.Length;)
        {
            var end = start;
            while (end < pattern.Length && (char.IsLetterOrDigit(pattern[end]) || pattern[end] is '\'' or '’'))
                end++;
            if (end > start)
                yield return pattern[start..end];
            start = end + 1;
        }
    }
}
