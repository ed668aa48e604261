using System.Globalization;
using System.Text;

namespace Mailflow;

/// <summary>What others wrote, for a terminal: a reply or a file's name may hold what moves the cursor, rings, or turns the text around.</summary>
static class Printable
{
    /// <summary>The text with what is no letter of it written out: <c>\x1b</c>, <c>\u202e</c>.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\uffff'))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var letter in text)
            if (IsPrintable(letter))
                result.Append(letter);
            else
                result.Append(CultureInfo.InvariantCulture, $"{(letter < 0x100 ? $@"\x{(int)letter:x2}" : $@"\u{(int)letter:x4}")}");
        return result.ToString();
    }

    /// <summary>Not so: control characters (C0, C1), ends of lines and paragraphs, and those that set the direction of what follows.</summary>
    static bool IsPrintable(char letter) =>
        !char.IsControl(letter) && letter is not ('\u2028' or '\u2029' or '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
}
