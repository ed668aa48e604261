using System.Collections.Frozen;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using static Mailflow.Analysis.Formats.CopyStep;

namespace Mailflow.Analysis.Formats;

/// <summary>What an event says about the copy of a message for a recipient of its row.</summary>
enum CopyStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The organisation has it, and no end is said.</summary>
    Open,

    /// <summary>It was handed to another server: an end if that is outside the organisation.</summary>
    Sent,

    /// <summary>It has ended: delivered, failed, dropped.</summary>
    Ended,
}

/// <summary>How a row replaces recipients by others. One that is replaced by itself keeps its copy.</summary>
enum Replacement
{
    None,

    /// <summary>The related address was a group or an alias, and the recipients take its place.</summary>
    RelatedByRecipients,

    /// <summary>The recipients forward to the related address.</summary>
    RecipientsByRelated,
}

/// <summary>What an event means for the counts and for copies of messages. An event that says nothing has the default.</summary>
/// <param name="Outcome">How its recipients are counted; null: not.</param>
/// <param name="Step">What it says about the recipients' copies.</param>
/// <param name="Replaces">Whether it replaces the related address by the row's recipients, or these by the related address.</param>
/// <param name="IsOwn">A failure that a FAIL row may tell, too: both together count once (FailuresToldTwice).</param>
readonly record struct EventMeaning(
    Outcome? Outcome = null, bool IsShadow = false, bool ClientIsWriter = false, bool ServerIsWriter = false, CopyStep Step = CopyStep.None,
    Replacement Replaces = Replacement.None, bool IsOwn = false);

/// <summary>A tracking event: how it is counted, and what it says about the journey of a message.</summary>
/// <param name="Source">Where the event is known from.</param>
/// <param name="Says">What it means, in a sentence without full stop.</param>
sealed record EventRow(string Name, string Source, string Says, EventMeaning Meaning, RowRole Role);

/// <summary>
/// THE table of tracking events: counts, copies on their way, journeys and incidents all follow it. docs/tracking-events.md shows it.
/// </summary>
static class TrackingEvents
{
    /// <summary>Microsoft, "Message tracking", section "Event types in the message tracking log" (learn.microsoft.com).</summary>
    public const string Listed = "Microsoft's list";

    /// <summary>Not in that list, but written by Exchange Server.</summary>
    public const string Seen = "logs";

    /// <remarks>SENDEXTERNAL is written since Exchange 2016. SEND counts as relayed unless the row says otherwise.</remarks>
    static readonly EventRow[] Rows =
    [
        new(
            "RECEIVE", Listed, "A server received the message, or took it from a mailbox",
            new(ServerIsWriter: true, Step: Open), new(Place.Arrives, StepKind.Received)),
        new("CLIENTSUBMISSION", Listed, "A mailbox's Outbox submitted the message", new(Step: Open), new(Place.Arrives, StepKind.Submitted)),
        new(
            "SUBMIT", Listed, "The submission service handed the message of a mailbox to a transport service",
            new(ClientIsWriter: true, Step: Open), new(Place.Leaves, StepKind.Submitted)),
        new(
            "SUBMITDEFER", Listed, "The submission service could not hand it over and tries again",
            new(Outcome.Deferred, Step: Open), new(Place.Delayed, StepKind.Deferred)),
        new(
            "SUBMITFAIL", Listed, "The submission service gave up",
            new(Outcome.Failed, Step: Ended, IsOwn: true), new(Place.Ends, StepKind.Failed, Fate.Failed, 2)),
        new(
            "THROTTLE", Listed, "The mailbox services let the message wait, because a mailbox sends or gets too much at once",
            new(Outcome.Deferred, Step: Open), new(Place.Delayed, StepKind.Deferred, Reply: "452 4.3.2 The message was throttled")),
        new("NOTIFYMAPI", Listed, "The Outbox of a mailbox has a message", new(), new(Place.Note, StepKind.Other)),
        new("LOAD", Listed, "The service loaded the message from its queue database when it started", new(Step: Open), new(Place.Stays, StepKind.Loaded)),
        new("DSN", Listed, "A report about another message was made (delivery status notification)", new(Step: Open), new(Place.Arrives, StepKind.ReportMade)),
        new("AGENTINFO", Listed, "Transport agents wrote what they did", new(ClientIsWriter: true), new(Place.Note, StepKind.Agents)),
        new("TRANSFER", Listed, "Some recipients were moved to a copy of the message", new(Step: Open), new(Place.Stays, StepKind.Forked)),
        new(
            "EXPAND", Listed, "A group was replaced by its members: counted for each member",
            new(Outcome.Expanded, Step: Open, Replaces: Replacement.RelatedByRecipients), new(Place.Stays, StepKind.Expanded)),
        new(
            "DUPLICATEEXPAND", Listed, "A member was a recipient already",
            new(Step: Open, Replaces: Replacement.RelatedByRecipients), new(Place.Stays, StepKind.Expanded)),
        new(
            "RESOLVE", Listed, "An address was replaced by the one in the directory",
            new(Step: Open, Replaces: Replacement.RelatedByRecipients), new(Place.Stays, StepKind.Resolved)),
        new(
            "REDIRECT", Listed, "A recipient was replaced by another, or got another beside it",
            new(Step: Open, Replaces: Replacement.RecipientsByRelated), new(Place.Stays, StepKind.Redirected)),
        new(
            "DUPLICATEREDIRECT", Listed, "The other recipient was one already",
            new(Step: Open, Replaces: Replacement.RecipientsByRelated), new(Place.Stays, StepKind.Redirected)),
        new("INITMESSAGECREATED", Listed, "The message waits for a moderator", new(Step: Open), new(Place.Stays, StepKind.AwaitsApproval)),
        new("MODERATORAPPROVE", Listed, "A moderator approved it", new(Step: Open), new(Place.Stays, StepKind.Approved)),
        new(
            "MODERATORREJECT", Listed, "A moderator rejected it", new(Outcome.Failed, Step: Ended, IsOwn: true),
            new(Place.Ends, StepKind.Failed, Fate.Failed, 3, "550 5.7.1 APPROVAL.ApprovalRejected; The message was rejected by the moderator")),
        new(
            "MODERATIONEXPIRE", Listed, "No moderator decided in time", new(Outcome.Failed, Step: Ended, IsOwn: true),
            new(Place.Ends, StepKind.Failed, Fate.Failed, 3, "550 5.7.1 APPROVAL.Expired; No moderator decided in time")),
        new(
            "MODERATORSALLNDR", Listed, "No request for approval could be delivered to a moderator", new(Outcome.Failed, Step: Ended, IsOwn: true),
            new(Place.Ends, StepKind.Failed, Fate.Failed, 3, "550 5.7.1 APPROVAL.AllNdr; No moderator could be reached")),
        new(
            "DELIVER", Listed, "The message was stored in a mailbox of ours",
            new(Outcome.Delivered, Step: Ended), new(Place.Ends, StepKind.Delivered, Fate.Delivered, 3)),
        new(
            "DUPLICATEDELIVER", Listed, "A second copy reached a mailbox that had it",
            new(Step: Ended), new(Place.Ends, StepKind.DeliveredAgain, Fate.Delivered, 2)),
        new(
            "PROCESS", Listed, "An agent at the mailbox took the message instead of a delivery, or beside it",
            new(Step: Ended), new(Place.Ends, StepKind.Processed, Fate.Delivered)),
        new("PROCESSMEETINGMESSAGE", Listed, "The calendar was updated from the message", new(), new(Place.Note, StepKind.Other)),
        new(
            "DELIVERFAIL", Listed, "The mailbox did not take the message: its folder is missing, for example",
            new(Outcome.Failed, Step: Ended, IsOwn: true), new(Place.Ends, StepKind.Failed, Fate.Failed, 2)),
        new(
            "SEND", Listed, "It was handed to another server; sent if that is outside, else relayed",
            new(Outcome.Relayed, ClientIsWriter: true, Step: Sent), new(Place.Leaves, StepKind.HandedOver)),
        new(
            "SENDEXTERNAL", Seen, "It was handed to a server outside",
            new(Outcome.Sent, ClientIsWriter: true, Step: Ended), new(Place.Ends, StepKind.Sent, Fate.Sent)),
        new("DEFER", Listed, "Delivery was deferred and will be tried again", new(Outcome.Deferred, Step: Open), new(Place.Delayed, StepKind.Deferred)),
        new("FAIL", Listed, "The recipient will not get the message", new(Outcome.Failed, Step: Ended), new(Place.Ends, StepKind.Failed, Fate.Failed, 2)),
        new(
            "DROP", Listed, "It was deleted without a report to the sender",
            new(Outcome.Dropped, Step: Ended), new(Place.Ends, StepKind.Dropped, Fate.Dropped, 2)),
        new(
            "BADMAIL", Listed, "A file of the Pickup or Replay folder can neither be delivered nor returned",
            new(Outcome.Dropped, Step: Ended), new(Place.Ends, StepKind.Dropped, Fate.Dropped, 2)),
        new(
            "POISONMESSAGE", Listed, "It crashed the service, and was put into the poison queue or removed from it",
            new(Outcome.Dropped, Step: Ended), new(Place.Ends, StepKind.Dropped, Fate.Dropped, 2)),
        new("RESUBMIT", Listed, "It was submitted again, from Safety Net or by an agent", new(Step: Open), new(Place.Arrives, StepKind.Resubmitted)),
        new("RESUBMITDEFER", Listed, "A message from Safety Net was deferred", new(Outcome.Deferred, Step: Open), new(Place.Delayed, StepKind.Deferred)),
        new(
            "RESUBMITFAIL", Listed, "A message from Safety Net failed",
            new(Outcome.Failed, Step: Ended, IsOwn: true), new(Place.Ends, StepKind.Failed, Fate.Failed)),
        new("SUPPRESSED", Listed, "A copy from Safety Net was not needed", new(Step: Ended), new(Place.Ends, StepKind.Dropped, Fate.Dropped)),
        new("HARECEIVE", Listed, "A server received a shadow copy", new(IsShadow: true, ServerIsWriter: true), new(Place.Shadow, StepKind.Shadow)),
        new("HAREDIRECT", Listed, "A shadow copy was made", new(IsShadow: true, ServerIsWriter: true), new(Place.Shadow, StepKind.Shadow)),
        new("HAREDIRECTFAIL", Listed, "A shadow copy could not be made", new(IsShadow: true), new(Place.Shadow, StepKind.Shadow)),
        new("HADISCARD", Listed, "A shadow copy was deleted: its message has arrived", new(IsShadow: true), new(Place.Shadow, StepKind.Shadow)),
        new(
            "HARESUBMIT", Seen, "A shadow copy was submitted in place of a message that another server lost",
            new(Step: Open), new(Place.Arrives, StepKind.Resubmitted)),
        new(
            "NOTIFYSHADOW", Listed, "The Outbox of a mailbox has a message, which needs a shadow copy", new(IsShadow: true),
            new(Place.Shadow, StepKind.Shadow)),
    ];

    /// <summary>An event that is not in the table is counted as a row only.</summary>
    static readonly EventRow Unlisted = new("", "", "", default, new(Place.Note, StepKind.Other));

    /// <summary>With the source MAILBOXRULE, what was throttled is an action of an Inbox rule: the message itself goes on.</summary>
    static readonly EventRow ThrottledRule = Unlisted with { Name = "THROTTLE" };

    static readonly FrozenDictionary<string, EventRow> ByName = Rows.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);

    /// <summary>All rows, for tests and the page.</summary>
    public static IReadOnlyList<EventRow> All => Rows;

    /// <summary>The meaning of a row's event, in upper case.</summary>
    public static EventRow Of(string source, string eventId) =>
        source == "MAILBOXRULE" && eventId == "THROTTLE" ? ThrottledRule : ByName.GetValueOrDefault(eventId, Unlisted);

    /// <summary>
    /// Whether a FAIL or DROP row is about an address that was replaced and whose own copy is not needed any more: a group that was expanded, a mailbox
    /// that forwards. <c>250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded</c>
    /// </summary>
    public static bool IsReplaced(ReadOnlySpan<byte> status)
    {
        const int Longest = 40;
        if (status.StartsWith("[{LED="u8))
            status = status["[{LED="u8.Length..];
        return status.Length > 4 && status[0] == '2' && status[..Math.Min(status.Length, Longest)].IndexOf(" RESOLVER."u8) > 0;
    }
}
