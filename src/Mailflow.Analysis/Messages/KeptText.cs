namespace Mailflow.Analysis.Messages;

/// <summary>
/// How much of a log's text is judged, kept and stored. Longer texts are cut as bytes, before they become a string. The start and the
/// end are kept: the outer code is at the start of a status, the reply and the server's name at its end. <see cref="Mark"/> marks the cut.
/// </summary>
public static class KeptText
{
    /// <summary>Limit of a status, a reply or a source's context, in bytes.</summary>
    public const int Status = 4096;

    /// <summary>An address. RFC 5321 allows 320; Exchange's encapsulated X.400 addresses are longer.</summary>
    public const int Address = 1024;

    /// <summary>A message id or a subject (RFC 5322, 2.1.1: a line has 998 characters).</summary>
    public const int Line = 1024;

    /// <summary>The name of a server, a connector, a next hop, a Windows log or a session.</summary>
    public const int Name = 256;

    public const char Mark = '…';

    /// <summary>The start may be shortened by this much to end at a space: masking would not recognise half an address.</summary>
    const int LongestWord = 320;

    static ReadOnlySpan<byte> MarkUtf8 => "…"u8;

    /// <summary>The buffer size that <see cref="Cut(ReadOnlySpan{byte}, int, Span{byte})"/> needs for this limit.</summary>
    public static int Room(int most) => most + MarkUtf8.Length;

    /// <summary>The text itself, or, where it is too long, its start and end, written to <paramref name="room"/>.</summary>
    /// <param name="most">Bytes that are kept.</param>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8, int most, Span<byte> room)
    {
        if (utf8.Length <= most)
            return utf8;
        var (head, tail) = (Head(most), utf8.Length - Tail(most));
        while (head > 0 && IsContinuation(utf8[head]))
            head--;
        while (tail < utf8.Length && IsContinuation(utf8[tail]))
            tail++;
        head = EndOfWord(utf8, head, (byte)' ');
        utf8[..head].CopyTo(room);
        MarkUtf8.CopyTo(room[head..]);
        utf8[tail..].CopyTo(room[(head + MarkUtf8.Length)..]);
        return room[..(head + MarkUtf8.Length + utf8.Length - tail)];
    }

    /// <summary>The same for a string; <paramref name="most"/> is in characters.</summary>
    public static ReadOnlySpan<char> Cut(ReadOnlySpan<char> text, int most)
    {
        if (text.Length <= most)
            return text;
        var (head, tail) = (Head(most), text.Length - Tail(most));
        if (char.IsLowSurrogate(text[head]))
            head--;
        if (char.IsLowSurrogate(text[tail]))
            tail++;
        head = EndOfWord(text, head, ' ');
        return $"{text[..head]}{Mark}{text[tail..]}";
    }

    /// <summary>The start alone, with the mark: for texts that are shown, at most <paramref name="most"/> characters.</summary>
    public static string Start(string text, int most) =>
        text.Length <= most ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)}{Mark}";

    /// <inheritdoc cref="Cut(ReadOnlySpan{char}, int)"/>
    public static string Cut(string text, int most) => text.Length <= most ? text : Cut(text.AsSpan(), most).ToString();

    /// <summary>The string of a text in UTF-8.</summary>
    public static string Of(ReadOnlySpan<byte> utf8, int most) =>
        System.Text.Encoding.UTF8.GetString(utf8.Length <= most ? utf8 : Cut(utf8, most, stackalloc byte[Room(most)]));

    static int Head(int most) => most - Tail(most) - 1;

    static int Tail(int most) => most / 4;

    static int EndOfWord<T>(ReadOnlySpan<T> text, int head, T space)
        where T : IEquatable<T>
    {
        var from = Math.Max(0, head - LongestWord);
        return text[from..head].LastIndexOf(space) is > 0 and var at ? from + at : head;
    }

    static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;
}
