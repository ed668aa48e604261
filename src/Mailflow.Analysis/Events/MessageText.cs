using System.Buffers;

namespace Mailflow.Analysis.Events;

/// <summary>Finds values in a rendered event message of any language, by their form alone.</summary>
static class MessageText
{
    static readonly SearchValues<char> Quotes = SearchValues.Create("'\"‘’“”„«»「」");

    /// <summary>The first <c>&lt;…@…&gt;</c> without a space.</summary>
    public static string? MessageId(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('<') is >= 0 and var open)
        {
            text = text[open..];
            var close = text.IndexOfAny("> \t\r\n");
            if (close < 0)
                return null;
            if (text[close] == '>' && text[..close].Contains('@'))
                return text[..(close + 1)].ToString();
            text = text[1..];
        }

        return null;
    }

    /// <summary>The text in the first pair of quotes.</summary>
    public static string? Quoted(ReadOnlySpan<char> text)
    {
        var open = IndexOfQuote(text, 0);
        if (open < 0)
            return null;
        var rest = text[(open + 1)..];
        var close = IndexOfQuote(text, open + 1) - open - 1;
        return close > 0 && rest[..close].IndexOfAny('\r', '\n') < 0 ? rest[..close].Trim().ToString() : null;
    }

    /// <summary>An apostrophe between two letters, as in <c>d'envoi</c>, is not a quote; this only occurs in Latin scripts.</summary>
    static int IndexOfQuote(ReadOnlySpan<char> text, int from)
    {
        for (var at = from; at < text.Length; at++)
            if (Quotes.Contains(text[at]) && !(text[at] is '\'' or '’' && at > 0 && at + 1 < text.Length && IsLatin(text[at - 1]) && IsLatin(text[at + 1])))
                return at;
        return -1;
    }

    static bool IsLatin(char c) => c < '\u0250' && char.IsLetter(c);

    /// <summary>Three digits from 200 to 599, a space or hyphen, then an enhanced code or, where none is required, anything.</summary>
    public static bool IsReply(ReadOnlySpan<char> text, bool enhanced) =>
        text.Length > 4 && text[0] is >= '2' and <= '5' && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2]) && text[3] is ' ' or '-'
        && (enhanced ? text.Length > 8 && text[4] is >= '2' and <= '5' && text[5] == '.' && char.IsAsciiDigit(text[6]) : !char.IsWhiteSpace(text[4]));

    /// <summary>The first run of 40 hexadecimal digits.</summary>
    public static string? Thumbprint(ReadOnlySpan<char> text)
    {
        const int Length = 40;
        for (var i = 0; i + Length <= text.Length; i++)
        {
            var end = i;
            while (end < text.Length && char.IsAsciiHexDigit(text[end]))
                end++;
            if (end - i == Length)
                return text[i..end].ToString().ToUpperInvariant();
            i = end;
        }

        return null;
    }

    /// <summary>The first valid host name with a dot inside that is not a number.</summary>
    public static string? HostName(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var end = i;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '.' or '-' or '*'))
                end++;
            var name = text[i..end].Trim('.');
            if (name.Length > 3 && name.Contains('.') && name[^1] is >= 'A' && !name.Contains("..", StringComparison.Ordinal))
                return name.ToString();
            i = Math.Max(i, end);
        }

        return null;
    }
}
