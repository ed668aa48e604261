namespace Mailflow.Analysis.Notices;

/// <summary>
/// The mails of an mbox (RFC 4155): each begins after an empty line with a line <c>From ann@contoso.example Fri Nov 20 08:00:06 2026</c>. MimeKit
/// ends at the first mail without a header; here the next one is read all the same.
/// </summary>
static class Mbox
{
    const int Block = 1 << 16;

    /// <summary>A line is longer than this only if it is no start of a mail.</summary>
    const int LongestStart = 1000;

    /// <summary>The bytes of each mail, without the line that begins it; of a large one, the first <see cref="MailReading.MostBytes"/>.</summary>
    public static IEnumerable<byte[]> Mails(Stream mbox)
    {
        var buffer = new byte[2 * Block];
        var (from, filled) = (0, 0);
        var mail = new MemoryStream();
        var isFirst = true;
        while (true)
        {
            buffer.AsSpan(from, filled - from).CopyTo(buffer);
            (from, filled) = (0, filled - from);
            var read = mbox.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            var isEnd = read == 0;
            while (Start(buffer.AsSpan(from, filled - from), isFirst && from == 0) is (var end, var next) && end >= 0)
            {
                Keep(mail, buffer.AsSpan(from, end));
                if (!isFirst)
                    yield return mail.ToArray();
                mail.SetLength(0);
                (isFirst, from) = (false, from + next);
            }
            // What may be the start of the next mail stays.
            var kept = isEnd ? 0 : Math.Min(filled - from, LongestStart);
            Keep(mail, buffer.AsSpan(from, filled - from - kept));
            from = filled - kept;
            if (isEnd)
                break;
        }
        if (!isFirst)
            yield return mail.ToArray();
    }

    static void Keep(MemoryStream mail, ReadOnlySpan<byte> bytes) => mail.Write(bytes[..(int)Math.Min(bytes.Length, MailReading.MostBytes - mail.Length)]);

    /// <summary>Where the mail before the next start ends, and where the mail after it begins; -1 if no whole start is there.</summary>
    static (int End, int Next) Start(ReadOnlySpan<byte> bytes, bool isStart)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var found = bytes[at..].IndexOf("From "u8);
            if (found < 0)
                return (-1, 0);
            at += found;
            var line = bytes[at..];
            var length = line.IndexOf((byte)'\n');
            if (length < 0)
                return (-1, 0);
            if ((isStart && at == 0) || ((bytes[..at].EndsWith("\n\n"u8) || bytes[..at].EndsWith("\n\r\n"u8)) && HasTime(line[..length])))
                return (at, at + length + 1);
            at += 5;
        }
        return (-1, 0);
    }

    // 08:00
    static bool HasTime(ReadOnlySpan<byte> line) =>
        line.IndexOf((byte)':') is > 2 and var colon && colon + 2 < line.Length && line.Length <= LongestStart && char.IsAsciiDigit((char)line[colon - 1])
        && char.IsAsciiDigit((char)line[colon + 1]);
}
