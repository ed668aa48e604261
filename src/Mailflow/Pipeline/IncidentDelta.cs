using Mailflow.Analysis.Incidents;

namespace Mailflow.Pipeline;

/// <summary>
/// What the detection of incidents found up to a time. Committed together with that time, so that a kill neither loses nor repeats an incident or an event.
/// </summary>
sealed class IncidentDelta : Delta
{
    /// <summary>All rows before this time are judged, UTC.</summary>
    public required DateTime Until { get; init; }

    /// <summary>Incidents that are new or changed, as they are now.</summary>
    public IReadOnlyList<KnownIncident> Incidents { get; init; } = [];

    /// <summary>What sinks are told, in order.</summary>
    public IReadOnlyList<IncidentChange> Events { get; init; } = [];

    /// <summary>Signals that began or ended, so that the same incidents are found again after a restart.</summary>
    public IReadOnlyList<Signal> Signals { get; init; } = [];
}
