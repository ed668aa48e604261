namespace Mailflow.Analysis.Incidents;

/// <summary>Numbers for texts: 0 is no text. Above <see cref="Most"/> texts, new ones share the number of <see cref="Others"/>.</summary>
public sealed class NameList
{
    /// <summary>More texts than an organisation has servers, domains and senders.</summary>
    public const int Most = 1_000_000;

    /// <summary>What texts above the limit are called.</summary>
    public const string Others = "(others)";

    readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [""] = 0, [Others] = 1 };
    readonly List<string> _texts = ["", Others];

    /// <summary>The texts in the order of their numbers.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>The text of a number.</summary>
    public string this[int number] => _texts[number];

    /// <summary>The number of a text.</summary>
    public int Of(string text)
    {
        if (_numbers.TryGetValue(text, out var number))
            return number;
        if (_texts.Count >= Most)
            return 1;
        _numbers.Add(text, number = _texts.Count);
        _texts.Add(text);
        return number;
    }
}
