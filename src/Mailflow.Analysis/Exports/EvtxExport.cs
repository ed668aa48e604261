using System.Buffers.Binary;
using System.IO.Hashing;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// A file of the Windows event log. One chunk is held in memory at a time; chunks are read in file order:
/// <code>
/// 0      "ElfFile\0"   40 size of this block (4096)   120 flags: 1 dirty   124 CRC of 0..120
/// 4096   a chunk of 64 KB, then the next
///        0 "ElfChnk\0"   48 where free space starts   52 CRC of the records   120 flags: 4 no CRC   124 CRC of 0..120 and 128..512
///        512 records: 2A 2A 00 00, size, id (8), time (8), binary XML, size again
/// </code>
/// Source: the public description of the format by the libevtx project, and MS-EVEN6 for the binary XML.
/// A record is accepted where its size is the same at both ends; after a record that cannot be read, the next such place is searched for.
/// </summary>
sealed class EvtxExport(Stream stream, ExportContext context)
{
    const int HeaderBlock = 4096;
    const int ChunkLength = 64 * 1024;
    const int ChunkHeader = 512;
    const int RecordHeader = 24;
    const int SmallestRecord = RecordHeader + sizeof(uint);
    const int CheckedHeader = 120;
    const uint NoChecksum = 4;

    readonly byte[] _chunk = new byte[ChunkLength];
    long _record;

    static ReadOnlySpan<byte> RecordMark => [0x2A, 0x2A, 0, 0];

    public IEnumerable<WindowsEvent> Read()
    {
        var length = stream.ReadAtLeast(_chunk.AsSpan(0, HeaderBlock), HeaderBlock, throwOnEndOfStream: false);
        if (length < HeaderBlock)
        {
            context.Problems.Add(ExportProblem.Truncated, 0, "the file ends in its header");
            yield break;
        }

        if (Number(124) != Crc32.HashToUInt32(_chunk.AsSpan(0, CheckedHeader)))
            context.Problems.Add(ExportProblem.CorruptChunk, 0, "the checksum of the file's header");
        for (var number = 0L; (length = stream.ReadAtLeast(_chunk, ChunkLength, throwOnEndOfStream: false)) > 0; number++)
        {
            if (!LooksLikeChunk(length, number))
                continue;
            foreach (var one in ReadChunk(length))
                yield return one;
            if (length < ChunkLength)
                context.Problems.Add(ExportProblem.Truncated, _record, $"chunk {number} ends after {length} bytes");
        }
    }

    bool LooksLikeChunk(int length, long number)
    {
        var chunk = _chunk.AsSpan(0, length);
        // Space that is allocated but not used yet.
        if (!chunk.ContainsAnyExcept((byte)0))
            return false;
        if (length < ChunkHeader)
        {
            context.Problems.Add(ExportProblem.Truncated, _record, $"chunk {number} ends after {length} bytes");
            return false;
        }

        if (!chunk.StartsWith("ElfChnk\0"u8))
        {
            context.Problems.Add(ExportProblem.CorruptChunk, _record, $"chunk {number} does not start as one");
            return false;
        }

        if ((Number(120) & NoChecksum) == 0 && length == ChunkLength)
        {
            if (Number(124) != ChecksumOf(chunk[..CheckedHeader], chunk[128..ChunkHeader]))
                context.Problems.Add(ExportProblem.CorruptChunk, _record, $"the checksum of the header of chunk {number}");
            else if (Number(52) != Crc32.HashToUInt32(chunk[ChunkHeader..FreeSpace(length)]))
                context.Problems.Add(ExportProblem.CorruptChunk, _record, $"the checksum of the records of chunk {number}");
        }

        return true;
    }

    IEnumerable<WindowsEvent> ReadChunk(int length)
    {
        var free = FreeSpace(length);
        var xml = new BinXml(_chunk.AsMemory(0, length));
        var last = 0UL;
        for (var at = ChunkHeader; at + SmallestRecord <= length;)
        {
            var size = SizeAt(at, length);
            // A running server writes records before the header that includes them; their ids continue by one.
            if (at >= free && (size == 0 || Id(at) != last + 1))
                break;
            _record++;
            if (size == 0)
            {
                var next = NextRecord(at + 1, length);
                if (length < ChunkLength && next == length)
                    yield break;
                context.Problems.Add(ExportProblem.CorruptRecord, _record, $"{next - at} bytes at {at} of its chunk are no record");
                at = next;
                continue;
            }

            last = Id(at);
            if (xml.Read(at + RecordHeader, at + size - sizeof(uint)) is not { } node)
                context.Problems.Add(ExportProblem.CorruptRecord, _record, $"the binary XML of event {last}");
            else if (EventXml.ToEvent(node, context, _record) is { } one)
                yield return one;
            at += size;
        }
    }

    int FreeSpace(int length) => (int)Math.Clamp(Number(48), ChunkHeader, length);

    /// <summary>The length of the record that starts here; 0 where there is none.</summary>
    int SizeAt(int at, int length)
    {
        if (at + SmallestRecord > length || !_chunk.AsSpan(at).StartsWith(RecordMark))
            return 0;
        var size = Number(at + 4);
        return size >= SmallestRecord && size <= length - at && Number(at + (int)size - sizeof(uint)) == size ? (int)size : 0;
    }

    int NextRecord(int from, int length)
    {
        for (var at = from; at < length; at++)
        {
            var found = _chunk.AsSpan(at, length - at).IndexOf(RecordMark);
            if (found < 0)
                break;
            at += found;
            if (SizeAt(at, length) > 0)
                return at;
        }

        return length;
    }

    /// <summary>Over two pieces, as if they stood together.</summary>
    static uint ChecksumOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var crc = new Crc32();
        crc.Append(first);
        crc.Append(second);
        return crc.GetCurrentHashAsUInt32();
    }

    uint Number(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_chunk.AsSpan(at));

    ulong Id(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_chunk.AsSpan(at + 8));
}
