namespace Mailflow.Pipeline;

/// <summary>An open export, limited to the size that it had when it was opened, even if it grows.</summary>
/// <param name="bytes">Disposed with this stream.</param>
/// <param name="ownsBytes">False where the caller keeps them open, to read only the start.</param>
sealed class WholeFile(LogBytes bytes, long size, bool ownsBytes = true) : Stream
{
    public Pulse? Pulse { get; init; }

    /// <summary>Last write time, UTC: the time of a snapshot.</summary>
    public DateTime LastWrite { get; } = bytes.LastWrite;

    /// <summary>Whether size and time are unchanged since reading began; if not, it is read again.</summary>
    public bool IsUnchanged => bytes.Length == size && bytes.LastWrite == LastWrite;

    /// <summary>Where and why reading was interrupted: the rest is retried; null where it was not.</summary>
    public BrokenOff? Failure { get; private set; }

    /// <summary>Reading has ended, completely or not.</summary>
    public bool IsClosed { get; private set; }

    public void Fail(long records, long offset, string reason) => Failure = new(records, offset, reason);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => size;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        Pulse?.Ask();
        try
        {
            var read = bytes.Read(buffer[..(int)Math.Clamp(size - Position, 0, buffer.Length)], Position);
            Position += read;
            return read;
        }
        finally
        {
            Pulse?.Answered();
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Current => Position,
        SeekOrigin.End => size,
        _ => 0,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsBytes)
            bytes.Dispose();
        IsClosed = true;
        base.Dispose(disposing);
    }
}
