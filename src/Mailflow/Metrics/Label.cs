using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Messages;

namespace Mailflow.Metrics;

/// <summary>One label and its values: always a bounded set.</summary>
/// <param name="values">The closed set, as text; empty where logs, exports or settings give the values.</param>
/// <param name="says">For an open set, what bounds it, in words.</param>
/// <param name="most">For an open set of names from logs, how many get series of their own; 0 where something else bounds it.</param>
abstract class Label(string name, IReadOnlyList<string> values, string says, int most)
{
    /// <summary>Stands for all names without series of their own.</summary>
    public const string Other = "other";

    /// <summary>Stands for a name that is not there.</summary>
    public const string None = "none";

    public string Name => name;

    public IReadOnlyList<string> Values => values;

    public string Says => says;

    public int Most => most;

    /// <summary>A label whose values are all known when the program is built.</summary>
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

        // A store of an earlier version may hold a label that could be an address of a person: it is counted as other.
        bool Parse(string stored, [MaybeNullWhen(false)] out T value)
        {
            value = make(stored.Length == 0 || LabelName.IsName(stored) ? stored : Other);
            return true;
        }
    }
}

/// <summary>Parses the text of a label's value.</summary>
delegate bool LabelParser<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>A label whose values are of one type: code that counts or reads cannot take another label's value for it.</summary>
sealed class Label<T>(string name, IReadOnlyList<string> values, string says, int most, Func<T, string> text, LabelParser<T> parse)
    : Label(name, values, says, most)
    where T : notnull
{
    public string Text(T value) => text(value);

    /// <returns>False where this version has no such value.</returns>
    public bool TryParse(string stored, [MaybeNullWhen(false)] out T value) => parse(stored, out value);
}
