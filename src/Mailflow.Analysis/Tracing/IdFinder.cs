using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Mailflow.Analysis.Tracing;

/// <summary>
/// Finds any of many ids in bytes, ignoring case, as fast as one text. Ids have a form: a network message id has hyphens at its places, a Message-ID begins
/// with `&lt;`. Where a form begins, the next eight letters are looked up in a filter that fits the cache; only where it says so is the id read.
/// </summary>
sealed class IdFinder : IFinder
{
    const int UuidLength = 36;
    const int Hyphen = 8;
    const int NextHyphen = 13;
    const int KeyLength = sizeof(ulong);

    /// <summary>A longer Message-ID has no form.</summary>
    const int LongestCompared = 512;

    const int FilterBits = 16;
    const ulong Small = 0x2020_2020_2020_2020;

    readonly ulong[] _filter = new ulong[(1 << FilterBits) / 64];
    readonly HashSet<string> _ids = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _byText;

    /// <param name="ids">Of one of both forms.</param>
    public IdFinder(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            if (!HasForm(id))
                throw new ArgumentException($"'{id}' has not the form of an id.", nameof(ids));
            _ids.Add(id);
            var bit = BitOf(Encoding.ASCII.GetBytes(id).AsSpan(id[0] == '<' ? 1 : 0));
            _filter[bit >> 6] |= 1UL << (bit & 63);
        }

        _byText = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether an id can be found by its form.</summary>
    public static bool HasForm(string id) =>
        Ascii.IsValid(id) && !id.Contains('"', StringComparison.Ordinal)
        && (id.StartsWith('<')
            ? id.Length is > KeyLength and <= LongestCompared && id.IndexOf('>', StringComparison.Ordinal) == id.Length - 1
            : id.Length == UuidLength && id[Hyphen] == '-' && id[NextHyphen] == '-');

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int IndexIn(ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var (hyphen, bracket) = (Vector512.Create((byte)'-'), Vector512.Create((byte)'<'));
            ref var start = ref MemoryMarshal.GetReference(bytes);
            for (; i <= bytes.Length - NextHyphen - Vector512<byte>.Count; i += Vector512<byte>.Count)
            {
                var uuid = Vector512.Equals(Vector512.LoadUnsafe(ref start, (nuint)(i + Hyphen)), hyphen)
                    & Vector512.Equals(Vector512.LoadUnsafe(ref start, (nuint)(i + NextHyphen)), hyphen);
                var message = Vector512.Equals(Vector512.LoadUnsafe(ref start, (nuint)i), bracket);
                for (var hits = (uuid | message).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
                    if (IsAt(bytes[(i + BitOperations.TrailingZeroCount(hits))..]))
                        return i + BitOperations.TrailingZeroCount(hits);
            }
        }
        // A program that is compiled ahead of time has these only.
        else if (Vector128.IsHardwareAccelerated)
        {
            var (hyphen, bracket) = (Vector128.Create((byte)'-'), Vector128.Create((byte)'<'));
            ref var start = ref MemoryMarshal.GetReference(bytes);
            for (; i <= bytes.Length - NextHyphen - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                var uuid = Vector128.Equals(Vector128.LoadUnsafe(ref start, (nuint)(i + Hyphen)), hyphen)
                    & Vector128.Equals(Vector128.LoadUnsafe(ref start, (nuint)(i + NextHyphen)), hyphen);
                var message = Vector128.Equals(Vector128.LoadUnsafe(ref start, (nuint)i), bracket);
                for (var hits = (uuid | message).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
                    if (IsAt(bytes[(i + BitOperations.TrailingZeroCount(hits))..]))
                        return i + BitOperations.TrailingZeroCount(hits);
            }
        }

        for (; i <= bytes.Length - KeyLength - 1; i++)
            if (IsAt(bytes[i..]))
                return i;
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool IsAt(ReadOnlySpan<byte> bytes)
    {
        var key = bytes[0] == '<' ? 1 : 0;
        if (bytes.Length < key + KeyLength)
            return false;
        var bit = BitOf(bytes[key..]);
        return (_filter[bit >> 6] & (1UL << (bit & 63))) != 0 && IsId(bytes);
    }

    bool IsId(ReadOnlySpan<byte> bytes)
    {
        var length = bytes[0] != '<' ? UuidLength : bytes[..Math.Min(bytes.Length, LongestCompared)].IndexOf((byte)'>') + 1;
        if (length == 0 || length > bytes.Length)
            return false;
        Span<char> text = stackalloc char[length];
        return Ascii.ToUtf16(bytes[..length], text, out _) == System.Buffers.OperationStatus.Done && _byText.Contains(text);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int BitOf(ReadOnlySpan<byte> key) =>
        (int)(((BinaryPrimitives.ReadUInt64LittleEndian(key) | Small) * 0x9E37_79B9_7F4A_7C15) >> (64 - FilterBits));
}
