using System.Buffers;
using Mailflow.Analysis.Formats;
using Mailflow.Pipeline;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tail;

/// <summary>Opens a file the way that Exchange bears, and finds out which one it is.</summary>
static class FileOpener
{
    const int ShortTop = 4096;

    /// <summary>
    /// Without the Write share the open fails while Exchange writes; without the Delete share Exchange's own retention
    /// fails silently and its disk fills.
    /// </summary>
    public static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.None);

    /// <summary>What stands at the top of the file.</summary>
    /// <param name="Header">Null where no complete `#Fields:` line was found.</param>
    /// <param name="Complete">False while the header may still be being written.</param>
    /// <param name="Start">Where the lines may be read from: after the byte order mark.</param>
    /// <param name="Bytes">Those through the `#Fields:` line.</param>
    internal readonly record struct Top(LogHeader? Header, bool Complete, TextEncoding Encoding, int Start, ReadOnlyMemory<byte> Bytes);

    public static Top ReadTop(SafeFileHandle handle)
    {
        // Most headers are short.
        var bytes = ArrayPool<byte>.Shared.Rent(LogHeader.MaxLength * 2);
        try
        {
            var few = ReadAll(handle, bytes.AsSpan(0, ShortTop), 0);
            var top = TopOf(bytes.AsSpan(0, few));
            return top.Header is not null || few < ShortTop ? top : TopOf(bytes.AsSpan(0, ReadAll(handle, bytes.AsSpan(0, LogHeader.MaxLength * 2), 0)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    static Top TopOf(ReadOnlySpan<byte> bytes)
    {
        var encoding = bytes switch
        {
            [0xFF, 0xFE, ..] => TextEncoding.Utf16LittleEndian,
            [0xFE, 0xFF, ..] => TextEncoding.Utf16BigEndian,
            _ => TextEncoding.Utf8,
        };
        var text = encoding == TextEncoding.Utf8 ? bytes : Transcoding.ToUtf8(bytes, encoding, out _);
        var textLength = text.Length;
        var start = encoding == TextEncoding.Utf8 ? LogHeader.ByteOrderMarkLength(text) : 2;
        // A power loss, or a writer that went on at its old place in a file that was emptied, leaves NULs before the header.
        text = text.TrimStart((byte)0);
        if (LogHeader.TryParse(text, out var header))
            return new(header, true, encoding, start, text[..header.Length].ToArray());

        // Nothing, NULs or empty lines, nothing but `#` lines so far, or no line end at all in a short file: Exchange may not have finished the header.
        var rest = text[LogHeader.ByteOrderMarkLength(text)..].TrimStart("\r\n"u8);
        var unfinished = rest.IsEmpty || (textLength < LogHeader.MaxLength && (rest[0] == '#' || (rest.Length < 64 && !rest.Contains((byte)'\n') && !rest.Contains((byte)0))));
        return new(null, !unfinished, encoding, start, default);
    }

    /// <summary>The `#Fields:` line that is in force at a position, or null where it is not there any more.</summary>
    public static LogHeader? ReadHeaderAt(SafeFileHandle handle, long offset, TextEncoding encoding, LogHeader top)
    {
        if (offset == 0)
            return top;
        var bytes = new byte[LogHeader.MaxLength * 2];
        var length = ReadAll(handle, bytes, offset);
        var text = Transcoding.ToUtf8(bytes.AsSpan(0, length), encoding, out var textLength);
        return LogHeader.TryParse(text.AsSpan(0, textLength), out var header) ? header with { LogType = top.LogType, Version = top.Version, Date = top.Date } : null;
    }

    /// <summary>As much as there is and fits: one call may give less.</summary>
    public static int ReadAll(SafeFileHandle handle, Span<byte> bytes, long offset)
    {
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(handle, bytes[length..], offset + length) is > 0 and var n)
            length += n;
        return length;
    }
}
