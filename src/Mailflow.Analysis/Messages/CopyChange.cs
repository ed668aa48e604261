namespace Mailflow.Analysis.Messages;

/// <summary>What rows say about the copy of a message for one recipient, or that a server received a message.</summary>
/// <param name="Key">The hash of message and recipient.</param>
/// <param name="When">Time and kind of the newest row: see <see cref="WhenOf"/>.</param>
/// <param name="Span">Milliseconds from the oldest to the newest row.</param>
/// <param name="Offset">Where the newest row starts.</param>
/// <param name="Hop">The next hop of the newest row: a number of <see cref="CopyChanges.HopName"/>; 0: none.</param>
public readonly record struct CopyChange(ulong Key, long When, uint Span, int Offset, int Hop)
{
    // Milliseconds since year 1, one bit that orders rows of the same time, two of kind, and one that is free.
    const int TimeBits = 4;
    const long KindMask = 6;

    /// <summary>Open or ended.</summary>
    public CopyKind Kind => (CopyKind)((When & KindMask) >> 1);

    /// <summary>The time of the newest row, in milliseconds since year 1.</summary>
    public long Newest => When >> TimeBits;

    /// <summary>Time and kind in one number.</summary>
    /// <param name="milliseconds">The time of the row, since year 1.</param>
    /// <param name="last">Whether it is after other rows of the same time: a message is handed over after all else.</param>
    /// <param name="kind">What the row says.</param>
    public static long WhenOf(long milliseconds, bool last, CopyKind kind) => (milliseconds << TimeBits) | (last ? 8L : 0) | ((long)kind << 1);

    /// <summary>The same time with another kind.</summary>
    public static long WithKind(long when, CopyKind kind) => (when & ~KindMask) | ((long)kind << 1);

    /// <summary>Both changes together, in any order: an end wins, of the rows the newest.</summary>
    public static CopyChange Join(in CopyChange a, in CopyChange b)
    {
        var aIsNewer = (a.When & ~KindMask) is var left && (b.When & ~KindMask) is var right && left == right ? a.Offset > b.Offset : left > right;
        ref readonly var newer = ref aIsNewer ? ref a : ref b;
        ref readonly var older = ref aIsNewer ? ref b : ref a;
        var first = Math.Min(newer.Newest - newer.Span, older.Newest - older.Span);
        return new(
            newer.Key, newer.When | (older.When & ((long)CopyKind.Ended << 1)), (uint)Math.Min(uint.MaxValue, newer.Newest - first), newer.Offset, newer.Hop);
    }
}

/// <summary>What a <see cref="CopyChange"/> is about.</summary>
public enum CopyKind
{
    /// <summary>No row says an end.</summary>
    Open,

    /// <summary>A row says an end.</summary>
    Ended,

    /// <summary>A server received the message.</summary>
    Received,
}
