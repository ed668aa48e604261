using System.Buffers;

namespace Mailflow.Analysis.Failures;

/// <summary>Finds reply codes (RFC 5321 section 4.2) and enhanced codes (RFC 3463) in a text.</summary>
static class Codes
{
    static readonly SearchValues<char> Openers = SearchValues.Create(" \t\r\n(<[\"';:#=>,|-");

    /// <summary>The first reply code and the first enhanced code of a reply, and the position after them.</summary>
    public static (int Smtp, string? Enhanced, int Next) Read(ReadOnlySpan<char> text, int from, int to)
    {
        var smtp = 0;
        string? enhanced = null;
        var next = from;
        for (var i = from; i < to; i++)
        {
            if (text[i] is not ('2' or '4' or '5') || !Begins(text, i, from))
                continue;
            if (enhanced is null && EnhancedAt(text, i, to) is var length and > 0)
            {
                enhanced = Interned(text.Slice(i, length));
                i += length - 1;
                next = Math.Max(next, i);
            }
            else if (smtp == 0 && enhanced is null && SmtpAt(text, i, from, to))
            {
                smtp = Number(text, i);
                i += 2;
                next = i;
            }
            else if (smtp == 0 && FullAt(text, i, to) > 0)
            {
                break;
            }
            if (smtp != 0 && enhanced is not null)
                break;
            // A second reply ends the search for the first one's enhanced code.
            if (smtp != 0 && i > next && FullAt(text, i, to) > 0 && Number(text, i) != smtp)
                break;
        }
        if (enhanced is not null && smtp >= 400 && enhanced[0] == '2')
            enhanced = null;
        return (smtp, enhanced, next);
    }

    /// <summary>The position of the next reply with different codes, or -1.</summary>
    public static int NextFull(ReadOnlySpan<char> text, int from, int to, int smtp, string? enhanced)
    {
        for (var i = from + 1; i < to; i++)
        {
            if (text[i] is not ('4' or '5') || !Begins(text, i, from))
                continue;
            var length = FullAt(text, i, to);
            if (length == 0)
                continue;
            if (Number(text, i) != smtp || enhanced is null || !text.Slice(i + 4, length - 4).SequenceEqual(enhanced))
                return i;
            i += length - 1;
        }
        return -1;
    }

    static bool Begins(ReadOnlySpan<char> text, int i, int from) => i == from || Openers.Contains(text[i - 1]);

    /// <summary>The length of <c>550 5.1.1</c> or <c>550-5.1.1</c>, or 0.</summary>
    static int FullAt(ReadOnlySpan<char> text, int i, int to)
    {
        if (i + 9 > to || !IsThreeDigits(text, i, to) || text[i + 3] is not (' ' or '-'))
            return 0;
        var length = EnhancedAt(text, i + 4, to);
        return length == 0 ? 0 : length + 4;
    }

    /// <summary>The length of an enhanced code, or 0. 5.2.1.9 is an address, not a code.</summary>
    static int EnhancedAt(ReadOnlySpan<char> text, int i, int to)
    {
        if (i + 5 > to || text[i] is not ('2' or '4' or '5') || text[i + 1] != '.')
            return 0;
        var subject = Digits(text, i + 2, to);
        var dot = i + 2 + subject;
        if (subject == 0 || dot >= to || text[dot] != '.')
            return 0;
        var detail = Digits(text, dot + 1, to);
        var end = dot + 1 + detail;
        if (detail == 0 || (end < to && (char.IsAsciiLetterOrDigit(text[end]) || (text[end] == '.' && end + 1 < to && char.IsAsciiDigit(text[end + 1])))))
            return 0;
        return end - i;
    }

    static int Digits(ReadOnlySpan<char> text, int i, int to)
    {
        var n = 0;
        while (n < 4 && i + n < to && char.IsAsciiDigit(text[i + n]))
            n++;
        return n is 4 ? 0 : n;
    }

    static bool IsThreeDigits(ReadOnlySpan<char> text, int i, int to) =>
        i + 3 <= to && char.IsAsciiDigit(text[i + 1]) && char.IsAsciiDigit(text[i + 2]) && (i + 3 == to || !char.IsAsciiLetterOrDigit(text[i + 3]));

    // At the start any 2yz, 4yz or 5yz is a reply code; inside a text only those that RFC 5321 and its extensions define.
    static bool SmtpAt(ReadOnlySpan<char> text, int i, int from, int to)
    {
        if (!IsThreeDigits(text, i, to))
            return false;
        var after = i + 3 < to ? text[i + 3] : ' ';
        // 212.227.17.4 is an address, not a code.
        if (after == '.' && text[i] == '2' && i + 4 < to && char.IsAsciiDigit(text[i + 4]))
            return false;
        if (i == from)
            return after is ' ' or '-' or ';' or ':' or ',' or '.' or '\'' or '"' or '}' or '\t' or '\r' or '\n';
        if (after is not (' ' or '-' or ';' or '\'' or '"' or '\t' or '\r' or '\n'))
            return false;
        // [416] or =550 is another kind of number, unless an enhanced code follows.
        return Defined(Number(text, i)) && (text[i - 1] is not ('[' or '-' or '<' or '=') || FullAt(text, i, to) > 0);
    }

    static bool Defined(int code) => code is 421 or (>= 450 and <= 455) or (>= 500 and <= 504) or 521 or 523 or 525 or 530 or 534 or 535 or 538 or 540 or 541
        or (>= 550 and <= 556) or 571;

    static int Number(ReadOnlySpan<char> text, int i) => ((text[i] - '0') * 100) + ((text[i + 1] - '0') * 10) + text[i + 2] - '0';

    static string Interned(ReadOnlySpan<char> code) => EnhancedCodes.TryGet(code, out var known) ? known : code.ToString();
}
