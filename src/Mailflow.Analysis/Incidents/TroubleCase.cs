namespace Mailflow.Analysis.Incidents;

/// <summary>A recipient of a message that failed, was deferred, or got it late: all rows about it together.</summary>
sealed class TroubleCase
{
    /// <summary>The first row.</summary>
    public required Sighting First { get; init; }

    /// <summary>The newest row: a deferral may become a failure, and its cause may change.</summary>
    public Sighting Newest { get; set; }

    /// <summary>It was delivered in the end.</summary>
    public bool IsDelivered { get; set; }

    /// <summary>The incident that it belongs to.</summary>
    public Outage? Outage { get; set; }

    public long Second => First.Second;

    public int Minute => (int)(First.Second / 60);

    public required CauseFamily Family { get; init; }

    /// <summary>Deferred, and neither failed nor delivered since.</summary>
    public bool IsWaiting => Newest.Kind == SightingKind.Deferred && !IsDelivered;
}
