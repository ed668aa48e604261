namespace Mailflow.Analysis.Messages;

/// <summary>The result for one recipient of a message. Counted once per recipient and row.</summary>
public enum Outcome
{
    /// <summary>Stored in a mailbox of this organisation (DELIVER).</summary>
    Delivered,

    /// <summary>Transferred to a server outside (SENDEXTERNAL, or SEND to the Internet before Exchange 2016).</summary>
    Sent,

    /// <summary>Transferred to another transport service of this organisation (SEND): an intermediate hop, not final.</summary>
    Relayed,

    /// <summary>The recipient will not get it (FAIL).</summary>
    Failed,

    /// <summary>Deferred: delivery will be tried again (DEFER).</summary>
    Deferred,

    /// <summary>Deleted without a report to the sender (DROP, BADMAIL, POISONMESSAGE).</summary>
    Dropped,

    /// <summary>A member added by the expansion of a group (EXPAND).</summary>
    Expanded,
}

/// <summary>The direction of a message, from the directionality column; Exchange 2007 has no such column.</summary>
public enum Direction
{
    Unknown,
    Originating,
    Incoming,
}

/// <summary>Why a row is not counted as user mail.</summary>
public enum Noise
{
    /// <summary>Shadow redundancy's second copy: HARECEIVE, HADISCARD, HAREDIRECT, HAREDIRECTFAIL, NOTIFYSHADOW.</summary>
    Shadow,

    /// <summary>Mail from managed availability to its health mailboxes (also <c>extest_</c> of Exchange 2010).</summary>
    HealthMailbox,

    /// <summary>Probes of the front end and of mailbox delivery.</summary>
    Probe,
}

/// <summary>Why a line or a file could not be read.</summary>
public enum Unreadable
{
    /// <summary>The row has fewer columns than the header names.</summary>
    TooFewColumns,

    /// <summary>The row has more columns than the header names.</summary>
    TooManyColumns,

    /// <summary>The row has fewer columns because a quote was never closed.</summary>
    UnclosedQuote,

    /// <summary>The first column is not a date and time.</summary>
    BadDate,

    /// <summary>The row lists more recipients than any message can have (<see cref="Formats.TrackingLog.MaxRecipients"/>).</summary>
    TooManyRecipients,

    /// <summary>The line contains NUL bytes, for example after a power loss.</summary>
    NulBytes,

    /// <summary>The line is longer than the limit.</summary>
    LineTooLong,
}
