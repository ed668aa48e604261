using Mailflow.Analysis.Tracing;
using Mailflow.Analysis.Tracing.Index;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>What the rows of an export have to tell one row from another. Equal rows of two files have equal keys of the parts that both have.</summary>
[Flags]
public enum RowParts
{
    None = 0,
    Recipient = 1,
    InternalId = 2,
    Source = 4,

    /// <summary>The time has minutes. A trace has the time of the message instead of that of the event.</summary>
    Minutes = 8,

    /// <summary>The time has seconds: a spreadsheet drops them.</summary>
    Seconds = 16,

    /// <summary>The zone of the time is known. Otherwise times are compared within a quarter of an hour, since no zone cuts it.</summary>
    Zone = 32,
}

/// <summary>The identity of a recipient's row: message, recipient, event, and time, as far as an export has them.</summary>
static class RowKey
{
    const ulong EventSalt = 0x6576656E, InternalSalt = 0x696E7465, TimeSalt = 0x74696D65;
    const long Quarter = 15 * TimeSpan.TicksPerMinute;

    /// <summary>What names the message of a row: one of its ids; a notification of the mailbox store has its context only.</summary>
    public static ReadOnlySpan<byte> MessageOf(ReadOnlySpan<byte> messageId, ReadOnlySpan<byte> networkId, ReadOnlySpan<byte> context) =>
        !messageId.IsEmpty ? messageId : !networkId.IsEmpty ? networkId : context;

    /// <summary>The key of a row without its recipients; 0 where it names no message.</summary>
    public static ulong OfRow(
        RowParts parts, ReadOnlySpan<byte> message, ReadOnlySpan<byte> internalId, ReadOnlySpan<byte> source, ReadOnlySpan<byte> eventId, DateTime time)
    {
        if (message.IsEmpty)
            return 0;
        var key = CopyKey.Of(CopyKey.OfMessage(message), FoldedHash.Of(eventId, EventSalt));
        if (parts.HasFlag(RowParts.InternalId))
            key = CopyKey.Of(key, FoldedHash.Of(internalId, InternalSalt));
        if (parts.HasFlag(RowParts.Source))
            key = CopyKey.Of(key, FoldedHash.Of(source, EventSalt));
        var ticks = parts.HasFlag(RowParts.Zone) ? time.Ticks : time.Ticks % Quarter;
        var unit = parts.HasFlag(RowParts.Seconds) ? ticks / TimeSpan.TicksPerSecond : parts.HasFlag(RowParts.Minutes) ? ticks / TimeSpan.TicksPerMinute : 0;
        return CopyKey.Of(key, TimeSalt + (((ulong)unit << 8) | (ulong)parts));
    }

    /// <summary>The key for one of the row's recipients.</summary>
    public static ulong OfRecipient(ulong row, ReadOnlySpan<byte> address) => CopyKey.Of(row, CopyKey.OfAddress(address));
}

/// <summary>Decides which rows of an export are counted.</summary>
public interface IRowChoice
{
    /// <summary>The parts that the keys of a row must be made of, at most those that it has.</summary>
    IReadOnlyList<RowParts> PartsFor(RowParts all);

    /// <summary>Whether a row is counted, as far as these keys say.</summary>
    /// <param name="keys">One for each recipient, or one for all. None where the row names no message.</param>
    /// <param name="hasReason">The row says why.</param>
    bool Takes(RowParts parts, ReadOnlySpan<ulong> keys, bool hasReason);
}
