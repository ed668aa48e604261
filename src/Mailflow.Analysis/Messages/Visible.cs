using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mailflow.Analysis.Messages;

/// <summary>Which characters of a text from a log, a file or a server may be shown to a person.</summary>
public static class Visible
{
    /// <summary>Characters that set the direction of the text after them: a reader would see another text than the one that is there.</summary>
    public static SearchValues<char> Turns { get; } = SearchValues.Create("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069");

    /// <summary>False for control characters (C0, C1), line and paragraph separators, and <see cref="Turns"/>.</summary>
    public static bool Is(char letter) =>
        letter is >= ' ' and <= '~' || (!char.IsControl(letter) && letter is not ('\u2028' or '\u2029') && !Turns.Contains(letter));

    /// <summary>The text with the characters that are not visible escaped: <c>\x1b</c>, <c>\u202e</c>.</summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\uffff'))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var letter in text)
            if (Is(letter))
                result.Append(letter);
            else
                result.Append(CultureInfo.InvariantCulture, $"{(letter < 0x100 ? $@"\x{(int)letter:x2}" : $@"\u{(int)letter:x4}")}");
        return result.ToString();
    }

    /// <summary>The first visible characters of a text, at most <paramref name="most"/>: for a name or a few words within a sentence of ours.</summary>
    public static string Start(string text, int most) => string.Concat(text.Where(Is).Take(most));
}
