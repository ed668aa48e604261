using System.Buffers;
using System.Text;
using Mailflow.Analysis.Formats;
using Mailflow.Pipeline;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tail;

/// <summary>Opens a file with shares that do not block Exchange's writer or its retention, and reads its header.</summary>
static class FileOpener
{
    const int ShortTop = 4096;

    /// <summary>
    /// Without the Write share the open fails while Exchange writes; without the Delete share Exchange's own retention
    /// fails silently and its disk fills.
    /// </summary>
    public static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.None);

    /// <summary>The start of a file.</summary>
    /// <param name="Header">Null without a complete `#Fields:` line.</param>
    /// <param name="Complete">False while the header may still be being written.</param>
    /// <param name="Start">The offset of the first line, after the byte order mark.</param>
    /// <param name="Bytes">The bytes through the `#Fields:` line.</param>
    internal readonly record struct Top(LogHeader? Header, bool Complete, TextEncoding Encoding, int Start, ReadOnlyMemory<byte> Bytes)
    {
        /// <summary>The file has no header: the columns are those that its rows fit.</summary>
        public bool IsAssumed { get; init; }
    }

    /// <summary>Reads bytes at an offset until the room is full or the file ends.</summary>
    internal delegate int ReadBytes(Span<byte> bytes, long offset);

    /// <summary>The start of a file without a header, if its rows fit a known log; otherwise null.</summary>
    public static Top? AssumedTop(ReadBytes read)
    {
        var bytes = new byte[LogHeader.MaxLength * 2];
        var length = read(bytes, 0);
        var encoding = EncodingOf(bytes);
        var text = Transcoding.ToUtf8(bytes.AsSpan(0, length), encoding, out var textLength).AsSpan(0, textLength);
        if (AssumedHeader.Of(text, length < bytes.Length) is not { } header)
            return null;
        var mark = LogHeader.ByteOrderMarkLength(text);
        var end = Math.Max(header.Length, mark);
        var start = encoding == TextEncoding.Utf8 ? end : 2 + (2 * Encoding.UTF8.GetCharCount(text[mark..end]));
        return new(header, true, encoding, start, text[..Math.Min(textLength, 64)].ToArray()) { IsAssumed = header.Length == 0 };
    }

    public static Top ReadTop(SafeFileHandle handle) => ReadTop((bytes, offset) => ReadAll(handle, bytes, offset));

    public static Top ReadTop(ReadBytes read)
    {
        // Most headers are short.
        var bytes = ArrayPool<byte>.Shared.Rent(LogHeader.MaxLength * 2);
        try
        {
            var few = read(bytes.AsSpan(0, ShortTop), 0);
            var top = TopOf(bytes.AsSpan(0, few));
            return top.Header is not null || few < ShortTop ? top : TopOf(bytes.AsSpan(0, read(bytes.AsSpan(0, LogHeader.MaxLength * 2), 0)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    static TextEncoding EncodingOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xFE, ..] => TextEncoding.Utf16LittleEndian,
        [0xFE, 0xFF, ..] => TextEncoding.Utf16BigEndian,
        _ => TextEncoding.Utf8,
    };

    static Top TopOf(ReadOnlySpan<byte> bytes)
    {
        var encoding = EncodingOf(bytes);
        var text = encoding == TextEncoding.Utf8 ? bytes : Transcoding.ToUtf8(bytes, encoding, out _);
        var textLength = text.Length;
        var start = encoding == TextEncoding.Utf8 ? LogHeader.ByteOrderMarkLength(text) : 2;
        // NULs before the header are left by a power loss, or by a writer that continues at its old offset in an emptied file.
        text = text.TrimStart((byte)0);
        if (LogHeader.TryParse(text, out var header))
            return new(header, true, encoding, start, text[..header.Length].ToArray());

        // Empty, NULs, empty lines, only `#` lines so far, or a short file without a line end: Exchange may not have finished the header.
        var rest = text[LogHeader.ByteOrderMarkLength(text)..].TrimStart("\r\n"u8);
        var unfinished = rest.IsEmpty
            || (textLength < LogHeader.MaxLength && (rest[0] == '#' || (rest.Length < 64 && !rest.Contains((byte)'\n') && !rest.Contains((byte)0))));
        return new(null, !unfinished, encoding, start, default);
    }

    /// <summary>The `#Fields:` line that applies at a position; null where it is gone.</summary>
    public static LogHeader? ReadHeaderAt(ReadBytes read, long offset, TextEncoding encoding, LogHeader top)
    {
        if (offset == 0)
            return top;
        var bytes = new byte[LogHeader.MaxLength * 2];
        var length = read(bytes, offset);
        var text = Transcoding.ToUtf8(bytes.AsSpan(0, length), encoding, out var textLength);
        return LogHeader.TryParse(text.AsSpan(0, textLength), out var header)
            ? header.Under(top)
            : null;
    }

    /// <summary>Reads until the buffer is full or the file ends: one call may return less.</summary>
    public static int ReadAll(SafeFileHandle handle, Span<byte> bytes, long offset)
    {
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(handle, bytes[length..], offset + length) is > 0 and var n)
            length += n;
        return length;
    }
}
