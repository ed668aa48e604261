using Mailflow.Analysis.Incidents;
using Mailflow.Ledger;
using Mailflow.Pipeline;

namespace Mailflow.Incidents;

/// <summary>
/// The incidents of the store, and what must be written and told about them. Rows are judged again after a restart: what was announced before is not
/// announced again, and what was over before its logs were read is never announced.
/// </summary>
sealed class IncidentBook
{
    /// <summary>An incident that ended longer ago than this when the present is reached is from history.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    readonly Dictionary<string, KnownIncident> _known = new(StringComparer.Ordinal);

    /// <summary>The ids in the store of incidents that have another id since they were judged again.</summary>
    readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    readonly Dictionary<string, Incident> _seen = new(StringComparer.Ordinal);
    readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    readonly List<IncidentChange> _events = [];

    public IncidentBook(IEnumerable<KnownIncident> stored)
    {
        foreach (var known in stored)
            _known[known.Incident.Id] = known;
    }

    /// <summary>Takes what happened, in order.</summary>
    /// <param name="present">The present of the logs; null while the past is judged.</param>
    public void Take(IReadOnlyList<IncidentChange> changes, DateTime? present)
    {
        foreach (var change in changes)
        {
            // A part of another incident is none of its own any more.
            var isPart = change.Event == IncidentEvent.Merged;
            var incident = Keep(isPart ? change.Incident with { Closed = change.At, Verified = Verified.Quiet } : change.Incident);
            if (change.Event == IncidentEvent.Updated)
                continue;
            if (_known[incident.Id].Announced)
                _events.Add(new(isPart ? IncidentEvent.Closed : change.Event, change.At, incident));
            else if (present is { } now && IsRecent(incident, now))
                Announce(incident, change.At);
        }
    }

    /// <summary>Takes open incidents as they are now: they change without an event, too.</summary>
    public void Take(IReadOnlyList<Incident> incidents)
    {
        foreach (var incident in incidents)
            if (incident.Closed is null && !(_seen.TryGetValue(incident.Id, out var seen) && ReferenceEquals(seen, incident)))
                Keep(incident);
    }

    /// <summary>The past is judged: announces what is open, and what ended a short time ago.</summary>
    public void AnnounceRecent(DateTime present)
    {
        foreach (var known in _known.Values.Where(k => !k.Announced && IsRecent(k.Incident, present)).OrderBy(k => k.Incident.Opened).ToList())
        {
            Announce(known.Incident, known.Incident.Opened);
            if (known.Incident.Closed is { } closed)
                _events.Add(new(IncidentEvent.Closed, closed, known.Incident));
        }
    }

    /// <summary>Compares with incidents that were found again in the same logs.</summary>
    /// <param name="until">All rows before it were judged.</param>
    /// <param name="keep">How long ended incidents are kept.</param>
    public void Compare(IReadOnlyList<Incident> found, DateTime until, TimeSpan keep)
    {
        _ids.Clear();
        _seen.Clear();
        var left = _known.Values.ToDictionary(k => k.Incident.Id, StringComparer.Ordinal);
        // Those with the same id first: another one of the same place must not take its entry.
        foreach (var incident in found.OrderBy(i => left.ContainsKey(i.Id) ? 0 : 1))
        {
            var same = left.GetValueOrDefault(incident.Id) ?? left.Values.Where(k => IsSame(k.Incident, incident)).MinBy(k => k.Incident.Opened);
            if (same is null && incident.Closed < until - keep)
                continue;
            if (same is not null)
            {
                left.Remove(same.Incident.Id);
                _ids[incident.Id] = same.Incident.Id;
            }

            var kept = Keep(incident);
            if (same is not { Announced: true } || same.IsOpen == kept.Closed is null)
                continue;
            _events.Add(new(same.IsOpen ? IncidentEvent.Closed : IncidentEvent.Reopened, kept.Closed ?? until, kept));
        }

        // Its facts are gone, or this version sees no incident in them: nobody would ever close it.
        foreach (var lost in left.Values.Where(k => k.IsOpen).ToList())
        {
            var closed = lost.Incident with { Closed = until, Verified = Verified.Quiet };
            Keep(closed);
            if (lost.Announced)
                _events.Add(new(IncidentEvent.Closed, until, closed));
        }
    }

    public bool HasNews => _changed.Count + _events.Count > 0;

    /// <summary>What must be written and told since the last call.</summary>
    public (IReadOnlyList<KnownIncident> Incidents, IReadOnlyList<IncidentChange> Events) TakeNews()
    {
        IReadOnlyList<KnownIncident> incidents = [.. _changed.Order(StringComparer.Ordinal).Select(id => _known[id])];
        IReadOnlyList<IncidentChange> events = [.. _events];
        _changed.Clear();
        _events.Clear();
        return (incidents, events);
    }

    /// <summary>Forgets incidents that ended before a time, as the store does.</summary>
    public void Forget(DateTime before)
    {
        foreach (var (id, known) in _known)
            if (known.Incident.Closed < before && !_changed.Contains(id))
                _known.Remove(id);
    }

    Incident Keep(Incident incident)
    {
        _seen[incident.Id] = incident;
        if (_ids.TryGetValue(incident.Id, out var id) && id != incident.Id)
            incident = incident with { Id = id };
        var known = _known.GetValueOrDefault(incident.Id);
        if (known is not null && IncidentJsonState.Write(known.Incident) == IncidentJsonState.Write(incident))
            return incident;
        _known[incident.Id] = new(incident, known?.Announced is true);
        _changed.Add(incident.Id);
        return incident;
    }

    void Announce(Incident incident, DateTime at)
    {
        _known[incident.Id] = new(incident, Announced: true);
        _changed.Add(incident.Id);
        _events.Add(new(IncidentEvent.Opened, at, incident));
    }

    static bool IsRecent(Incident incident, DateTime present) => incident.Closed is not { } closed || closed >= present - Recent;

    static bool IsSame(Incident known, Incident found) =>
        known.Kind == found.Kind && known.Place == found.Place
        && known.FirstFailure <= (found.Closed ?? DateTime.MaxValue) && found.FirstFailure <= (known.Closed ?? DateTime.MaxValue);
}
