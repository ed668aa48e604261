using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mailflow.Analysis.Tracing.Index;

/// <summary>
/// A Bloom filter in blocks: a key sets up to 8 bits in one line of 256 bits, two in each word. So a test reads 32 bytes, and the same line of many
/// filters can be stored side by side. With 12 bits for each key, about one of 200 absent keys seems present.
/// </summary>
public static class KeyFilter
{
    /// <summary>Bytes of a line.</summary>
    public const int Line = 32;

    /// <summary>Lines of a full filter: 1,536 bytes for <see cref="MaxKeys"/> keys. 48 can be halved four times.</summary>
    public const int MaxLines = 48;

    /// <summary>Keys of a full filter.</summary>
    public const int MaxKeys = 1024;

    const int Halvings = 4;

    /// <summary>The line of a key in a filter with this many lines. In a halved filter it is the half of this number.</summary>
    public static int LineOf(ulong key, int lines) => (int)(((key >> 32) * (uint)lines) >> 32);

    /// <summary>The bits of a key in its line: two in each word of 64 bits. The line is chosen by other bits of the key.</summary>
    public static Vector256<ulong> BitsOf(ulong key) => Vector256.Create(
        (1UL << (int)key) | (1UL << (int)(key >> 6)), (1UL << (int)(key >> 12)) | (1UL << (int)(key >> 18)),
        (1UL << (int)(key >> 24)) | (1UL << (int)(key >> 30)), (1UL << (int)(key >> 36)) | (1UL << (int)(key >> 42)));

    /// <summary>Whether a line has these bits.</summary>
    public static bool Has(ReadOnlySpan<byte> line, Vector256<ulong> bits)
    {
        var held = Vector256.LoadUnsafe(in MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, ulong>(line)));
        return (held & bits) == bits;
    }

    /// <summary>Whether a filter may have a key.</summary>
    public static bool Has(ReadOnlySpan<byte> filter, ulong key) =>
        Has(filter.Slice(LineOf(key, filter.Length / Line) * Line, Line), BitsOf(key));

    /// <summary>Adds a key to a full filter.</summary>
    /// <returns>Whether it is new, as far as the filter knows.</returns>
    public static bool Add(Span<byte> filter, ulong key)
    {
        var line = MemoryMarshal.Cast<byte, ulong>(filter.Slice(LineOf(key, MaxLines) * Line, Line));
        var bits = BitsOf(key);
        var held = Vector256.LoadUnsafe(in MemoryMarshal.GetReference(line));
        if ((held & bits) == bits)
            return false;
        (held | bits).StoreUnsafe(ref MemoryMarshal.GetReference(line));
        return true;
    }

    /// <summary>How many lines a filter of this many keys needs.</summary>
    public static int LinesFor(int keys)
    {
        var lines = MaxLines;
        for (var i = 0; i < Halvings && keys <= MaxKeys / MaxLines * (lines / 2); i++)
            lines /= 2;
        return lines;
    }

    /// <summary>Writes a full filter with fewer lines: neighbours become one.</summary>
    public static void Shrink(ReadOnlySpan<byte> filter, int lines, Span<byte> to)
    {
        var from = MemoryMarshal.Cast<byte, ulong>(filter);
        var room = MemoryMarshal.Cast<byte, ulong>(to[..(lines * Line)]);
        var (ratio, words) = (MaxLines / lines, Line / sizeof(ulong));
        room.Clear();
        for (var i = 0; i < from.Length; i++)
            room[(i / (ratio * words) * words) + (i % words)] |= from[i];
    }
}
