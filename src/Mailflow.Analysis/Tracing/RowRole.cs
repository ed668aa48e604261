using System.Text;
using Mailflow.Analysis.Formats;

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
/// <param name="Reply">What is judged where the row has no reply for its recipient.</param>
readonly record struct RowRole(Place Place, StepKind Step, Fate End = Fate.Pending, int Rank = 1, string Reply = "")
{
    /// <summary>The role of a row.</summary>
    /// <param name="hops">What is handed to a server that has rows, for example an Edge server, has not left the organisation.</param>
    public static RowRole Of(TraceRow row, Hops hops)
    {
        var role = TrackingEvents.Of(row.Source, row.Event).Role;
        return row.Event switch
        {
            "SEND" or "SENDEXTERNAL" => TrackedHop.IsOutside(row) && !hops.Has(row.Server, row.Remote.Name)
                ? TrackingEvents.Of("", "SENDEXTERNAL").Role
                : TrackingEvents.Of("", "SEND").Role with { Place = IsOwn(row) ? Place.Stays : Place.Leaves },
            // The submission service of a server hands over to the transport service of the same one, which may have written its row before.
            "SUBMIT" => role with { Place = IsOwn(row) ? Place.Note : Place.Leaves },
            "DROP" or "FAIL" when row.Recipients.Count > 0 && row.Recipients.All(r => IsReplaced(r.Status)) => Replaced,
            _ => role,
        };
    }

    /// <summary>The role of a row for one of its recipients.</summary>
    public RowRole For(TraceRow row, int recipient) =>
        row.Event is "DROP" or "FAIL" && IsReplaced(row.Recipients[recipient].Status) ? Replaced : this;

    /// <summary>The address was replaced, and its own copy ends.</summary>
    static readonly RowRole Replaced = new(Place.Ends, StepKind.Replaced, Fate.Replaced);

    static bool IsReplaced(string status) => status.Length > 0 && TrackingEvents.IsReplaced(Encoding.UTF8.GetBytes(status));

    static bool IsOwn(TraceRow row) => TrackedHop.Same(row.Remote.Name, row.Server);
}
