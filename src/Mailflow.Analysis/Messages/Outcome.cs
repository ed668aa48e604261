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

    /// <summary>The recipient will not get it (FAIL, and the failures of submission, delivery and moderation).</summary>
    Failed,

    /// <summary>Deferred: delivery will be tried again (DEFER, SUBMITDEFER, RESUBMITDEFER, THROTTLE).</summary>
    Deferred,

    /// <summary>Deleted without a report to the sender (DROP, BADMAIL, POISONMESSAGE).</summary>
    Dropped,

    /// <summary>A member added by the expansion of a group (EXPAND).</summary>
    Expanded,
}
