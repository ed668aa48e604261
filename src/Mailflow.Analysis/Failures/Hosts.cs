using System.Buffers;

namespace Mailflow.Analysis.Failures;

/// <summary>Finds host names, web addresses and types of address in a text: parts that are not words.</summary>
static class Hosts
{
    // A name with one dot is a host's only with one of these ends: "later.please" is a missing space.
    static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Ends = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "com", "net", "org", "edu", "gov", "mil", "info", "biz", "example", "test", "local", "lan", "invalid", "arpa", "io", "eu", "de", "fr", "uk",
        "jp", "nl", "ru", "cn", "es", "pl", "br", "cz", "ch", "dk", "fi", "se", "pt", "hu", "gr", "tr", "ca", "au", "nz", "kr", "tw", "hk", "mx",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    static readonly SearchValues<char> EndsAddress = SearchValues.Create(" \t\r\n<>\"'`[](){},;|\\");

    /// <summary>The end of the host name whose first dot is at a place, and where it starts; 0 where the dot is not in a host name.</summary>
    public static int EndOf(ReadOnlySpan<char> text, int dot, out int start)
    {
        start = dot;
        if (dot == 0 || dot + 2 >= text.Length || !char.IsAsciiLetterOrDigit(text[dot + 1]) || !char.IsAsciiLetterOrDigit(text[dot - 1]))
            return 0;
        while (start > 0 && IsOfName(text[start - 1]))
            start--;
        // The code at the start of a reply's line is no part of the name: "550-mx.contoso.example".
        if (dot - start > 4 && text[start + 3] == '-' && text[start] is '4' or '5' && char.IsAsciiDigit(text[start + 1]) && char.IsAsciiDigit(text[start + 2]))
            start += 4;
        var (end, last, dots) = (dot, dot, 0);
        for (; end < text.Length; end++)
        {
            if (text[end] == '.' && end + 1 < text.Length && IsOfName(text[end + 1]))
                (last, dots) = (end, dots + 1);
            else if (!IsOfName(text[end]))
                break;
        }
        if (end < text.Length && text[end] == '@')
            return 0;
        var top = text[(last + 1)..end];
        if (top.Length < 2 || top.ContainsAnyExceptInRange('A', 'z') || top.Contains('_'))
            return 0;
        // Exchange's reasons have dots too, but capital letters or long ends: RESOLVER.ADR.RecipNotFound.
        if (!text[start..end].ContainsAnyInRange('A', 'Z'))
            return (dots > 1 && top.Length < 7) || Ends.Contains(top) ? end : 0;
        var isMixed = top.ContainsAnyInRange('A', 'Z') && text[start..end].ContainsAnyInRange('a', 'z');
        return !isMixed && Ends.Contains(top) ? end : 0;
    }

    /// <summary>Whether a colon belongs to <c>http://</c> or <c>https://</c>.</summary>
    public static bool IsWebScheme(ReadOnlySpan<char> text, int colon) =>
        text[colon..].StartsWith("://") && (text[..colon].EndsWith("http", StringComparison.OrdinalIgnoreCase)
            || text[..colon].EndsWith("https", StringComparison.OrdinalIgnoreCase));

    /// <summary>The end of a web address, without the punctuation of the sentence around it.</summary>
    public static int EndOfWebAddress(ReadOnlySpan<char> text, int from)
    {
        var length = text[from..].IndexOfAny(EndsAddress);
        length = length < 0 ? text.Length - from : length;
        while (length > 0 && text[from + length - 1] is '.' or ':' or '!' or '?' or '-')
            length--;
        return from + length;
    }

    /// <summary>The length of the word before a semicolon that only says what kind of text follows (RFC 3464 section 2.1.2); else 0.</summary>
    public static int IsAddressType(ReadOnlySpan<char> words) =>
        words.EndsWith(" rfc822") ? 6 : words.EndsWith(" smtp") ? 4 : words.EndsWith(" dns") ? 3 : words.EndsWith(" x400") || words.EndsWith(" x500") ? 4 : 0;

    static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
