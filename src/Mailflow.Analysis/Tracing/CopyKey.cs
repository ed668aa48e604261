using System.Numerics;
using System.Text;
using Mailflow.Analysis.Tracing.Index;

namespace Mailflow.Analysis.Tracing;

/// <summary>64-bit hashes of the copies of messages. They are stored: they do not change from version to version.</summary>
public static class CopyKey
{
    const ulong MessageSalt = 0x6D657373, AddressSalt = 0x61646472, ReceiptSalt = 0x72656376;

    /// <summary>The hash of a message: of its network message id, or of its Message-ID where there is none. Upper and lower case are equal.</summary>
    public static ulong OfMessage(ReadOnlySpan<byte> id) => FoldedHash.Of(id, MessageSalt);

    /// <summary>The hash of an address. The bit 0x20 makes other bytes equal, too, which no two addresses of a message differ in.</summary>
    public static ulong OfAddress(ReadOnlySpan<byte> address) => FoldedHash.Of(address, AddressSalt);

    /// <summary>The hash of a Message-ID.</summary>
    public static ulong OfReceipt(ReadOnlySpan<byte> messageId) => FoldedHash.Of(messageId, ReceiptSalt);

    /// <summary>The hash of a server.</summary>
    public static ulong OfServer(string server) => FoldedHash.Of(Encoding.UTF8.GetBytes(server.ToUpperInvariant()), ReceiptSalt);

    /// <summary>The hash of both, for example of a message and its recipient. Never 0, which is a free place in tables.</summary>
    public static ulong Of(ulong a, ulong b)
    {
        var high = Math.BigMul(a ^ 0x9E3779B97F4A7C15, b ^ 0xD6E8FEB86659FD93, out var low);
        var mixed = high ^ low ^ (a + BitOperations.RotateLeft(b, 32));
        return mixed == 0 ? 1 : mixed;
    }
}
