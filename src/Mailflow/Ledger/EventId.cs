using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>The name of one recipient of one row: the same whenever and wherever the row is read, so that a receiver can drop what it has had.</summary>
static class EventId
{
    /// <summary>
    /// The first 16 bytes of SHA-256 over root, `#Date`, file name, the row's time, recipient, and place. The row's own words are among them because a server
    /// restored from a snapshot writes another history under the same name and date.
    /// </summary>
    public static byte[] Of(TrackedFile file, long offset, Failure failure)
    {
        var text = Encoding.UTF8.GetBytes($"{file.Root}\n{file.Header.Date}\n{file.Name}\n{failure.Time.Ticks}\n{failure.Recipient}\n");
        var bytes = new byte[text.Length + 12];
        text.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(text.Length), offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(text.Length + 8), failure.Index);
        return SHA256.HashData(bytes)[..16];
    }
}
