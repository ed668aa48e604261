namespace Mailflow.Analysis.Notices;

/// <summary>
/// The bytes of a stream, with an empty line wherever there was none for a megabyte: so no header is longer. MimeKit needs a time that grows with
/// the square of a field's length, 100 seconds for 30 MB. In base64 and in texts an empty line more changes nothing that is read.
/// </summary>
sealed class BoundedHeaders(Stream bytes) : Stream
{
    const int Longest = 1 << 20;

    static ReadOnlySpan<byte> Inserted => "\n\n"u8;

    int _without;
    int _pending;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_pending > 0 && !buffer.IsEmpty)
        {
            buffer[0] = Inserted[^_pending--];
            return 1;
        }
        var read = bytes.Read(buffer);
        var span = buffer[..read];
        var blank = Math.Max(span.LastIndexOf("\n\n"u8), span.LastIndexOf("\n\r\n"u8));
        _without = blank >= 0 ? read - blank : _without + read;
        if (_without < Longest)
            return read;
        // The last whole line goes out; the rest of it is read again.
        var end = span.LastIndexOf((byte)'\n') + 1;
        if (end > 0 && end < read && bytes.CanSeek)
        {
            bytes.Position -= read - end;
            read = end;
        }
        (_without, _pending) = (0, Inserted.Length);
        return read;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
