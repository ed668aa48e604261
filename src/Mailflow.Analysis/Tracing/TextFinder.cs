using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Mailflow.Analysis.Tracing;

/// <summary>Finds places in bytes.</summary>
interface IFinder
{
    /// <summary>The first place, or -1.</summary>
    int IndexIn(ReadOnlySpan<byte> bytes);
}

/// <summary>
/// Finds an ASCII text in bytes, ignoring case, many times faster than a comparison at each place: two letters of the text are compared at 64 places at
/// once ("packed pair"), and only where both match is the whole text compared. The two are chosen to be rare in logs.
/// </summary>
public sealed class TextFinder : IFinder
{
    // From rare to common in tracking logs; letters that are not here are between.
    const string Common = "0123456789abcdef-.;:,@etaoinsrlcmpu";

    readonly byte[] _text;
    readonly int _first;
    readonly int _second;

    /// <param name="text">ASCII, in lower case, at least two characters.</param>
    public TextFinder(byte[] text)
    {
        if (text.Length < 2)
            throw new ArgumentException("A text of at least two characters is expected.", nameof(text));
        _text = text;
        var places = Enumerable.Range(0, text.Length).OrderBy(i => Rank(text[i])).ThenBy(i => i).ToArray();
        (_first, _second) = (places[0], places.First(i => i != places[0]));
    }

    /// <summary>The position of the first occurrence, or -1.</summary>
    // Optimized at the first call: the search is one long call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int IndexIn(ReadOnlySpan<byte> bytes)
    {
        var last = bytes.Length - _text.Length;
        var i = 0;
        // Setting bit 5 makes letters small; it also makes other characters equal, which the comparison of the whole text sorts out.
        const byte Small = 0x20;
        ref var start = ref MemoryMarshal.GetReference(bytes);
        if (Vector512.IsHardwareAccelerated)
        {
            var small = Vector512.Create(Small);
            var (first, second) = (Vector512.Create((byte)(_text[_first] | Small)), Vector512.Create((byte)(_text[_second] | Small)));
            for (; i <= last - Vector512<byte>.Count + 1; i += Vector512<byte>.Count)
            {
                var a = Vector512.LoadUnsafe(ref start, (nuint)(i + _first)) | small;
                var b = Vector512.LoadUnsafe(ref start, (nuint)(i + _second)) | small;
                for (var hits = (Vector512.Equals(a, first) & Vector512.Equals(b, second)).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
                    if (IsAt(bytes, i + BitOperations.TrailingZeroCount(hits)))
                        return i + BitOperations.TrailingZeroCount(hits);
            }
        }
        // A program that is compiled ahead of time has these only.
        else if (Vector128.IsHardwareAccelerated)
        {
            var small = Vector128.Create(Small);
            var (first, second) = (Vector128.Create((byte)(_text[_first] | Small)), Vector128.Create((byte)(_text[_second] | Small)));
            for (; i <= last - Vector128<byte>.Count + 1; i += Vector128<byte>.Count)
            {
                var a = Vector128.LoadUnsafe(ref start, (nuint)(i + _first)) | small;
                var b = Vector128.LoadUnsafe(ref start, (nuint)(i + _second)) | small;
                for (var hits = (Vector128.Equals(a, first) & Vector128.Equals(b, second)).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
                    if (IsAt(bytes, i + BitOperations.TrailingZeroCount(hits)))
                        return i + BitOperations.TrailingZeroCount(hits);
            }
        }

        for (; i <= last; i++)
            if ((bytes[i + _first] | Small) == (_text[_first] | Small) && IsAt(bytes, i))
                return i;
        return -1;
    }

    bool IsAt(ReadOnlySpan<byte> bytes, int at) => Ascii.EqualsIgnoreCase(bytes.Slice(at, _text.Length), _text);

    static int Rank(byte letter) => Common.IndexOf((char)letter, StringComparison.Ordinal) is >= 0 and var at ? Common.Length - at : 0;
}
