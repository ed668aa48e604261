using System.Text;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>
/// The list properties of Get-MessageTrackingLog, as text: joined by the person who exported them, with any separator; in braces by Format-List; or
/// replaced by the name of a type, because Export-Csv writes no lists.
/// </summary>
static class RowLists
{
    static readonly string[] Marks = ["[", "List", "Collection"];
    static readonly string[] TypeNames = ["System.", "Microsoft.", "Deserialized."];

    /// <summary>Whether the text is the name of a type instead of a list.</summary>
    public static bool IsTypeName(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 8 or > 300 || text[0] is not ((byte)'S' or (byte)'M' or (byte)'D') || text.Contains((byte)'@'))
            return false;
        var name = Encoding.UTF8.GetString(text);
        return TypeNames.Any(t => name.StartsWith(t, StringComparison.Ordinal))
            && Marks.Any(m => name.Contains(m, StringComparison.Ordinal));
    }

    /// <summary>Removes the braces of Format-List, and the mark that members are missing.</summary>
    public static string WithoutBraces(string text, out bool isPart)
    {
        isPart = false;
        if (!text.StartsWith('{') || !text.EndsWith('}') || text.StartsWith("{LED", StringComparison.OrdinalIgnoreCase))
            return text;
        text = text[1..^1].Trim();
        if (!text.EndsWith("...", StringComparison.Ordinal) && !text.EndsWith('…'))
            return text;
        isPart = true;
        return text.TrimEnd('.', '…', ' ', ',');
    }

    /// <summary>The addresses in a joined list.</summary>
    public static string[] Addresses(string text)
    {
        foreach (var separator in ";|\n")
            if (text.Contains(separator, StringComparison.Ordinal))
                return Split(text, separator);
        // A legacy address has blanks and may have commas, but no @.
        foreach (var separator in ", ")
            if (Split(text, separator) is { Length: > 1 } parts && parts.All(p => p.Contains('@', StringComparison.Ordinal)))
                return parts;
        return [text.Trim()];
    }

    /// <summary>
    /// The statuses of this many recipients: each is an envelope <c>[{LED=...}]</c> or begins with a code. Where the text does not divide into as many
    /// parts, it applies to all.
    /// </summary>
    public static string[] Statuses(string text, int recipients)
    {
        if (recipients <= 1)
            return [text];
        if (Envelopes(text) is { } envelopes && envelopes.Length == recipients)
            return envelopes;
        foreach (var separator in (string[])["\n", "|", "; ", ";", ", ", ","])
            if (text.Split(separator, StringSplitOptions.TrimEntries) is var parts && parts.Length == recipients && parts.All(IsStatus))
                return parts;
        return [text];
    }

    static string[] Split(string text, char separator) =>
        text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static bool IsStatus(string text) => text.Length == 0 || char.IsAsciiDigit(text[0]) || text.StartsWith("[{", StringComparison.Ordinal);

    /// <summary>Null where the text does not begin with an envelope.</summary>
    static string[]? Envelopes(string text)
    {
        const string Start = "[{LED=";
        if (!text.StartsWith(Start, StringComparison.OrdinalIgnoreCase))
            return null;
        var parts = new List<string>();
        var from = 0;
        while (true)
        {
            var next = text.IndexOf(Start, from + Start.Length, StringComparison.OrdinalIgnoreCase);
            parts.Add(text[from..(next < 0 ? text.Length : next)].TrimEnd(' ', ',', ';', '|', '\r', '\n'));
            if (next < 0)
                return [.. parts];
            from = next;
        }
    }
}
