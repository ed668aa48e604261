using System.Buffers.Binary;
using System.IO.Hashing;
using Mailflow.Analysis.Tracing.Index;

namespace Mailflow.Ledger;

/// <summary>The place of a segment: a range of a file, and the times of its rows in milliseconds.</summary>
/// <param name="File">The file's number in the store; 0 if the file is forgotten.</param>
readonly record struct SegmentPlace(long File, long Start, long End, long First, long Last)
{
    public SegmentPlace(long file, TraceSegment segment)
        : this(file, segment.Start, segment.End, Milliseconds(segment.First), Milliseconds(segment.Last))
    {
    }

    /// <summary>Rows have whole milliseconds; the extremes mean that the times are not known.</summary>
    static long Milliseconds(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    public static DateTime Time(long milliseconds) => new(DateTime.UnixEpoch.Ticks + (milliseconds * TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
}

/// <summary>
/// How the index is written: blobs that end with a checksum. A group has the filters of up to <see cref="Most"/> segments of one size, by line:
/// <code>
/// trace_lines, one row for each line i:   line i of segment 0 | line i of segment 1 | ... | checksum      4,040 bytes for 126 segments: one page
/// trace_groups, one row:                  file start end first last of each segment, as variable-length numbers | checksum
/// </code>
/// </summary>
static class TraceGroup
{
    /// <summary>Segments of a group: the line of all of them, with its checksum and its id, fits into a page of 4,096 bytes.</summary>
    public const int Most = 126;

    /// <summary>Ids of lines are the group's id times this, plus the line.</summary>
    public const int Stride = 64;

    const int Checksum = sizeof(ulong);

    /// <summary>The bytes with their checksum. The salt is the row's key: a row in another's place is damage.</summary>
    public static byte[] Sealed(ReadOnlySpan<byte> bytes, long salt)
    {
        var blob = new byte[bytes.Length + Checksum];
        bytes.CopyTo(blob);
        BinaryPrimitives.WriteUInt64LittleEndian(blob.AsSpan(bytes.Length), XxHash3.HashToUInt64(bytes, salt));
        return blob;
    }

    /// <summary>The bytes of a blob; false if it is damaged.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> blob, long salt, out ReadOnlySpan<byte> bytes)
    {
        bytes = blob.Length < Checksum ? default : blob[..^Checksum];
        return blob.Length >= Checksum && XxHash3.HashToUInt64(bytes, salt) == BinaryPrimitives.ReadUInt64LittleEndian(blob[^Checksum..]);
    }

    /// <summary>The salt of a segment of its own: all that its row says.</summary>
    public static long SaltOf(SegmentPlace place)
    {
        Span<byte> bytes = stackalloc byte[5 * sizeof(long)];
        var rest = bytes;
        foreach (var number in (ReadOnlySpan<long>)[place.File, place.Start, place.End, place.First, place.Last])
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, number);
            rest = rest[sizeof(long)..];
        }

        return (long)XxHash3.HashToUInt64(bytes);
    }

    /// <summary>Places as they are stored.</summary>
    public static byte[] Write(IReadOnlyList<SegmentPlace> places)
    {
        var bytes = new List<byte>(places.Count * 20);
        foreach (var place in places)
        {
            Put(place.File);
            Put(place.Start);
            Put(place.End - place.Start);
            Put(place.First);
            Put(place.Last - place.First);
        }

        return [.. bytes];

        void Put(long number)
        {
            // Zigzag: a small negative number is short too.
            for (var rest = (ulong)((number << 1) ^ (number >> 63)); ; rest >>= 7)
            {
                bytes.Add((byte)(rest < 0x80 ? rest : rest | 0x80));
                if (rest < 0x80)
                    return;
            }
        }
    }

    /// <summary>Reads places.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, List<SegmentPlace> places)
    {
        places.Clear();
        while (!bytes.IsEmpty)
        {
            var (file, start) = (Take(ref bytes), Take(ref bytes));
            var end = start + Take(ref bytes);
            var first = Take(ref bytes);
            places.Add(new(file, start, end, first, first + Take(ref bytes)));
        }
    }

    static long Take(ref ReadOnlySpan<byte> bytes)
    {
        var number = 0UL;
        for (var shift = 0; !bytes.IsEmpty && shift < 64; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                break;
        }

        return (long)(number >> 1) ^ -(long)(number & 1);
    }
}
