using System.Buffers.Binary;
using System.Numerics;

namespace Mailflow.Analysis.Tracing.Index;

/// <summary>
/// A hash of a short text with the bit 0x20 of each byte set, in one pass and without a copy: rounds of xxHash64 over words of 8 bytes. Not for secrets.
/// It needs only the lower half of products: code that is compiled ahead of time computes the upper half by hand (Math.BigMul), eight times slower.
/// </summary>
static class FoldedHash
{
    const ulong Bit = 0x2020202020202020;
    const ulong NotAscii = 0x8080808080808080;
    const ulong P1 = 0x9E3779B185EBCA87;
    const ulong P2 = 0xC2B2AE3D27D4EB4F;
    const ulong P3 = 0x165667B19E3779F9;

    /// <summary>The hash; 0 for an empty text only.</summary>
    public static ulong Of(ReadOnlySpan<byte> text, ulong seed) => Of(text, seed, out _);

    /// <summary>The hash of a text in ASCII; false for any other text.</summary>
    public static bool TryOf(ReadOnlySpan<byte> text, ulong seed, out ulong hash)
    {
        hash = Of(text, seed, out var all);
        return (all & NotAscii) == 0;
    }

    static ulong Of(ReadOnlySpan<byte> text, ulong seed, out ulong all)
    {
        all = 0;
        if (text.IsEmpty)
            return 0;
        var hash = seed + ((ulong)text.Length * P3);
        var rest = text;
        for (; rest.Length > 16; rest = rest[16..])
        {
            var (low, high) = (BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
            all |= low | high;
            hash = Mix(Mix(hash, low | Bit), high | Bit);
        }

        ulong a, b;
        if (rest.Length >= 8)
        {
            // The two words may overlap.
            (a, b) = (BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[^8..]));
        }
        else if (rest.Length >= 4)
        {
            (a, b) = (BinaryPrimitives.ReadUInt32LittleEndian(rest), BinaryPrimitives.ReadUInt32LittleEndian(rest[^4..]));
        }
        else
        {
            (a, b) = ((ulong)rest[0] | ((ulong)rest[rest.Length / 2] << 8) | ((ulong)rest[^1] << 16), 0);
        }

        all |= a | b;
        hash = Mix(Mix(hash, a | Bit), b | Bit);
        hash = (hash ^ (hash >> 33)) * P2;
        hash = (hash ^ (hash >> 29)) * P3;
        return Math.Max(1, hash ^ (hash >> 32));
    }

    static ulong Mix(ulong hash, ulong word) => BitOperations.RotateLeft(hash ^ (BitOperations.RotateLeft(word * P2, 31) * P1), 27) * P1;
}
