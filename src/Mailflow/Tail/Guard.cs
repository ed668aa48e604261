using System.Security.Cryptography;

namespace Mailflow.Tail;

/// <summary>A short hash of the bytes just before a position: where they are no longer there, the file is another one.</summary>
static class Guard
{
    /// <summary>Bytes before the position that the hash covers.</summary>
    public const int Length = 64;

    /// <summary>The hash of the last <see cref="Length"/> of these bytes, or of all where they are fewer.</summary>
    public static long Of(ReadOnlySpan<byte> bytesBefore) => Hash(Last(bytesBefore));

    /// <summary>As <see cref="Of"/>, for this process alone.</summary>
    public static long OfNow(ReadOnlySpan<byte> bytesBefore) => HashNow(Last(bytesBefore));

    /// <summary>As <see cref="Hash"/>, for this process alone: SHA-256 begins with a library to load, which a scan of one small log would wait for.</summary>
    public static long HashNow(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    static ReadOnlySpan<byte> Last(ReadOnlySpan<byte> bytesBefore) => bytesBefore.Length > Length ? bytesBefore[^Length..] : bytesBefore;

    /// <summary>The first 8 bytes of SHA-256: the same on every machine and in every version.</summary>
    public static long Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BitConverter.ToInt64(hash);
    }
}
