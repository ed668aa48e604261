using Mailflow.Analysis.Incidents;

namespace Mailflow.Incidents;

/// <summary>What finds incidents; tests have one with simple rules.</summary>
interface IDetector
{
    IReadOnlyList<Incident> Incidents { get; }

    void Add(IReadOnlyList<Sighting> sightings, IReadOnlyList<Passage> passages);

    void Add(Signal signal);

    void Advance(DateTime until);

    IReadOnlyList<IncidentChange> TakeChanges();
}

/// <summary>The real one.</summary>
sealed class Detector(NameList names) : IDetector
{
    readonly IncidentEngine _engine = new(names);

    public IReadOnlyList<Incident> Incidents => _engine.Incidents;

    public void Add(IReadOnlyList<Sighting> sightings, IReadOnlyList<Passage> passages) => _engine.Add(sightings, passages);

    public void Add(Signal signal) => _engine.Add(signal);

    public void Advance(DateTime until) => _engine.Advance(until);

    public IReadOnlyList<IncidentChange> TakeChanges() => _engine.TakeChanges();
}
