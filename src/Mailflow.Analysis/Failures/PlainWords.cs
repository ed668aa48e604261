namespace Mailflow.Analysis.Failures;

/// <summary>
/// Converts a text to lower-case words between single spaces, so that one phrase matches all spellings: accents are folded, apostrophes
/// dropped, punctuation becomes a space, an e-mail address becomes <c>@</c>. A host name stays one word (<c>dkim.example.net</c>) and so does
/// a web address (<c>//example/net/dmarc</c>): the words inside them say nothing about the failure.
/// Rules and status texts go through the same function.
/// </summary>
static class PlainWords
{
    // The letters U+00C0 to U+017F without their accents; a space where the character is not a letter.
    const string Folded =
        "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
        + "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrsssssssstttttt"
        + "uuuuuuuuuuuuwwyyyzzzzzzs";

    /// <summary>The buffer size that <see cref="Write"/> needs for a text of this length.</summary>
    public static int Room(int length) => (2 * length) + 2;

    /// <summary>Writes the words of a text, without the reply code at the start of each line of a reply (RFC 5321 section 4.2.1).</summary>
    /// <param name="text">The server's reply.</param>
    /// <param name="smtp">The reply code of the text, three digits, or empty.</param>
    /// <param name="enhanced">Its enhanced code, or empty.</param>
    /// <param name="words">The output, at least <see cref="Room"/> characters.</param>
    /// <returns>The number of characters written.</returns>
    public static int Write(ReadOnlySpan<char> text, ReadOnlySpan<char> smtp, ReadOnlySpan<char> enhanced, Span<char> words)
    {
        var n = 0;
        var token = 1; // where the words of the current token (text without spaces) begin
        words[n++] = ' ';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiLetter(c))
            {
                n = Letters(text, ref i, words, n);
            }
            else if (c == ' ')
            {
                if (words[n - 1] != ' ')
                    words[n++] = ' ';
                token = n;
            }
            else if (char.IsAsciiDigit(c))
            {
                if (words[n - 1] == ' ' && RepeatedCode(text[i..], smtp, enhanced) is var skip and > 0)
                    i += skip - 1;
                else
                    words[n++] = c;
            }
            else if (c == '.' && i > 0 && i + 1 < text.Length && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1]))
            {
                if (words[n - 1] != ' ')
                    words[n++] = '.';
            }
            else if (c is '.' or ':' or ';' or '-' && Name(text, words, ref i, ref n, ref token))
            {
                continue;
            }
            else if (c == '@' && words[n - 1] != ' ' && i + 1 < text.Length && char.IsAsciiLetterOrDigit(text[i + 1]))
            {
                n = Math.Min(n, token);
                words[n++] = '@';
                while (i + 1 < text.Length && (char.IsAsciiLetterOrDigit(text[i + 1]) || text[i + 1] is '.' or '-' or '_'))
                    i++;
                words[n++] = ' ';
                token = n;
            }
            else if (c == '\\' && i + 1 < text.Length && text[i + 1] is 'r' or 'n' or 't' && words[n - 1] is ' ' or '.')
            {
                i++; // Exchange writes a line end as the two characters \r, \n
            }
            else if (c is not ('\'' or '’' or '´' or '`') || words[n - 1] == ' ' || i + 1 == text.Length || !char.IsLetter(text[i + 1]))
            {
                n = Other(c, words, n);
                // A character that is not allowed in the local part of an address begins a new token.
                if (words[n - 1] == ' ' && (c is not ('.' or '_' or '-' or '+' or '%' or '/' or '=') || (c == '.' && i > 0 && text[i - 1] == '.')))
                    token = n;
            }
        }
        if (words[n - 1] != ' ')
            words[n++] = ' ';
        return n;
    }

    static int Letters(ReadOnlySpan<char> text, ref int i, Span<char> words, int n)
    {
        var letter = (char)(text[i] | 0x20);
        if (letter == 'e' && IsHyphenMail(text, i, words[n - 1]))
            i++;
        for (words[n++] = letter; i + 1 < text.Length && char.IsAsciiLetterLower(text[i + 1]); i++)
            words[n++] = text[i + 1];
        return n;
    }

    // What is not made of words: a host name, a web address, a type of address before its semicolon, a header's name.
    static bool Name(ReadOnlySpan<char> text, Span<char> words, ref int i, ref int n, ref int token)
    {
        switch (text[i])
        {
            case '.' when Hosts.EndOf(text, i, out var start) is var end and > 0:
                n = Back(text[start..i], words, n);
                (n, i) = Whole(text, start, end, words, n);
                token = n;
                return true;
            case ':' when Hosts.IsWebScheme(text, i):
                n = Math.Max(1, n - (words[n - 1] == 's' ? 5 : 4));
                (n, i) = Whole(text, i + 3, Hosts.EndOfWebAddress(text, i + 3), words, n, isWeb: true);
                token = n;
                return true;
            case ';' when Hosts.IsAddressType(words[..n]) is var type and > 0:
                n -= type;
                return true;
            // X-Spam-Status
            case '-' when words[n - 1] == 'x' && words[n - 2] == ' ' && i + 1 < text.Length && char.IsAsciiLetter(text[i + 1]):
                for (words[n++] = '-'; i + 1 < text.Length && (char.IsAsciiLetterOrDigit(text[i + 1]) || text[i + 1] == '-'); i++)
                    words[n++] = char.ToLowerInvariant(text[i + 1]);
                return true;
            default:
                return false;
        }
    }

    // Takes back the words of a token that turns out to be a host name.
    static int Back(ReadOnlySpan<char> token, ReadOnlySpan<char> words, int n)
    {
        for (var i = token.Length - 1; i >= 0 && n > 1; i--)
            if (words[n - 1] == (token[i] is '-' or '_' ? ' ' : char.ToLowerInvariant(token[i])))
                n--;
        return n;
    }

    /// <summary>Writes a host name, or a web address with slashes for dots, as one word. Returns the new length and the last character read.</summary>
    static (int Length, int Last) Whole(ReadOnlySpan<char> text, int start, int end, Span<char> words, int n, bool isWeb = false)
    {
        if (words[n - 1] != ' ')
            words[n++] = ' ';
        if (!isWeb && end < text.Length && text[end] == '/')
            (isWeb, end) = (true, Hosts.EndOfWebAddress(text, end));
        if (isWeb)
            words[n++] = '/';
        if (isWeb)
            words[n++] = '/';
        for (var i = start; i < end; i++)
            words[n++] = isWeb && text[i] == '.' ? '/' : char.ToLowerInvariant(text[i]);
        words[n++] = ' ';
        return (n, Math.Max(start, end) - 1);
    }

    static int Other(char c, Span<char> words, int n)
    {
        if (c == 'ß')
        {
            words[n++] = 's';
            words[n++] = 's';
            return n;
        }
        if (c is >= '\u00c0' and <= '\u017f')
            c = Folded[c - '\u00c0'];
        else if (c is >= '\uff10' and <= '\uff5a' && char.IsAsciiLetterOrDigit((char)(c - 0xfee0)))
            c = char.ToLowerInvariant((char)(c - 0xfee0));
        else if (c >= '\u0180' && char.IsLetterOrDigit(c))
            c = char.ToLowerInvariant(c);
        else
            c = ' ';
        if (c != ' ' || words[n - 1] != ' ')
            words[n++] = c;
        return n;
    }

    // "e-mail" is treated as "email".
    static bool IsHyphenMail(ReadOnlySpan<char> text, int at, char before) =>
        before == ' ' && at + 5 < text.Length && text[at + 1] == '-' && text[at + 2] is 'm' or 'M' && text[at + 3] is 'a' or 'A';

    static int RepeatedCode(ReadOnlySpan<char> text, ReadOnlySpan<char> smtp, ReadOnlySpan<char> enhanced)
    {
        if (smtp.Length != 3 || !text.StartsWith(smtp) || (text.Length > 3 && text[3] is not (' ' or '-')))
            return 0;
        return enhanced.Length > 0 && text.Length > 4 && text[4..].StartsWith(enhanced) ? 4 + enhanced.Length : 3;
    }
}
