using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Messages;

namespace Mailflow.Metrics;

/// <summary>One label and its values, which are always a bounded set.</summary>
/// <param name="values">The texts of a closed set; empty if the values come from logs, exports or settings.</param>
/// <param name="says">For an open set, a description of its bound.</param>
/// <param name="most">For an open set of names from logs, how many get their own series; 0 if it is bounded in another way.</param>
abstract class Label(string name, IReadOnlyList<string> values, string says, int most)
{
    /// <summary>The value for all names without their own series.</summary>
    public const string Other = "other";

    /// <summary>The value for a missing name.</summary>
    public const string None = "none";

    public string Name => name;

    public IReadOnlyList<string> Values => values;

    public string Says => says;

    public int Most => most;

    /// <summary>A label whose values are all known at compile time.</summary>
    public static Label<T> Closed<T>(string name, IEnumerable<T> values, Func<T, string> text)
        where T : notnull
    {
        var byText = values.ToDictionary(text, StringComparer.Ordinal);
        return new(name, [.. byText.Keys], "", 0, text, byText.TryGetValue);
    }

    /// <summary>A label whose values come from logs, exports or settings.</summary>
    public static Label<T> Open<T>(string name, string says, Func<T, string> text, Func<string, T> make, int most = 0)
        where T : notnull
    {
        return new(name, [], says, most, text, Parse);

        // A store of an earlier version may contain a label that could be a person's address: it is counted as other.
        bool Parse(string stored, [MaybeNullWhen(false)] out T value)
        {
            value = make(stored.Length == 0 || LabelName.IsName(stored) ? stored : Other);
            return true;
        }
    }
}

/// <summary>Parses the text of a label value.</summary>
delegate bool LabelParser<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>A label whose values have their own type, so that a value of another label does not compile in its place.</summary>
sealed class Label<T>(string name, IReadOnlyList<string> values, string says, int most, Func<T, string> text, LabelParser<T> parse)
    : Label(name, values, says, most)
    where T : notnull
{
    public string Text(T value) => text(value);

    /// <returns>False if this version has no such value.</returns>
    public bool TryParse(string stored, [MaybeNullWhen(false)] out T value) => parse(stored, out value);
}
