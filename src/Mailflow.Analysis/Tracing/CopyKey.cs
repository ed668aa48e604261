using System.IO.Hashing;
using System.Numerics;
using System.Text;

namespace Mailflow.Analysis.Tracing;

/// <summary>64-bit hashes of the copies of messages. They are stored: they do not change from version to version.</summary>
public static class CopyKey
{
    const long MessageSalt = 0x6D657373, AddressSalt = 0x61646472, ReceiptSalt = 0x72656376;

    /// <summary>Longer texts are hashed as they are.</summary>
    public const int Longest = 512;

    /// <summary>The hash of a message: of its network message id, or of its Message-ID where there is none. Upper and lower case are equal.</summary>
    /// <param name="room">Bytes to work in, at least <see cref="Longest"/>.</param>
    public static ulong OfMessage(ReadOnlySpan<byte> id, byte[] room) => Hash(id, MessageSalt, room);

    /// <summary>The hash of an address.</summary>
    public static ulong OfAddress(ReadOnlySpan<byte> address, byte[] room) => Hash(address, AddressSalt, room);

    /// <summary>The hash of a Message-ID.</summary>
    public static ulong OfReceipt(ReadOnlySpan<byte> messageId, byte[] room) => Hash(messageId, ReceiptSalt, room);

    /// <summary>The hash of a server.</summary>
    public static ulong OfServer(string server) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(server.ToUpperInvariant()), ReceiptSalt);

    /// <summary>The hash of both, for example of a message and its recipient. Never 0, which is a free place in tables.</summary>
    public static ulong Of(ulong a, ulong b)
    {
        var high = Math.BigMul(a ^ 0x9E3779B97F4A7C15, b ^ 0xD6E8FEB86659FD93, out var low);
        var mixed = high ^ low ^ (a + BitOperations.RotateLeft(b, 32));
        return mixed == 0 ? 1 : mixed;
    }

    // The bit 0x20 makes ASCII letters small. It makes other bytes equal, too, which no two ids or addresses of a message differ in.
    static ulong Hash(ReadOnlySpan<byte> text, long salt, byte[] room)
    {
        if (text.Length > Longest)
            return XxHash3.HashToUInt64(text, salt);
        var i = 0;
        for (; i <= text.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(text[i..]) | new Vector<byte>(0x20)).CopyTo(room, i);
        for (; i < text.Length; i++)
            room[i] = (byte)(text[i] | 0x20);
        return XxHash3.HashToUInt64(room.AsSpan(0, text.Length), salt);
    }
}
