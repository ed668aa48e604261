using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.IO.Hashing;

namespace Mailflow.Archives;

/// <summary>
/// The text of a gzip file (RFC 1952): one or more members, and NULs after the last.
/// <code>
/// member   1F 8B 08 flags(1) time(4) 2 bytes [extra] [name 0] [comment 0] [crc16]  deflated text  CRC-32(4)  length(4)
/// </code>
/// .NET's reader does not report a file that is cut off, ignores what follows a member, and does not say where a member ends. But CRC and length of a text are
/// known when all of it is unpacked: its member ends with them, among the bytes that were unpacked last.
/// </summary>
sealed class GzipText : ForwardStream
{
    const int TrailerBytes = 8;
    const int BufferBytes = 64 << 10;

    /// <summary>Bytes that the inflater gets at once: the end of a member is searched in these.</summary>
    const int MostGiven = 8 << 10;

    readonly Stream _packed;
    readonly Crc32 _crc = new();
    readonly Feed _feed;
    DeflateStream? _member;
    long _text;
    uint _length;

    GzipText(Stream packed) => (_packed, _feed) = (packed, new(packed));

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The caller gets it.")]
    public static Stream Open(Stream packed) => new GzipText(packed);

    /// <exception cref="ArchiveException">The file is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_member is null && !Begin())
                return 0;
            var n = Unpack(buffer);
            if (n > 0)
            {
                _crc.Append(buffer[..n]);
                (_text, _length) = (_text + n, unchecked(_length + (uint)n));
                return n;
            }

            End();
        }

        return 0;
    }

    int Unpack(Span<byte> buffer)
    {
        try
        {
            return _member!.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new ArchiveException($"it is damaged after {_text} bytes of text", e);
        }
    }

    /// <returns>False at the end of the file.</returns>
    bool Begin()
    {
        if (_feed.Given > 0)
            _feed.SkipNuls();
        if (_feed.IsAtEnd)
            return false;
        Span<byte> head = stackalloc byte[10];
        var isFirst = _feed.Given == 0;
        if (!_feed.TryTake(head) && isFirst)
            throw CutOff();
        if (head is not [0x1F, 0x8B, 8, ..])
            throw new ArchiveException($"after {_text} bytes of text it continues with bytes that are not gzip");
        var flags = head[3];
        const byte Checksum = 2, Extra = 4, Name = 8, Comment = 16;
        Span<byte> two = stackalloc byte[2];
        var whole = true;
        if ((flags & Extra) != 0 && (whole = _feed.TryTake(two)))
            whole = _feed.TrySkip(BinaryPrimitives.ReadUInt16LittleEndian(two));
        if (whole && (flags & Name) != 0)
            whole = _feed.TrySkipText();
        if (whole && (flags & Comment) != 0)
            whole = _feed.TrySkipText();
        if (whole && (flags & Checksum) != 0)
            whole = _feed.TrySkip(2);
        if (!whole)
            throw CutOff();
        _crc.Reset();
        _length = 0;
        _feed.Mark();
        _member = new(_feed, CompressionMode.Decompress, leaveOpen: true);
        return true;
    }

    void End()
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);
        _member!.Dispose();
        _member = null;
        if (!_feed.TryFindEnd(trailer))
            throw CutOff();
    }

    ArchiveException CutOff() =>
        new($"it is cut off or damaged after {_text} bytes of text: its length and checksum do not follow. The rows before that are counted");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _member?.Dispose();
            _packed.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Gives the packed bytes to the inflater, and takes back what it did not use.</summary>
    sealed class Feed(Stream packed) : ForwardStream
    {
        /// <summary>The last bytes that were given begin here.</summary>
        int _last;
        int _start, _end;
        readonly byte[] _buffer = new byte[BufferBytes];

        /// <summary>Bytes that were taken or given.</summary>
        public long Given { get; private set; }

        public bool IsAtEnd => _start == _end && !Fill(1);

        public override int Read(Span<byte> buffer)
        {
            if (IsAtEnd)
                return 0;
            var n = Math.Min(Math.Min(buffer.Length, MostGiven), _end - _start);
            _buffer.AsSpan(_start, n).CopyTo(buffer);
            _last = _start;
            _start += n;
            Given += n;
            return n;
        }

        /// <summary>A member begins.</summary>
        public void Mark() => _last = _start;

        /// <summary>Finds the end of a member among the bytes that were given last, and those after them; continues there.</summary>
        public bool TryFindEnd(ReadOnlySpan<byte> trailer)
        {
            // The inflater asked for the last bytes, so that its text ended in them. The trailer may continue after them.
            Fill(TrailerBytes);
            var within = _buffer.AsSpan(_last, Math.Min(_end, _start + TrailerBytes) - _last);
            if (within.IndexOf(trailer) is not (>= 0 and var at))
                return false;
            _start = _last + at + TrailerBytes;
            return true;
        }

        public bool TryTake(Span<byte> bytes)
        {
            if (!Fill(bytes.Length))
                return false;
            _buffer.AsSpan(_start, bytes.Length).CopyTo(bytes);
            _start += bytes.Length;
            Given += bytes.Length;
            return true;
        }

        public bool TrySkip(int bytes)
        {
            Span<byte> one = stackalloc byte[1];
            for (; bytes > 0; bytes--)
                if (!TryTake(one))
                    return false;
            return true;
        }

        /// <summary>Skips a text that ends with NUL.</summary>
        public bool TrySkipText()
        {
            Span<byte> one = stackalloc byte[1];
            do
            {
                if (!TryTake(one))
                    return false;
            }
            while (one[0] != 0);
            return true;
        }

        /// <summary>Tapes and block devices fill up with NULs.</summary>
        public void SkipNuls()
        {
            while (_start < _end || Fill(1))
            {
                var other = _buffer.AsSpan(_start, _end - _start).IndexOfAnyExcept((byte)0);
                _start = other < 0 ? _end : _start + other;
                if (other >= 0)
                    return;
            }
        }

        /// <summary>Reads until there are so many bytes that were not given. Keeps those that were given last.</summary>
        bool Fill(int bytes)
        {
            if (_end - _start >= bytes)
                return true;
            if (_end > BufferBytes / 2)
            {
                // Bytes that were given last are needed only until the next ones are.
                var keep = _start == _end && bytes == 1 ? _start : _last;
                _buffer.AsSpan(keep, _end - keep).CopyTo(_buffer);
                (_last, _start, _end) = (Math.Max(0, _last - keep), _start - keep, _end - keep);
            }

            while (_end - _start < bytes && packed.Read(_buffer.AsSpan(_end)) is > 0 and var n)
                _end += n;
            return _end - _start >= bytes;
        }
    }
}
