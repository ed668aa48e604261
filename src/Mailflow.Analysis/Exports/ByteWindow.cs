namespace Mailflow.Analysis.Exports;

/// <summary>A buffered part of a stream: it grows up to the longest record and drops what was consumed.</summary>
sealed class ByteWindow(Stream stream)
{
    byte[] _bytes = new byte[64 * 1024];
    int _start;
    int _end;

    /// <summary>The buffered bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, _end - _start);

    /// <summary>True at the end of the stream.</summary>
    public bool IsWhole { get; private set; }

    public void Drop(int count) => _start += count;

    /// <summary>Reads more. False at the end of the stream, and where the buffer has its maximum size.</summary>
    public bool Grow()
    {
        if (IsWhole || _end - _start >= ExportContext.MaxRecord)
            return false;
        if (_end == _bytes.Length)
        {
            var bytes = _end - _start > _bytes.Length / 2 ? new byte[_bytes.Length * 2] : _bytes;
            Array.Copy(_bytes, _start, bytes, 0, _end - _start);
            (_bytes, _start, _end) = (bytes, 0, _end - _start);
        }

        var read = stream.Read(_bytes, _end, _bytes.Length - _end);
        _end += read;
        IsWhole = read == 0;
        return read > 0;
    }

    /// <summary>Ensures that this many bytes are buffered; false where the stream has fewer.</summary>
    public bool Has(int count)
    {
        while (Bytes.Length < count)
            if (!Grow())
                return false;
        return true;
    }
}
