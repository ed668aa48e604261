using System.Security.Cryptography;

namespace Mailflow.Tail;

/// <summary>
/// Short hashes of bytes that were read: the first ones of the file (the head) and those just before a position (the guard). Where either no
/// longer matches, the file is another one. 64 bytes would be too few: rows of equal length with equal ends are common.
/// </summary>
static class Guard
{
    /// <summary>How many bytes before the position, and at the start of the file, the two hashes cover.</summary>
    public const int Length = 4096;

    /// <summary>How many bytes before the position were hashed up to version 3 of the store. Such a position has no head.</summary>
    public const int ShortLength = 64;

    /// <summary>The hash of the last <see cref="Length"/> bytes, or of all if they are fewer.</summary>
    public static long Of(ReadOnlySpan<byte> bytesBefore) => Hash(Last(bytesBefore, Length));

    /// <summary>Like <see cref="Of"/>, for use within this process and of fewer bytes: a scan reads each file once.</summary>
    public static long OfNow(ReadOnlySpan<byte> bytesBefore) => HashNow(Last(bytesBefore, ShortLength));

    /// <summary>Like <see cref="Hash"/>, for use within this process: loading the library of SHA-256 would delay a scan of one small log.</summary>
    public static long HashNow(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    static ReadOnlySpan<byte> Last(ReadOnlySpan<byte> bytesBefore, int length) => bytesBefore.Length > length ? bytesBefore[^length..] : bytesBefore;

    /// <summary>The first 8 bytes of SHA-256: equal on all machines and in all versions.</summary>
    public static long Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BitConverter.ToInt64(hash);
    }
}
