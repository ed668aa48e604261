using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>
/// A reply as words and marks: <c>SPF [example.com] = fail.</c> is <c>SPF</c> <c>[</c> <c>example.com</c> <c>]</c> <c>=</c> <c>fail</c> <c>.</c>
/// The reply code that a server repeats on each line (RFC 5321 section 4.2.1) is left out. Words are compared in lower case: what is compared
/// with them must be in lower case.
/// </summary>
sealed class ReplyWords
{
    const string Marks = "=,;()[]<>\"";

    static readonly SearchValues<char> WordEnds = SearchValues.Create(Marks + " .:'");

    readonly string _lower;
    readonly List<(int Start, int Length)> _words = [];

    public ReplyWords(string text)
    {
        Text = OneLine(text);
        _lower = Text.ToLowerInvariant();
        Split();
    }

    /// <summary>The reply on one line.</summary>
    public string Text { get; }

    public int Count => _words.Count;

    /// <summary>The word or mark at this position, as it is in the reply; empty outside.</summary>
    public ReadOnlySpan<char> this[int at] => At(Text, at);

    /// <summary>The same in lower case.</summary>
    public ReadOnlySpan<char> Lower(int at) => At(_lower, at);

    ReadOnlySpan<char> At(string text, int at) => (uint)at < (uint)_words.Count ? text.AsSpan(_words[at].Start, _words[at].Length) : [];

    public bool Is(int at, string word) => Lower(at).SequenceEqual(word);

    public bool IsAny(int at, ReadOnlySpan<string> words)
    {
        var it = Lower(at);
        foreach (var word in words)
            if (it.SequenceEqual(word))
                return true;
        return false;
    }

    /// <summary>Whether one of the words is at a position from the first to before the second.</summary>
    public bool IsAnyOf(int from, int to, ReadOnlySpan<string> words)
    {
        for (var at = from; at < to; at++)
            if (IsAny(at, words))
                return true;
        return false;
    }

    public bool IsMark(int at) => this[at] is [var mark] && !char.IsLetterOrDigit(mark);

    public bool HasAny(SearchValues<string> parts) => _lower.AsSpan().ContainsAny(parts);

    public bool Has(string part) => _lower.Contains(part, StringComparison.Ordinal);

    /// <summary>Where a part begins in <see cref="Text"/>, or -1.</summary>
    public int IndexOf(string part, int from = 0) => _lower.IndexOf(part, from, StringComparison.Ordinal);

    /// <summary>The positions after each place where these words follow each other; marks between them do not matter.</summary>
    public IEnumerable<int> After(string phrase)
    {
        var space = phrase.IndexOf(' ', StringComparison.Ordinal);
        // Nearly always there is none, which must cost nothing.
        return _lower.AsSpan().Contains(space < 0 ? phrase : phrase.AsSpan(0, space), StringComparison.Ordinal) ? Each(phrase) : [];
    }

    IEnumerable<int> Each(string phrase)
    {
        var parts = phrase.Split(' ');
        for (var start = 0; start < Count; start++)
            if (Is(start, parts[0]) && Ends(parts, start) is var end and > 0)
                yield return end;
    }

    int Ends(string[] parts, int start)
    {
        var at = start + 1;
        for (var i = 1; i < parts.Length; i++, at++)
        {
            while (IsMark(at) && this[at] is not ".")
                at++;
            if (!Is(at, parts[i]))
                return 0;
        }
        return at;
    }

    /// <summary>The position of the next word: the marks that open a value are skipped.</summary>
    public int Skip(int at)
    {
        for (var most = 0; most < 4 && this[at] is "[" or "<" or "(" or "\"" or ":" or "=" or "'"; most++)
            at++;
        return at;
    }

    /// <summary>A domain, or the domain of an address, at this position; in lower case.</summary>
    public string? DomainAt(int at)
    {
        var word = Lower(Skip(at));
        word = word[(word.LastIndexOf('@') + 1)..].TrimEnd(".>'");
        return IsDomain(word) ? word.ToString() : null;
    }

    public static bool IsDomain(ReadOnlySpan<char> word)
    {
        var dot = word.LastIndexOf('.');
        return dot > 0 && dot < word.Length - 1 && word.Length <= 253 && char.IsLetter(word[dot + 1]) && !word.Contains("..", StringComparison.Ordinal)
            && char.IsLetterOrDigit(word[0]) && IsHostText(word);
    }

    static bool IsHostText(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsLetterOrDigit(c) && c is not ('.' or '-' or '_'))
                return false;
        return true;
    }

    /// <summary>An e-mail address at this position, or null.</summary>
    public string? AddressAt(int at) => this[at].Contains('@') ? AddressIn(this[at]) : null;

    static string? AddressIn(ReadOnlySpan<char> word)
    {
        word = word.Trim("'\".`{}");
        if (word.StartsWith("smtp:", StringComparison.OrdinalIgnoreCase) || word.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            word = word[(word.IndexOf(':') + 1)..];
        else if (word.StartsWith("rfc822;", StringComparison.OrdinalIgnoreCase))
            word = word[7..];
        // user='ann@contoso.com' and o'brien@contoso.com: a quote that no letter precedes is no part of the name.
        var at = word.LastIndexOf('@');
        return at > 0 && at < word.Length - 1 && word.Length <= 320 && !word.Contains("://", StringComparison.Ordinal)
            && IsHostText(word[(at + 1)..]) && !word[..at].ContainsAny("<>:;|") ? word.ToString() : null;
    }

    /// <summary>An IP address at this position, or null.</summary>
    public string? IpAt(int at) => IpIn(this[Skip(at)]);

    public static string? IpIn(ReadOnlySpan<char> word)
    {
        // Nearly every word ends here: an address begins with a digit, or has colons.
        if (word.Length < 3 || (!char.IsAsciiDigit(word[0]) && !word.Contains(':')))
            return null;
        word = word.Trim("'.:");
        if (word.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
            word = word[5..];
        var dots = word.Count('.');
        var colons = word.Count(':');
        if (dots == 3 && colons == 1)
            word = word[..word.IndexOf(':')];
        return (dots == 3 || colons >= 2) && word.Length <= 45 && IPAddress.TryParse(word, out _) ? word.ToString() : null;
    }

    /// <summary>A whole number at this position, or null; 1,000 has a comma, which is a mark.</summary>
    public long? NumberAt(int at)
    {
        if (this[at] is not [>= '0' and <= '9', ..] || !long.TryParse(this[at], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        while (this[at + 1] is "," && this[at + 2].Length == 3 && int.TryParse(this[at + 2], NumberStyles.None, CultureInfo.InvariantCulture, out var more)
            && number < long.MaxValue / 2000)
        {
            number = (number * 1000) + more;
            at += 2;
        }
        return number;
    }

    // Lines become one; a code that is repeated at the start of a line goes: "550-5.7.26 Your email 550-5.7.26 has been blocked".
    static string OneLine(string text)
    {
        if (IsOneLine(text))
            return text;
        var words = text.Split([' ', '\t', '\r', '\n', '\u00a0'], StringSplitOptions.RemoveEmptyEntries);
        var line = new StringBuilder(text.Length);
        string? code = null;
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (IsCode(word))
            {
                var same = code is not null && word.AsSpan(0, 3).SequenceEqual(code);
                code = word[..3];
                if (same && (word.Length > 4 || i + 1 == words.Length || IsEnhanced(words[i + 1])))
                {
                    if (word.Length == 3 && i + 1 < words.Length)
                        i++;
                    continue;
                }
            }
            // 550-192.0.2.1 is listed
            if (word.Length > 4 && word[3] == '-' && IsCode(word[..3]))
                word = $"{word.AsSpan(0, 3)} {word.AsSpan(4)}";
            line.Append(line.Length == 0 ? "" : " ").Append(word);
        }
        return line.ToString();
    }

    // One blank between words, and no code but the first.
    static bool IsOneLine(string text)
    {
        if (text.AsSpan().ContainsAny(OtherBlanks) || text.Contains("  ", StringComparison.Ordinal) || text.Length == 0 || text[0] == ' ' || text[^1] == ' ')
            return false;
        foreach (var sign in (ReadOnlySpan<string>)[" 4", " 5"])
            for (var at = text.IndexOf(sign, StringComparison.Ordinal); at >= 0; at = text.IndexOf(sign, at + 1, StringComparison.Ordinal))
                if (at + 3 < text.Length && char.IsAsciiDigit(text[at + 2]) && char.IsAsciiDigit(text[at + 3]))
                    return false;
        return text.Length <= 3 || text[3] != '-';
    }

    static readonly SearchValues<char> OtherBlanks = SearchValues.Create("\t\r\n\u00a0");

    // 550, 550-text, 550-5.7.26
    static bool IsCode(string word) =>
        word.Length >= 3 && word[0] is '4' or '5' && word.Length >= 3 && char.IsAsciiDigit(word[1]) && char.IsAsciiDigit(word[2])
        && (word.Length == 3 || (word[3] == '-' && (word.Length == 4 || IsEnhanced(word[4..]))));

    static bool IsEnhanced(string word) => word.Length >= 5 && word[0] is '2' or '4' or '5' && word[1] == '.' && char.IsAsciiDigit(word[^1])
        && word.All(c => char.IsAsciiDigit(c) || c == '.');

    void Split()
    {
        var start = 0;
        for (var i = 0; i <= Text.Length; i++)
        {
            var next = Text.AsSpan(i).IndexOfAny(WordEnds);
            i = next < 0 ? Text.Length : i + next;
            var end = i == Text.Length || Text[i] == ' ';
            if (!end && !IsMarkAt(i))
                continue;
            if (i > start)
                _words.Add((start, i - start));
            if (!end)
                _words.Add((i, 1));
            start = i + 1;
        }
    }

    // A dot and a colon are marks at the end of a word only; an apostrophe where it is not between letters.
    bool IsMarkAt(int i)
    {
        var c = Text[i];
        if (Marks.Contains(c, StringComparison.Ordinal))
            return c is not ('=' or '(' or ')' or ',' or ';') || !InUrl(i);
        var last = i + 1 == Text.Length || Text[i + 1] is ' ' or '"' or ')' or ']' or '>' or '\'' or '[' or '<';
        return c switch
        {
            '.' or ':' => last && !(c == ':' && i > 0 && Text[i - 1] == ':'),
            '\'' => last || i == 0 || Text[i - 1] is ' ' or '"' or '(' or '[' or '=',
            _ => false,
        };
    }

    bool InUrl(int i)
    {
        var space = i == 0 ? -1 : Text.LastIndexOf(' ', i - 1, Math.Min(i, 256));
        return Text.AsSpan(space + 1, i - space - 1).Contains("://", StringComparison.Ordinal) && i + 1 < Text.Length && Text[i + 1] != ' ';
    }
}
