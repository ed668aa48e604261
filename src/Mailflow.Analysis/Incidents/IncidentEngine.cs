namespace Mailflow.Analysis.Incidents;

/// <summary>What happened to an incident.</summary>
public enum IncidentEvent
{
    Opened,
    Changed,
    Closed,
    Reopened,
}

/// <summary>An incident after a change.</summary>
public sealed record IncidentChange(IncidentEvent Event, DateTime At, Incident Incident);

/// <summary>
/// Finds incidents: pure, in the time of the logs. The same facts give the same incidents, whatever the order in which they are added between two calls of
/// <see cref="Advance"/>.
/// </summary>
public sealed class IncidentEngine(NameList names)
{
    readonly List<Incident> _incidents = [];
    readonly List<IncidentChange> _changes = [];

    /// <summary>All incidents, in the order in which they were opened.</summary>
    public IReadOnlyList<Incident> Incidents => _incidents;

    /// <summary>The time up to which rows are judged.</summary>
    public DateTime Until { get; private set; }

    /// <summary>Adds facts: of any time after <see cref="Until"/>, or late ones.</summary>
    public void Add(IReadOnlyList<Sighting> sightings, IReadOnlyList<Passage> passages) => _ = (names, sightings, passages);

    /// <summary>Adds a signal.</summary>
    public void Add(Signal signal) => _ = (names, signal);

    /// <summary>Judges each minute up to this time: all rows before it are added.</summary>
    public void Advance(DateTime until) => Until = until;

    /// <summary>The changes since the last call, in their order.</summary>
    public IReadOnlyList<IncidentChange> TakeChanges()
    {
        IReadOnlyList<IncidentChange> changes = [.. _changes];
        _changes.Clear();
        return changes;
    }
}
