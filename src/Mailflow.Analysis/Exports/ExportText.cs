using System.Text;

namespace Mailflow.Analysis.Exports;

/// <summary>Converts an export, as Out-File or Export-Csv wrote it, to UTF-8 without a byte order mark.</summary>
static class ExportText
{
    /// <summary>How many bytes are examined to detect encoding and format.</summary>
    public const int HeadLength = 4096;

    /// <summary>Reads the head of a stream; fewer bytes only where the stream ends.</summary>
    public static byte[] ReadHead(Stream stream)
    {
        var head = new byte[HeadLength];
        return head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }

    /// <summary>The whole text in UTF-8, as a stream that need not be seekable.</summary>
    public static Stream ToUtf8(byte[] head, Stream rest)
    {
        var (encoding, mark) = EncodingOf(head);
        var whole = new HeadedStream(head.AsMemory(mark), rest);
        return encoding is null ? whole : Encoding.CreateTranscodingStream(whole, encoding, Encoding.UTF8, leaveOpen: true);
    }

    /// <summary>The whole stream unchanged, including the head that was already read.</summary>
    public static Stream Whole(byte[] head, Stream rest) => new HeadedStream(head, rest);

    /// <summary>The head alone, in UTF-8.</summary>
    public static byte[] HeadToUtf8(ReadOnlySpan<byte> head)
    {
        var (encoding, mark) = EncodingOf(head);
        var text = head[mark..];
        return encoding is null ? text.ToArray() : Encoding.UTF8.GetBytes(encoding.GetString(text[..(text.Length & ~1)]));
    }

    /// <summary>Null for UTF-8. Without a mark it is UTF-16 where every second byte at the start is zero: an export starts with ASCII.</summary>
    static (Encoding? Encoding, int Mark) EncodingOf(ReadOnlySpan<byte> head) => head switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (null, 3),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        [not 0, 0, not 0, 0, ..] => (Encoding.Unicode, 0),
        [0, not 0, 0, not 0, ..] => (Encoding.BigEndianUnicode, 0),
        _ => (null, 0),
    };

    /// <summary>The bytes that were read ahead, then the rest of the stream.</summary>
    sealed class HeadedStream(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        ReadOnlyMemory<byte> _head = head;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (_head.IsEmpty)
                return rest.Read(buffer);
            var count = Math.Min(_head.Length, buffer.Length);
            _head.Span[..count].CopyTo(buffer);
            _head = _head[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
