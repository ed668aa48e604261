using Mailflow.Analysis.Incidents;

namespace Mailflow.Incidents;

/// <summary>What holds outside the tracking logs: a signal is given once when it begins and once when it ends.</summary>
/// <param name="now">What holds now, given what held before.</param>
sealed class Signals(Func<IReadOnlyCollection<Signal>, IEnumerable<Signal>> now)
{
    readonly Dictionary<(SignalKind, IncidentPlace), Signal> _on = [];

    /// <summary>What began and what ended since the last call.</summary>
    /// <param name="at">The time that the signals get: rows before it are judged, and the order stays the same when they are judged again.</param>
    public IReadOnlyList<Signal> News(DateTime at)
    {
        var (news, holds) = (new List<Signal>(), new HashSet<(SignalKind, IncidentPlace)>());
        foreach (var signal in now(_on.Values))
            if (holds.Add((signal.Kind, signal.Place)) && !_on.ContainsKey((signal.Kind, signal.Place)))
                news.Add(signal with { At = at });
        foreach (var (key, signal) in _on)
            if (!holds.Contains(key))
                news.Add(signal with { At = at, IsOn = false });
        Take(news);
        return news;
    }

    /// <summary>Begins again with what was given before, in order.</summary>
    public void Restore(IEnumerable<Signal> given)
    {
        _on.Clear();
        Take(given);
    }

    void Take(IEnumerable<Signal> given)
    {
        foreach (var signal in given)
            if (signal.IsOn)
                _on[(signal.Kind, signal.Place)] = signal;
            else
                _on.Remove((signal.Kind, signal.Place));
    }
}
