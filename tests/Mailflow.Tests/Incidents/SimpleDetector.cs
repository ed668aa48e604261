using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;

namespace Mailflow.Tests.Incidents;

/// <summary>
/// Finds incidents by simple rules, in the time of the logs: three failures at a domain within ten minutes open one, a later success closes it with proof, and
/// two hours without a failure close it without. A signal is one while it lasts.
/// </summary>
sealed class SimpleDetector(NameList names) : IDetector
{
    readonly List<Sighting> _failures = [];
    readonly List<Passage> _sent = [];
    readonly List<Signal> _signals = [];
    readonly List<Incident> _incidents = [];
    readonly List<IncidentChange> _changes = [];
    long _minute = long.MinValue;

    public IReadOnlyList<Incident> Incidents => _incidents;

    /// <summary>How many facts were given.</summary>
    public int Given { get; private set; }

    public void Add(IReadOnlyList<Sighting> sightings, IReadOnlyList<Passage> passages)
    {
        Given += sightings.Count + passages.Count;
        // As the real one does: texts that are in no fact, such as the domain of a sender.
        foreach (var domain in sightings.Select(s => s.Domain).Concat(passages.Select(p => p.Domain)).Distinct())
            names.Of("derived from " + names[domain]);
        _failures.AddRange(sightings);
        _sent.AddRange(passages);
    }

    public void Add(Signal signal) => _signals.Add(signal);

    public void Advance(DateTime until)
    {
        var end = MinuteOf(until);
        if (_minute == long.MinValue)
            _minute = _failures.Select(f => f.Second / 60).Concat(_sent.Select(s => (long)s.Minute)).Concat(_signals.Select(s => MinuteOf(s.At)))
                .Append(end).Min();
        for (; _minute < end; _minute++)
            Judge(_minute);
    }

    public IReadOnlyList<IncidentChange> TakeChanges()
    {
        IReadOnlyList<IncidentChange> changes = [.. _changes];
        _changes.Clear();
        return changes;
    }

    void Judge(long minute)
    {
        var at = TimeOf((minute + 1) * 60);
        foreach (var domain in _failures.Select(f => f.Domain).Distinct().OrderBy(d => names[d], StringComparer.Ordinal).ToList())
        {
            var failures = _failures.Where(f => f.Domain == domain && f.Second / 60 <= minute).OrderBy(f => f.Second).ToList();
            var index = _incidents.FindLastIndex(i => i.Place.Name == names[domain]);
            if (failures.Count == 0)
                continue;
            var last = TimeOf(failures[^1].Second);
            if (index >= 0 && _incidents[index] is { Closed: null } open)
            {
                var proof = _sent.Where(s => s.Domain == domain && s.Minute <= minute && TimeOf(s.Minute * 60L) > last).Sum(s => s.Messages);
                var recipients = failures.Count(f => TimeOf(f.Second) >= open.FirstFailure);
                if (proof > 0 || at - last >= TimeSpan.FromHours(2))
                    Change(index, IncidentEvent.Closed, at, open with
                    {
                        Closed = at,
                        Verified = proof > 0 ? Verified.Delivered : Verified.Quiet,
                        ProofMessages = proof,
                        LastFailure = last,
                        Recipients = recipients,
                    });
                else if (recipients != open.Recipients)
                    _incidents[index] = open with { Recipients = recipients, LastFailure = last };
                continue;
            }

            var recent = failures.Where(f => f.Second / 60 > minute - 10 && (index < 0 || TimeOf(f.Second) > _incidents[index].Closed)).ToList();
            if (recent.Count < 3)
                continue;
            _incidents.Add(Of(PlaceKind.Domain, names[domain], IncidentKind.Failures, TimeOf(recent[0].Second), at) with
            {
                LastFailure = last,
                Recipients = recent.Count,
            });
            _changes.Add(new(IncidentEvent.Opened, at, _incidents[^1]));
        }

        foreach (var signal in _signals.Where(s => MinuteOf(s.At) == minute))
            if (signal.IsOn)
            {
                _incidents.Add(Of(signal.Place.Kind, signal.Place.Name, IncidentKind.Signal, signal.At, at));
                _changes.Add(new(IncidentEvent.Opened, at, _incidents[^1]));
            }
            else if (_incidents.FindLastIndex(i => i.Place == signal.Place) is >= 0 and var index)
            {
                Change(index, IncidentEvent.Closed, at, _incidents[index] with { Closed = at, Verified = Verified.SignalEnded });
            }
    }

    void Change(int index, IncidentEvent happened, DateTime at, Incident incident)
    {
        _incidents[index] = incident;
        _changes.Add(new(happened, at, incident));
    }

    static Incident Of(PlaceKind kind, string name, IncidentKind what, DateTime first, DateTime opened) => new()
    {
        Id = $"{name}@{first:yyyyMMddHHmmss}",
        Kind = what,
        Cause = Cause.NetworkFailure,
        Fault = Fault.Theirs,
        Place = new(kind, name),
        FirstFailure = first,
        Opened = opened,
        LastFailure = first,
        Severity = IncidentSeverity.Minor,
    };

    static DateTime TimeOf(long second) => DateTime.UnixEpoch.AddSeconds(second);

    static long MinuteOf(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMinute;
}
