using Mailflow.Pipeline;

namespace Mailflow.Archives;

/// <summary>Bytes as a stream, from their start; it closes them.</summary>
sealed class BytesStream(LogBytes bytes) : ForwardStream
{
    long _offset;

    public override int Read(Span<byte> buffer)
    {
        var n = bytes.Read(buffer, _offset);
        _offset += n;
        return n;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            bytes.Dispose();
        base.Dispose(disposing);
    }
}
