namespace Mailflow.Analysis.Messages;

/// <summary>What became of a message for one recipient. Counted once a recipient and row.</summary>
public enum Outcome
{
    /// <summary>Into a mailbox of this organisation (DELIVER).</summary>
    Delivered,

    /// <summary>Handed to a server outside (SENDEXTERNAL, or SEND to the Internet before Exchange 2016).</summary>
    Sent,

    /// <summary>Handed to another transport service of this organisation (SEND): a hop on the way, not an end of it.</summary>
    Relayed,

    /// <summary>The recipient will not get it (FAIL).</summary>
    Failed,

    /// <summary>Put off, to be tried again (DEFER).</summary>
    Deferred,

    /// <summary>Gone without a report to the sender (DROP, BADMAIL, POISONMESSAGE).</summary>
    Dropped,

    /// <summary>A member that a group was expanded to (EXPAND).</summary>
    Expanded,
}

/// <summary>Where a message comes from, as the directionality column says; Exchange 2007 has no such column.</summary>
public enum Direction
{
    Unknown,
    Originating,
    Incoming,
}

/// <summary>Why a row is no part of the mail that people send.</summary>
public enum Noise
{
    /// <summary>Shadow redundancy keeps a second copy: HARECEIVE, HADISCARD, HAREDIRECT, HAREDIRECTFAIL, NOTIFYSHADOW.</summary>
    Shadow,

    /// <summary>Managed availability mails its own health mailboxes (also <c>extest_</c> of Exchange 2010).</summary>
    HealthMailbox,

    /// <summary>Probes through the front end and of mail delivery.</summary>
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

    /// <summary>The row lists more recipients than any message has (<see cref="Formats.TrackingLog.MaxRecipients"/>).</summary>
    TooManyRecipients,

    /// <summary>A line with NUL bytes in it, as a power loss leaves them.</summary>
    NulBytes,

    /// <summary>The line is longer than the limit.</summary>
    LineTooLong,
}
