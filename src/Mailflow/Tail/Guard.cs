using System.Security.Cryptography;

namespace Mailflow.Tail;

/// <summary>
/// Short hashes of the bytes that were read: of the first ones of the file (the head) and of those just before a position (the guard). Where either no longer
/// matches, the file is another one. Rows of one length whose ends are equal are common: 64 bytes before a position would be too few.
/// </summary>
static class Guard
{
    /// <summary>Bytes before the position, and bytes at the start of the file, that the two hashes cover.</summary>
    public const int Length = 4096;

    /// <summary>Bytes before the position that were hashed up to version 3 of the store. A position without a head is such a one.</summary>
    public const int ShortLength = 64;

    /// <summary>The hash of the last <see cref="Length"/> of these bytes, or of all where they are fewer.</summary>
    public static long Of(ReadOnlySpan<byte> bytesBefore) => Hash(Last(bytesBefore, Length));

    /// <summary>As <see cref="Of"/>, for this process alone and of few bytes: a scan reads each file once.</summary>
    public static long OfNow(ReadOnlySpan<byte> bytesBefore) => HashNow(Last(bytesBefore, ShortLength));

    /// <summary>As <see cref="Hash"/>, for this process alone: SHA-256 begins with a library to load, which a scan of one small log would wait for.</summary>
    public static long HashNow(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    static ReadOnlySpan<byte> Last(ReadOnlySpan<byte> bytesBefore, int length) => bytesBefore.Length > length ? bytesBefore[^length..] : bytesBefore;

    /// <summary>The first 8 bytes of SHA-256: the same on every machine and in every version.</summary>
    public static long Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BitConverter.ToInt64(hash);
    }
}
