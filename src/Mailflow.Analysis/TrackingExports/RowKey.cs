using Mailflow.Analysis.Tracing;
using Mailflow.Analysis.Tracing.Index;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>What the rows of an export have to tell one row from another. Equal rows of two files have equal keys of the same kind.</summary>
[Flags]
public enum RowKeyParts
{
    None = 0,
    Recipient = 1,
    InternalId = 2,
    Source = 4,

    /// <summary>The time has seconds. Otherwise minutes are compared.</summary>
    Seconds = 8,

    /// <summary>The zone of the time is known. Otherwise times are compared within a quarter of an hour, since no zone cuts it.</summary>
    Zone = 16,
}

/// <summary>The identity of a recipient's row: message, recipient, event, and time, as far as an export has them.</summary>
public static class RowKey
{
    const ulong EventSalt = 0x6576656E, InternalSalt = 0x696E7465, TimeSalt = 0x74696D65;
    const long Quarter = 15 * TimeSpan.TicksPerMinute;

    /// <summary>The key of a row without its recipients; 0 where it names no message.</summary>
    public static ulong OfRow(
        RowKeyParts parts, ReadOnlySpan<byte> messageId, ReadOnlySpan<byte> internalId, ReadOnlySpan<byte> source, ReadOnlySpan<byte> eventId, DateTime time)
    {
        if (messageId.IsEmpty)
            return 0;
        var key = CopyKey.Of(CopyKey.OfMessage(messageId), FoldedHash.Of(eventId, EventSalt));
        if (parts.HasFlag(RowKeyParts.InternalId))
            key = CopyKey.Of(key, FoldedHash.Of(internalId, InternalSalt));
        if (parts.HasFlag(RowKeyParts.Source))
            key = CopyKey.Of(key, FoldedHash.Of(source, EventSalt));
        var ticks = parts.HasFlag(RowKeyParts.Zone) ? time.Ticks : time.Ticks % Quarter;
        var unit = parts.HasFlag(RowKeyParts.Seconds) ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMinute;
        return CopyKey.Of(key, TimeSalt + (((ulong)(ticks / unit) << 8) | (ulong)parts));
    }

    /// <summary>The key for one of the row's recipients.</summary>
    public static ulong OfRecipient(ulong row, ReadOnlySpan<byte> address) => CopyKey.Of(row, CopyKey.OfAddress(address));
}

/// <summary>Decides which rows of an export are counted: those that stand in no other file that is counted.</summary>
public interface IRowChoice
{
    /// <summary>Whether a row is counted.</summary>
    /// <param name="parts">What the keys are made of.</param>
    /// <param name="keys">One for each recipient; one where the recipients are not known. None where the row names no message.</param>
    bool Takes(RowKeyParts parts, ReadOnlySpan<ulong> keys);
}
