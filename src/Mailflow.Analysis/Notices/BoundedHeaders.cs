namespace Mailflow.Analysis.Notices;

/// <summary>
/// The bytes of a mail, with an empty line where a header is longer than a megabyte: so it ends there. MimeKit needs a time that grows with the
/// square of a field's length, 100 seconds for 30 MB.
/// </summary>
sealed class BoundedHeaders(Stream bytes) : Stream
{
    const int Longest = 1 << 20;

    int _length;
    int _pending;
    bool _isHeader = true;

    /// <summary>The reader says where it is. It reads some kilobytes ahead.</summary>
    public bool IsHeader
    {
        set => (_isHeader, _length) = (value, 0);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_pending > 0 && !buffer.IsEmpty)
        {
            buffer[0] = (byte)'\n';
            _pending--;
            return 1;
        }
        var read = bytes.Read(buffer);
        _length += _isHeader ? read : 0;
        if (_length >= Longest)
            (_length, _pending) = (0, 2);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

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
