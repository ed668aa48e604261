namespace Mailflow.Analysis.Incidents;

/// <summary>Facts that wait until their minute is judged. What is late belongs to the next minute.</summary>
sealed class FactQueue
{
    readonly SortedDictionary<int, MinuteFacts> _minutes = [];

    /// <summary>The first minute that has facts; null where there is none.</summary>
    public int? First => _minutes.Count == 0 ? null : _minutes.First().Key;

    public void Add(IReadOnlyList<Sighting> sightings, IReadOnlyList<Passage> passages)
    {
        foreach (var sighting in sightings)
            At((int)(sighting.Second / 60)).Sightings.Add(sighting);
        foreach (var passage in passages)
            At(passage.Minute).Passages.Add(passage);
    }

    public void Add(Signal signal) => At((int)((signal.At - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMinute)).Signals.Add(signal);

    /// <summary>All facts up to the end of a minute, in an order that does not depend on that of adding.</summary>
    public MinuteFacts Take(int minute)
    {
        var facts = new MinuteFacts();
        while (_minutes.Count > 0 && _minutes.First() is var (first, found) && first <= minute)
        {
            _minutes.Remove(first);
            if (facts.IsEmpty)
                facts = found;
            else
                facts.Add(found);
        }

        facts.Sort();
        return facts;
    }

    MinuteFacts At(int minute)
    {
        if (!_minutes.TryGetValue(minute, out var facts))
            _minutes.Add(minute, facts = new());
        return facts;
    }
}

/// <summary>The facts of a minute.</summary>
sealed class MinuteFacts
{
    public List<Sighting> Sightings { get; } = [];

    public List<Passage> Passages { get; } = [];

    public List<Signal> Signals { get; } = [];

    public bool IsEmpty => Sightings.Count == 0 && Passages.Count == 0 && Signals.Count == 0;

    public void Add(MinuteFacts other)
    {
        Sightings.AddRange(other.Sightings);
        Passages.AddRange(other.Passages);
        Signals.AddRange(other.Signals);
    }

    public void Sort()
    {
        Sightings.Sort((a, b) => (a.Second, a.Message, a.Recipient, a.Kind).CompareTo((b.Second, b.Message, b.Recipient, b.Kind)));
        Signals.Sort((a, b) => a.At.CompareTo(b.At));
    }
}
