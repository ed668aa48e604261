namespace Mailflow.Tail;

/// <summary>The name that Exchange gave to a log, in the name of a copy: <c>MSGTRK2025030410-1</c> in <c>EX01_MSGTRK2025030410-1.LOG.gz</c>.</summary>
static class ExchangeName
{
    /// <summary>Letters, day or hour, and a number; empty where there is no such name.</summary>
    public static ReadOnlySpan<char> Of(string fileName)
    {
        for (var digits = 0; digits < fileName.Length; digits++)
        {
            var end = EndOfDigits(fileName, digits);
            if (end == digits)
                continue;
            var start = digits;
            while (start > 0 && char.IsAsciiLetter(fileName[start - 1]))
                start--;
            if (start < digits && end - digits is 8 or 10)
                return fileName.AsSpan(start, (end < fileName.Length && fileName[end] == '-' ? EndOfDigits(fileName, end + 1) : end) - start);
            digits = end;
        }

        return [];
    }

    static int EndOfDigits(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return at;
    }
}
