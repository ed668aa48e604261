using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>The id of one recipient of one row. It is the same each time the row is read, so that a receiver can drop duplicates.</summary>
static class FailureId
{
    /// <summary>Bytes of offset and index.</summary>
    const int Place = 12;

    /// <summary>
    /// The first 16 bytes of SHA-256 over root, `#Date`, file name, the row's time, recipient, and place. Time and recipient are included because
    /// a server that was restored from a snapshot writes different rows into a file of the same name and date.
    /// </summary>
    public static byte[] Of(TrackedFile file, long offset, Failure failure)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{file.Root}\n{file.Header.Date}\n{file.Name}\n{failure.Time.Ticks}\n{failure.Recipient}\n");
        var room = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length) + Place);
        try
        {
            var length = Encoding.UTF8.GetBytes(text, room);
            BinaryPrimitives.WriteInt64LittleEndian(room.AsSpan(length), offset);
            BinaryPrimitives.WriteInt32LittleEndian(room.AsSpan(length + 8), failure.Index);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(room.AsSpan(0, length + Place), hash);
            return hash[..16].ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }
}
