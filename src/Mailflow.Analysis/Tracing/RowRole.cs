using System.Collections.Frozen;

namespace Mailflow.Analysis.Tracing;

/// <summary>What a row says about the place of its recipients.</summary>
enum Place
{
    /// <summary>Nothing; only where no other row names them does it tell where they were.</summary>
    Note,

    /// <summary>Nothing: the row is about a copy.</summary>
    Shadow,

    /// <summary>They came to the server that wrote the row.</summary>
    Arrives,

    /// <summary>They are still there.</summary>
    Stays,

    /// <summary>They left it.</summary>
    Leaves,

    /// <summary>They are there, and a delivery was deferred.</summary>
    Delayed,

    /// <summary>The journey ends.</summary>
    Ends,
}

/// <summary>The meaning of a tracking event for a journey.</summary>
/// <param name="Step">How the timeline shows it.</param>
/// <param name="End">The fate, where the event ends the journey.</param>
/// <param name="Rank">Of two ends of the same fate the one with the higher rank counts.</param>
/// <param name="Reply">What is judged where the row has no reply of its own.</param>
readonly record struct RowRole(Place Place, StepKind Step, Fate End = Fate.Pending, int Rank = 1, string Reply = "")
{
    /// <summary>THE table of events for journeys; events without a row here are notes.</summary>
    /// <remarks>
    /// Microsoft, "Event types in the message tracking log". SENDEXTERNAL is undocumented but written since Exchange 2016. SUPPRESSED: a copy from
    /// Safety Net that was not needed. PROCESS: an agent at the mailbox took the message instead of a delivery, or beside it.
    /// </remarks>
    static readonly FrozenDictionary<string, RowRole> Roles = new Dictionary<string, RowRole>(StringComparer.Ordinal)
    {
        ["RECEIVE"] = new(Place.Arrives, StepKind.Received),
        ["CLIENTSUBMISSION"] = new(Place.Arrives, StepKind.Submitted),
        ["RESUBMIT"] = new(Place.Arrives, StepKind.Resubmitted),
        ["LOAD"] = new(Place.Stays, StepKind.Loaded),
        ["DSN"] = new(Place.Arrives, StepKind.ReportMade),
        ["SUBMIT"] = new(Place.Leaves, StepKind.Submitted),
        ["SEND"] = new(Place.Leaves, StepKind.HandedOver),
        ["EXPAND"] = new(Place.Stays, StepKind.Expanded),
        ["DUPLICATEEXPAND"] = new(Place.Stays, StepKind.Expanded),
        ["REDIRECT"] = new(Place.Stays, StepKind.Redirected),
        ["DUPLICATEREDIRECT"] = new(Place.Stays, StepKind.Redirected),
        ["RESOLVE"] = new(Place.Stays, StepKind.Resolved),
        ["TRANSFER"] = new(Place.Stays, StepKind.Forked),
        ["INITMESSAGECREATED"] = new(Place.Stays, StepKind.AwaitsApproval),
        ["MODERATORAPPROVE"] = new(Place.Stays, StepKind.Approved),
        ["DEFER"] = new(Place.Delayed, StepKind.Deferred),
        ["SUBMITDEFER"] = new(Place.Delayed, StepKind.Deferred),
        ["RESUBMITDEFER"] = new(Place.Delayed, StepKind.Deferred),
        ["DELIVER"] = new(Place.Ends, StepKind.Delivered, Fate.Delivered, 3),
        ["DUPLICATEDELIVER"] = new(Place.Ends, StepKind.DeliveredAgain, Fate.Delivered, 2),
        ["PROCESS"] = new(Place.Ends, StepKind.Processed, Fate.Delivered),
        ["SENDEXTERNAL"] = new(Place.Ends, StepKind.Sent, Fate.Sent),
        ["FAIL"] = new(Place.Ends, StepKind.Failed, Fate.Failed, 2),
        ["DELIVERFAIL"] = new(Place.Ends, StepKind.Failed, Fate.Failed, 2),
        ["SUBMITFAIL"] = new(Place.Ends, StepKind.Failed, Fate.Failed, 2),
        ["RESUBMITFAIL"] = new(Place.Ends, StepKind.Failed, Fate.Failed),
        ["MODERATORREJECT"] = new(
            Place.Ends, StepKind.Failed, Fate.Failed, 3, "550 5.7.1 APPROVAL.ApprovalRejected; The message was rejected by the moderator"),
        ["MODERATIONEXPIRE"] = new(Place.Ends, StepKind.Failed, Fate.Failed, 3, "550 5.7.1 APPROVAL.Expired; No moderator decided in time"),
        ["MODERATORSALLNDR"] = new(Place.Ends, StepKind.Failed, Fate.Failed, 3, "550 5.7.1 APPROVAL.AllNdr; No moderator could be reached"),
        ["DROP"] = new(Place.Ends, StepKind.Dropped, Fate.Dropped, 2),
        ["BADMAIL"] = new(Place.Ends, StepKind.Dropped, Fate.Dropped, 2),
        ["POISONMESSAGE"] = new(Place.Ends, StepKind.Dropped, Fate.Dropped, 2),
        ["SUPPRESSED"] = new(Place.Ends, StepKind.Dropped, Fate.Dropped),
        ["AGENTINFO"] = new(Place.Note, StepKind.Agents),
        ["HARECEIVE"] = new(Place.Shadow, StepKind.Shadow),
        ["HAREDIRECT"] = new(Place.Shadow, StepKind.Shadow),
        ["HAREDIRECTFAIL"] = new(Place.Shadow, StepKind.Shadow),
        ["HADISCARD"] = new(Place.Shadow, StepKind.Shadow),
        ["NOTIFYSHADOW"] = new(Place.Shadow, StepKind.Shadow),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The role of a row.</summary>
    /// <param name="hops">What is handed to a server that has rows, for example an Edge server, has not left the organisation.</param>
    public static RowRole Of(TraceRow row, Hops hops)
    {
        var role = Roles.TryGetValue(row.Event, out var known) ? known : new(Place.Note, StepKind.Other);
        return row.Event switch
        {
            "SEND" or "SENDEXTERNAL" => TrackedHop.IsOutside(row) && !hops.Has(row.Server, row.Remote.Name)
                ? Roles["SENDEXTERNAL"]
                : Roles["SEND"] with { Place = IsOwn(row) ? Place.Stays : Place.Leaves },
            // The submission service of a server hands over to the transport service of the same one, which may have written its row before.
            "SUBMIT" => role with { Place = IsOwn(row) ? Place.Note : Place.Leaves },
            _ => role,
        };
    }

    static bool IsOwn(TraceRow row) => TrackedHop.Same(row.Remote.Name, row.Server);
}
