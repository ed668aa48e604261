using Mailflow.Pipeline;

namespace Mailflow.Archives;

/// <summary>
/// The bytes of a stream that is read once, with those that were asked for last: a log reader asks for them again. Bytes before them make it begin again,
/// where the stream can be opened again.
/// </summary>
/// <param name="open">Opens the stream, at its start.</param>
/// <param name="lastWrite">UTC; default where it is not known.</param>
/// <param name="opensAgain">Whether it can be opened again.</param>
sealed class StreamBytes(Func<Stream> open, DateTime lastWrite, bool opensAgain = true) : LogBytes
{
    const int FirstBytes = 64 << 10;

    /// <summary>Bytes before those that were asked for last: more than the header of a log.</summary>
    const int KeptBefore = 64 << 10;

    Stream? _stream;
    byte[] _kept = new byte[FirstBytes];
    long _start;
    int _length;
    bool _ended;

    /// <summary>All bytes where the end was reached; before that, more than there can be.</summary>
    public override long Length => _ended ? _start + _length : long.MaxValue / 4;

    public override DateTime LastWrite => lastWrite;

    /// <summary>
    /// Why it ended before its end, because of its bytes; null where it did not. What was read before that is right. Where a disk or a share fails,
    /// <see cref="Read"/> throws: that may work later.
    /// </summary>
    public ArchiveException? Fault { get; private set; }

    public override int Read(Span<byte> bytes, long offset)
    {
        if (offset < _start)
            BeginAgain();
        while (!_ended && _start + _length < offset + bytes.Length)
        {
            Forget(Math.Min(offset, _start + _length));
            Fill();
        }

        var at = offset - _start;
        if (at >= _length)
            return 0;
        var n = (int)Math.Min(bytes.Length, _length - at);
        _kept.AsSpan((int)at, n).CopyTo(bytes);
        return n;
    }

    void BeginAgain()
    {
        if (!opensAgain)
            throw new IOException("it can be read only once: give it as a file");
        _stream?.Dispose();
        (_stream, _start, _length, _ended, Fault) = (null, 0, 0, false, null);
    }

    void Forget(long before)
    {
        var gone = (int)Math.Clamp(before - _start - KeptBefore, 0, _length);
        if (gone < KeptBefore)
            return;
        _kept.AsSpan(gone, _length - gone).CopyTo(_kept);
        (_start, _length) = (_start + gone, _length - gone);
    }

    void Fill()
    {
        if (_length == _kept.Length)
            Array.Resize(ref _kept, 2 * _kept.Length);
        try
        {
            _stream ??= open();
            var n = _stream.Read(_kept.AsSpan(_length));
            _ended = n == 0;
            _length += n;
        }
        catch (ArchiveException e)
        {
            (_ended, Fault) = (true, e);
        }
    }

    public override void Dispose() => _stream?.Dispose();
}
