using System.Buffers;
using System.Text;

namespace Mailflow.Analysis.Incidents;

/// <summary>
/// A reply without what differs from message to message: addresses, numbers that are not codes, ids, hosts, times. Words, reply codes and enhanced codes
/// stay. Replies of one reason have one template, so that failures of unknown cause can be seen to belong together.
/// </summary>
public static class ReplyTemplate
{
    /// <summary>The longest template, in characters.</summary>
    public const int Longest = 160;

    /// <summary>More of a reply is not looked at, in characters.</summary>
    const int Read = 1024;

    const char Gap = '*';

    static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\u00A0;,<>()[]{}\"'`|=:!?\u201C\u201D\u2018\u2019\u2026*");

    static readonly SearchValues<char> NotOfWords = SearchValues.Create("@/\\_");
    static readonly SearchValues<char> HexLetters = SearchValues.Create("abcdefABCDEF-");

    /// <summary>The components that Exchange begins its own texts with: <c>RESOLVER.ADR.RecipientNotFound</c> is not a host.</summary>
    static readonly string[] Components =
        ["RESOLVER.", "ROUTING.", "STOREDRV.", "QUEUE.", "SMTPSEND.", "SMTP.", "SMTPSRV.", "APPROVAL.", "AGENT.", "CAT.", "DSN.", "MSEXCH", "TRANSPORT."];

    /// <summary>The template of a status text without Exchange's envelope.</summary>
    public static string Of(string text)
    {
        var words = new StringBuilder(Longest + 64);
        // Marks and spaces since the last word. Between two words that are left out they are dropped, since they show what these are: 2001:db8::1, 10:20:30.
        var marks = new StringBuilder();
        var rest = text.AsSpan(0, Math.Min(text.Length, Read)).Trim();
        var (before, gap) = (' ', false);
        while (!rest.IsEmpty && words.Length < Longest)
        {
            var end = rest.IndexOfAny(Ends);
            if (end == 0)
            {
                before = char.IsWhiteSpace(rest[0]) ? ' ' : rest[0];
                if (before != Gap && (marks.Length == 0 || marks[^1] != before))
                    marks.Append(before);
                rest = rest[1..];
                continue;
            }

            var word = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[end..];
            var isKept = IsKept(word.Trim('.'), isFirst: words.Length == 0 || before is ':' or '#', IsQuoted(before, rest.IsEmpty ? ' ' : rest[0]));
            if (isKept)
                words.Append(marks).Append(word);
            else if (!gap)
                words.Append(marks).Append(Gap);
            (gap, before) = (!isKept, word[^1]);
            marks.Clear();
        }

        words.Append(marks);
        return words.ToString(0, Math.Min(Longest, words.Length)).TrimEnd();
    }

    static bool IsQuoted(char before, char after) =>
        (before is '"' or '\'' or '`' or '\u201C' or '\u2018' or '<') && (after is '"' or '\'' or '`' or '\u201D' or '\u2019' or '>');

    static bool IsKept(ReadOnlySpan<char> word, bool isFirst, bool isQuoted)
    {
        var code = word.Trim("#-./");
        if (code.IsEmpty)
            return true;
        if (word.ContainsAny(NotOfWords) || isQuoted)
            return IsWords(word);
        var (digits, capitals, small, dots) = (0, 0, 0, 0);
        foreach (var letter in code)
        {
            digits += char.IsAsciiDigit(letter) ? 1 : 0;
            capitals += char.IsUpper(letter) ? 1 : 0;
            small += char.IsLower(letter) ? 1 : 0;
            dots += letter == '.' ? 1 : 0;
        }

        if (digits > 0)
            return IsCode(code, digits, isFirst) || IsToken(code, digits, capitals);
        if (dots > 0)
            return IsComponent(word);
        // Ids of letters alone change case again and again, or are hexadecimal digits.
        return code.Length <= 40 && !(code.Length >= 10 && small > 0 && capitals >= 4 && 3 * capitals >= code.Length)
            && !(code.Length >= 8 && !code.ContainsAnyExcept(HexLetters));
    }

    /// <summary>and/or, SPF/DKIM, TLS_NEGOTIATION: words with marks, not paths or names of users.</summary>
    static bool IsWords(ReadOnlySpan<char> word)
    {
        if (word.Length > 24 || word.ContainsAny('@', '\\') || word[0] is '/' or '_')
            return false;
        foreach (var letter in word)
            if (!char.IsUpper(letter) && letter is not ('/' or '_' or '-'))
                return word is "and/or";
        return true;
    }

    /// <summary>550 at the start, 5.7.1, 4.7.28, 550-5.7.1.</summary>
    static bool IsCode(ReadOnlySpan<char> code, int digits, bool isFirst)
    {
        if (code[0] is not ('2' or '4' or '5'))
            return false;
        if (code.Length == 3 && digits == 3)
            return isFirst;
        if (code.Length > 4 && code[3] == '-' && isFirst)
            return IsCode(code[..3], 3, isFirst) && IsCode(code[4..], digits - 3, isFirst: false);
        return code is [_, '.', _, ..] && code.Length <= 9 && code.Count('.') == 2 && code.Length - digits == 2 && code[1..].LastIndexOf('.') is > 1 and <= 4
            && code[^1] != '.';
    }

    /// <summary>S3150, TSS04, IB105: a provider's own code. IPv4 and TLSv1 are not, which does no harm.</summary>
    static bool IsToken(ReadOnlySpan<char> code, int digits, int capitals) =>
        code.Length is >= 3 and <= 6 && capitals is >= 1 and <= 4 && digits + capitals == code.Length && digits >= 2
        && !code[..capitals].ContainsAnyInRange('0', '9');

    static bool IsComponent(ReadOnlySpan<char> word)
    {
        foreach (var component in Components)
            if (word.StartsWith(component, StringComparison.Ordinal))
                return true;
        return false;
    }
}
