using Mailflow.Analysis.Messages;

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

/// <summary>The meaning of a tracking event for delivery; events without a row here are only counted.</summary>
/// <param name="Step">What it says about the recipients' copies.</param>
/// <param name="Replaces">Whether it replaces the related address by the row's recipients, or these by the related address.</param>
readonly record struct EventMeaning(
    Outcome? Outcome = null, bool IsShadow = false, bool ClientIsWriter = false, bool ServerIsWriter = false, CopyStep Step = CopyStep.None,
    Replacement Replaces = Replacement.None);

/// <summary>THE table of tracking events that matter (Exchange documentation, "Event types in the message tracking log").</summary>
static class TrackingEvents
{
    /// <remarks>SENDEXTERNAL is undocumented but written since Exchange 2016. SEND counts as relayed unless the row says otherwise.</remarks>
    static readonly Dictionary<string, EventMeaning> Meanings = new(StringComparer.Ordinal)
    {
        ["DELIVER"] = new(Outcome.Delivered, Step: CopyStep.Ended),
        ["DUPLICATEDELIVER"] = new(Step: CopyStep.Ended),
        ["SENDEXTERNAL"] = new(Outcome.Sent, ClientIsWriter: true, Step: CopyStep.Ended),
        ["SEND"] = new(Outcome.Relayed, ClientIsWriter: true, Step: CopyStep.Sent),
        ["FAIL"] = new(Outcome.Failed, Step: CopyStep.Ended),
        ["SUBMITFAIL"] = new(Step: CopyStep.Ended),
        ["DELIVERFAIL"] = new(Step: CopyStep.Ended),
        ["DEFER"] = new(Outcome.Deferred, Step: CopyStep.Open),
        ["SUBMITDEFER"] = new(Step: CopyStep.Open),
        ["RESUBMITFAIL"] = new(Step: CopyStep.Ended),
        ["PROCESS"] = new(Step: CopyStep.Ended),
        ["DROP"] = new(Outcome.Dropped, Step: CopyStep.Ended),
        ["SUPPRESSED"] = new(Step: CopyStep.Ended),
        ["BADMAIL"] = new(Outcome.Dropped, Step: CopyStep.Ended),
        ["POISONMESSAGE"] = new(Outcome.Dropped, Step: CopyStep.Ended),
        ["EXPAND"] = new(Outcome.Expanded, Step: CopyStep.Open, Replaces: Replacement.RelatedByRecipients),
        ["DUPLICATEEXPAND"] = new(Step: CopyStep.Open, Replaces: Replacement.RelatedByRecipients),
        ["RESOLVE"] = new(Step: CopyStep.Open, Replaces: Replacement.RelatedByRecipients),
        ["REDIRECT"] = new(Step: CopyStep.Open, Replaces: Replacement.RecipientsByRelated),
        ["DUPLICATEREDIRECT"] = new(Step: CopyStep.Open, Replaces: Replacement.RecipientsByRelated),
        ["RECEIVE"] = new(ServerIsWriter: true, Step: CopyStep.Open),
        ["SUBMIT"] = new(ClientIsWriter: true, Step: CopyStep.Open),
        ["RESUBMIT"] = new(Step: CopyStep.Open),
        ["LOAD"] = new(Step: CopyStep.Open),
        ["TRANSFER"] = new(Step: CopyStep.Open),
        ["DSN"] = new(Step: CopyStep.Open),
        ["CLIENTSUBMISSION"] = new(Step: CopyStep.Open),
        ["RESUBMITDEFER"] = new(Step: CopyStep.Open),
        ["INITMESSAGECREATED"] = new(Step: CopyStep.Open),
        ["MODERATORAPPROVE"] = new(Step: CopyStep.Open),
        ["MODERATORREJECT"] = new(Step: CopyStep.Ended),
        ["MODERATIONEXPIRE"] = new(Step: CopyStep.Ended),
        ["MODERATORSALLNDR"] = new(Step: CopyStep.Ended),
        ["AGENTINFO"] = new(ClientIsWriter: true),
        ["HARECEIVE"] = new(IsShadow: true, ServerIsWriter: true),
        ["HAREDIRECT"] = new(IsShadow: true, ServerIsWriter: true),
        ["HAREDIRECTFAIL"] = new(IsShadow: true),
        ["HADISCARD"] = new(IsShadow: true),
        ["NOTIFYSHADOW"] = new(IsShadow: true),
    };

    /// <summary>All names, for tests.</summary>
    public static IReadOnlyCollection<string> Names => Meanings.Keys;

    public static EventMeaning Of(string eventId) => Meanings.GetValueOrDefault(eventId);
}
