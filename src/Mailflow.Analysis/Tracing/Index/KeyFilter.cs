using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mailflow.Analysis.Tracing.Index;

/// <summary>
/// A split-block Bloom filter (as in Apache Parquet): a key sets one bit in each of the 8 words of one line of 256 bits. So a test reads 32 bytes, and
/// the same line of many filters can be stored side by side. With 12 bits for each key, one of 200 absent keys seems present.
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

    static readonly Vector256<uint> Salts = Vector256.Create(
        0x47B6137BU, 0x44974D91U, 0x8824AD5BU, 0xA2B7289DU, 0x705495C7U, 0x2DF1424BU, 0x9EFC4947U, 0x5C6BFB31U);

    /// <summary>The line of a key in a filter with this many lines. In a halved filter it is the half of this number.</summary>
    public static int LineOf(ulong key, int lines) => (int)(((key >> 32) * (uint)lines) >> 32);

    /// <summary>The bits of a key in its line.</summary>
    public static Vector256<uint> BitsOf(ulong key)
    {
        var places = Vector256.ShiftRightLogical(Vector256.Create((uint)key) * Salts, 27);
        if (Avx2.IsSupported)
            return Avx2.ShiftLeftLogicalVariable(Vector256<uint>.One, places);
        Span<uint> bits = stackalloc uint[8];
        for (var i = 0; i < bits.Length; i++)
            bits[i] = 1U << (int)places[i];
        return Vector256.Create<uint>(bits);
    }

    /// <summary>Whether a line has these bits.</summary>
    public static bool Has(ReadOnlySpan<byte> line, Vector256<uint> bits)
    {
        var held = Vector256.LoadUnsafe(in MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, uint>(line)));
        return (held & bits) == bits;
    }

    /// <summary>Whether a filter may have a key.</summary>
    public static bool Has(ReadOnlySpan<byte> filter, ulong key) =>
        Has(filter.Slice(LineOf(key, filter.Length / Line) * Line, Line), BitsOf(key));

    /// <summary>Adds a key to a full filter.</summary>
    /// <returns>Whether it is new, as far as the filter knows.</returns>
    public static bool Add(Span<byte> filter, ulong key)
    {
        var line = MemoryMarshal.Cast<byte, uint>(filter.Slice(LineOf(key, MaxLines) * Line, Line));
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
