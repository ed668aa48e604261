using System.Text.RegularExpressions;

namespace Mailflow.EndToEnd.Observability;

/// <summary>The metrics and labels in a query. Not a parser: it only knows enough to tell metrics from labels, functions and keywords.</summary>
static partial class PromQl
{
    static readonly HashSet<string> Grouping = new(["by", "without", "on", "ignoring", "group_left", "group_right"], StringComparer.Ordinal);
    static readonly HashSet<string> Keywords = new([.. Grouping, "and", "or", "unless", "bool", "offset", "inf", "nan", "Inf", "NaN"], StringComparer.Ordinal);

    public sealed record Names(HashSet<string> Metrics, HashSet<string> Labels);

    public static Names Of(string query)
    {
        var names = new Names(new(StringComparer.Ordinal), new(StringComparer.Ordinal));
        var words = Word().Matches(query).Select(m => m.Value).ToList();
        var (braces, brackets, grouping) = (false, false, false);
        for (var i = 0; i < words.Count; i++)
        {
            var (word, next) = (words[i], i + 1 < words.Count ? words[i + 1] : "");
            switch (word)
            {
                case "{": braces = true; break;
                case "}": braces = false; break;
                case "[": brackets = true; break;
                case "]": brackets = false; break;
                case ")": grouping = false; break;
                case "(": grouping |= i > 0 && Grouping.Contains(words[i - 1]); break;
                default:
                    if (!char.IsLetter(word[0]) && word[0] != '_' || brackets)
                        break;
                    if (braces && word == "__name__")
                        names.Metrics.UnionWith(MetricPrefix().Matches(words[i + 3]).Select(m => m.Value + "*"));
                    else if (braces || grouping)
                        names.Labels.Add(word);
                    else if (!Keywords.Contains(word) && next != "(" && !(Grouping.Contains(next) && !word.Contains('_', StringComparison.Ordinal)))
                        names.Metrics.Add(word);
                    break;
            }
        }

        return names;
    }

    /// <summary>The selectors of a query: metric, matchers, range.</summary>
    public static IEnumerable<(string Metric, string Matchers, string Range)> Selectors(string query) =>
        Selector().Matches(query).Select(m => (m.Groups["metric"].Value, m.Groups["matchers"].Value, m.Groups["range"].Value));

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|[0-9][0-9a-zA-Z.]*|[a-zA-Z_][a-zA-Z0-9_:]*|[^\\s]", RegexOptions.None, 1000)]
    private static partial Regex Word();

    [GeneratedRegex("mailflow_", RegexOptions.None, 1000)]
    private static partial Regex MetricPrefix();

    [GeneratedRegex(@"(?<metric>[a-zA-Z_][a-zA-Z0-9_:]*)\{(?<matchers>[^}]*)\}(?:\[(?<range>[^\]]*)\])?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Selector();
}
