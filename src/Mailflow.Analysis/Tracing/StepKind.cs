namespace Mailflow.Analysis.Tracing;

/// <summary>What a step of a journey is.</summary>
public enum StepKind
{
    /// <summary>A server received the message.</summary>
    Received,

    /// <summary>A mailbox's message was handed to a transport server.</summary>
    Submitted,

    /// <summary>Taken from Safety Net or from a shadow copy, after another server failed.</summary>
    Resubmitted,

    /// <summary>Loaded from the queue database when the service started.</summary>
    Loaded,

    /// <summary>A report about another message was made.</summary>
    ReportMade,

    /// <summary>Transport agents saw it.</summary>
    Agents,

    /// <summary>A group was replaced by its members.</summary>
    Expanded,

    /// <summary>A recipient was replaced by another, or got another beside it.</summary>
    Redirected,

    /// <summary>An address was replaced by the one in the directory.</summary>
    Resolved,

    /// <summary>The copy of an address that was replaced ended: a group's after its expansion.</summary>
    Replaced,

    /// <summary>Some recipients were moved to a copy of the message.</summary>
    Forked,

    /// <summary>It waits for a moderator.</summary>
    AwaitsApproval,

    /// <summary>A moderator approved it.</summary>
    Approved,

    /// <summary>Delayed; Exchange tries again.</summary>
    Deferred,

    /// <summary>Handed to another server of the organisation.</summary>
    HandedOver,

    /// <summary>Handed to a server outside.</summary>
    Sent,

    /// <summary>Stored in mailboxes.</summary>
    Delivered,

    /// <summary>A second copy reached a mailbox that had it.</summary>
    DeliveredAgain,

    /// <summary>An agent of the mailbox took it.</summary>
    Processed,

    /// <summary>The recipients will not get it.</summary>
    Failed,

    /// <summary>Deleted without a report to the sender.</summary>
    Dropped,

    /// <summary>A shadow copy was made, received or discarded.</summary>
    Shadow,

    /// <summary>Any other event.</summary>
    Other,
}
