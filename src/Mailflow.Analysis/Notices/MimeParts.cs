using System.Text;

namespace Mailflow.Analysis.Notices;

/// <summary>One part of a mail that is no multipart: its type in lower case, and its decoded text as lines.</summary>
sealed record MimePart(string Type, IReadOnlyList<string> Lines);

/// <summary>
/// A mail as its header and its parts (RFC 2045, 2046), as far as delivery reports need it: text, delivery status and returned headers.
/// It reads what is pasted too: a mail that is cut off, and a part whose boundary is missing.
/// </summary>
sealed class MimeParts
{
    const int MostParts = 50;
    const int Deepest = 5;

    public HeaderFields Header { get; private init; } = new();

    public List<MimePart> Parts { get; } = [];

    /// <summary>The mail; null if the text does not begin with the header of one.</summary>
    public static MimeParts? Read(IReadOnlyList<string> lines)
    {
        var at = 0;
        while (at < lines.Count && (lines[at].Length == 0 || lines[at].StartsWith("From ", StringComparison.Ordinal)))
            at++;
        var header = HeaderFields.Read(lines, ref at);
        if (header["From"] is null && header["Received"] is null && header["Content-Type"] is null && header["Subject"] is null)
            return null;
        var mail = new MimeParts { Header = header };
        mail.Add(header, lines, at, lines.Count, 0);
        return mail;
    }

    void Add(HeaderFields header, IReadOnlyList<string> lines, int from, int to, int depth)
    {
        if (Parts.Count >= MostParts)
            return;
        var type = header["Content-Type"] ?? "text/plain";
        var semicolon = type.IndexOf(';', StringComparison.Ordinal);
        var name = (semicolon < 0 ? type : type[..semicolon]).Trim().ToLowerInvariant();
        if (name.StartsWith("multipart/", StringComparison.Ordinal) && HeaderFields.Parameter(type, "boundary") is { Length: > 0 } boundary && depth < Deepest)
            AddAll("--" + boundary, lines, from, to, depth);
        else
            Parts.Add(new MimePart(name, Decoded(header["Content-Transfer-Encoding"], lines, from, to)));
    }

    void AddAll(string boundary, IReadOnlyList<string> lines, int from, int to, int depth)
    {
        var start = -1;
        for (var i = from; i <= to; i++)
        {
            var ends = i == to || (lines[i].StartsWith(boundary, StringComparison.Ordinal) && lines[i].AsSpan(boundary.Length).TrimEnd() is "" or "--");
            if (!ends)
                continue;
            if (start >= 0)
            {
                var at = start;
                var header = HeaderFields.Read(lines, ref at);
                Add(header, lines, Math.Min(at, i), i, depth + 1);
            }
            if (i < to && lines[i].AsSpan(boundary.Length).StartsWith("--"))
                break;
            start = i + 1;
        }
    }

    static List<string> Decoded(string? encoding, IReadOnlyList<string> lines, int from, int to)
    {
        var part = lines.Skip(from).Take(to - from);
        if (encoding is not null && encoding.StartsWith("quoted-printable", StringComparison.OrdinalIgnoreCase))
            return LinesOf(QuotedPrintable(part));
        if (encoding is null || !encoding.StartsWith("base64", StringComparison.OrdinalIgnoreCase))
            return part.ToList();
        var letters = string.Concat(part.Select(l => l.Trim()).TakeWhile(l => !l.StartsWith('-')));
        var bytes = new byte[letters.Length];
        letters = letters[..(letters.Length / 4 * 4)];
        return Convert.TryFromBase64String(letters, bytes, out var length) ? LinesOf(Encoding.UTF8.GetString(bytes, 0, length)) : [];
    }

    // =XX is a byte, = at the end of a line joins it with the next one (RFC 2045 section 6.7).
    static string QuotedPrintable(IEnumerable<string> lines)
    {
        var bytes = new List<byte>();
        foreach (var whole in lines)
        {
            var line = whole.TrimEnd();
            var joins = line.EndsWith('=');
            var text = Encoding.UTF8.GetBytes(joins ? line[..^1] : line);
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '=' && i + 2 < text.Length && Hex(text[i + 1]) is >= 0 and var high && Hex(text[i + 2]) is >= 0 and var low)
                {
                    bytes.Add((byte)((high * 16) + low));
                    i += 2;
                }
                else
                {
                    bytes.Add(text[i]);
                }
            }
            if (!joins)
                bytes.Add((byte)'\n');
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    static int Hex(byte b) => char.IsAsciiHexDigit((char)b) ? Convert.ToInt32(((char)b).ToString(), 16) : -1;

    /// <summary>The lines of a text, without their ends.</summary>
    public static List<string> LinesOf(string text)
    {
        var lines = new List<string>();
        foreach (var line in text.AsSpan().EnumerateLines())
            lines.Add(line.ToString());
        return lines;
    }
}
