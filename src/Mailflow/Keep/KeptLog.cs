using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Mailflow.Pipeline;
using Mailflow.Tail;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Keep;

/// <summary>
/// A compressed copy of a log that can be read from any byte:
/// <code>
/// segments   each MiB of the log, compressed by itself (Brotli)
/// table      for each segment: its end in this file (8 bytes), a hash of its text (8 bytes, XXH3)
/// end        size of the log (8), start of the table (8), hash of the table and of these two numbers (8), "MFKEPT01" (8)
/// </code>
/// Numbers are little-endian. The file gets its name when it is complete, so a file without a valid end is damaged.
/// </summary>
sealed class KeptLog : LogBytes
{
    /// <summary>Bytes of the log in a segment. Larger segments are hardly smaller in sum, and a search unpacks whole ones.</summary>
    public const int SegmentBytes = 1 << 20;

    internal const int EntryBytes = 16;
    internal const int EndBytes = 32;

    /// <summary>The most bytes of a table: that of a log of 1 TB.</summary>
    const long MostTable = 16L << 20;

    internal static ReadOnlySpan<byte> Mark => "MFKEPT01"u8;

    readonly SafeFileHandle _handle;
    readonly byte[] _table;
    byte[] _text = [];
    int _segment = -1;

    KeptLog(SafeFileHandle handle, byte[] table, long size) => (_handle, _table, Length) = (handle, table, size);

    /// <summary>Bytes of the log.</summary>
    public override long Length { get; }

    int Segments => _table.Length / EntryBytes;

    /// <summary>Opens a copy.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or no copy.</exception>
    public static KeptLog Open(string path)
    {
        SafeFileHandle? handle = FileOpener.Open(path);
        try
        {
            var opened = Open(handle, path);
            handle = null;
            return opened;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    static KeptLog Open(SafeFileHandle handle, string path)
    {
        var length = RandomAccess.GetLength(handle);
        Span<byte> end = stackalloc byte[EndBytes];
        if (length < EndBytes || FileOpener.ReadAll(handle, end, length - EndBytes) < EndBytes || !end[24..].SequenceEqual(Mark))
            throw Damaged(path);
        var (size, start) = (BinaryPrimitives.ReadInt64LittleEndian(end), BinaryPrimitives.ReadInt64LittleEndian(end[8..]));
        var bytes = length - EndBytes - start;
        if (size < 0 || start < 0 || bytes < 0 || bytes > MostTable || bytes != (size + SegmentBytes - 1) / SegmentBytes * EntryBytes)
            throw Damaged(path);
        var table = new byte[bytes];
        if (FileOpener.ReadAll(handle, table, start) < table.Length || HashOf(table, end[..16]) != BinaryPrimitives.ReadUInt64LittleEndian(end[16..]))
            throw Damaged(path);
        return new(handle, table, size);
    }

    /// <summary>Reads bytes of the log.</summary>
    /// <param name="offset">Where in the log.</param>
    /// <returns>How many bytes were read: fewer than there is room for only at the end of the log.</returns>
    /// <exception cref="InvalidDataException">A segment is damaged.</exception>
    public override int Read(Span<byte> bytes, long offset)
    {
        var done = 0;
        while (done < bytes.Length && offset + done < Length)
        {
            Unpack((int)((offset + done) / SegmentBytes));
            var rest = _text.AsSpan((int)((offset + done) % SegmentBytes));
            var taken = Math.Min(rest.Length, bytes.Length - done);
            rest[..taken].CopyTo(bytes[done..]);
            done += taken;
        }

        return done;
    }

    void Unpack(int segment)
    {
        if (segment == _segment)
            return;
        var start = segment == 0 ? 0 : EndOf(segment - 1);
        var length = EndOf(segment) - start;
        var text = new byte[Math.Min(SegmentBytes, Length - ((long)segment * SegmentBytes))];
        if (length is < 0 or > 2 * SegmentBytes)
            throw Damaged($"segment {segment}");
        var packed = new byte[length];
        if (FileOpener.ReadAll(_handle, packed, start) < packed.Length
            || !BrotliDecoder.TryDecompress(packed, text, out var written)
            || written != text.Length
            || XxHash3.HashToUInt64(text) != BinaryPrimitives.ReadUInt64LittleEndian(_table.AsSpan((segment * EntryBytes) + 8)))
            throw Damaged($"segment {segment} of {Segments}");
        (_text, _segment) = (text, segment);
    }

    long EndOf(int segment) => BinaryPrimitives.ReadInt64LittleEndian(_table.AsSpan(segment * EntryBytes));

    static InvalidDataException Damaged(string what) => new($"{what} is damaged: expected a copy of a log with its table at the end.");

    internal static ulong HashOf(ReadOnlySpan<byte> table, ReadOnlySpan<byte> numbers)
    {
        var hash = new XxHash3();
        hash.Append(table);
        hash.Append(numbers);
        return hash.GetCurrentHashAsUInt64();
    }

    public override void Dispose() => _handle.Dispose();
}
