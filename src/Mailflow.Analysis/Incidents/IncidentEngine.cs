using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>What happened to an incident.</summary>
public enum IncidentEvent
{
    Opened,

    /// <summary>Its place, severity or extent changed so much that it is worth telling.</summary>
    Changed,

    Closed,
    Reopened,

    /// <summary>Its counts changed: to be stored, not to be told.</summary>
    Updated,

    /// <summary>It turned out to be a part of another incident, and is none of its own.</summary>
    Merged,
}

/// <summary>An incident after a change.</summary>
public sealed record IncidentChange(IncidentEvent Event, DateTime At, Incident Incident);

/// <summary>
/// Finds incidents: pure, in the time of the logs. The same facts give the same incidents, whatever the order in which they are added between two calls of
/// <see cref="Advance"/>.
/// </summary>
public sealed class IncidentEngine(NameList names)
{
    /// <summary>The times that are judged, in minutes, how often, and the largest probability that counts as failing.</summary>
    static readonly (int Minutes, int Every, double Most)[] Windows =
        [(15, 1, 1e-4), (60, 1, 1e-4), (360, 5, 3e-5), (24 * 60, 15, 1e-5), (3 * 24 * 60, 60, 5e-6)];

    /// <summary>An incident that is older may not become a part of another.</summary>
    const long Settled = 6 * 3600;

    /// <summary>A place that fails again within this time reopens its incident.</summary>
    const long Relapse = 48 * 3600;

    /// <summary>Rows about one recipient of one message belong together for this time: Exchange gives up after two days.</summary>
    const long Followed = 3 * 24 * 3600;

    const int MostCases = 2_000_000;

    /// <summary>With fewer cases, all times are judged each minute.</summary>
    const int Few = 300;

    /// <summary>An incident that is younger is compared with other places each minute; in seconds.</summary>
    const long Fresh = 600;

    /// <summary>Rows may be this much out of order, in minutes.</summary>
    const int Disorder = 15;

    /// <summary>What has failed for this long, in seconds, counts as the past of its place.</summary>
    const long Usual = 24 * 3600;

    const long Expiring = 24 * 3600;

    /// <summary>After this time, in minutes, greylisting is over.</summary>
    const int Greylisting = 30;

    readonly PlaceMap _places = new(names);
    readonly OutageList _outages = new(names);
    readonly FactQueue _queue = new();
    readonly Dictionary<(uint Message, uint Recipient), TroubleCase> _cases = [];

    /// <summary>Cases of the last day that are not in a settled incident, oldest first.</summary>
    readonly List<TroubleCase> _open = [];

    /// <summary>How often replies named an address of ours.</summary>
    readonly Dictionary<int, int> _egress = [];

    readonly List<Watcher> _watchers = [];
    Recovery? _recovery;
    PlaceChoice? _explanation;
    int _minute;
    int _cleaned;

    /// <summary>The times of <see cref="Windows"/> in which a place has unusually much trouble in this minute.</summary>
    readonly bool[] _unusual = new bool[Windows.Length];

    /// <summary>All incidents, in the order in which they were opened.</summary>
    public IReadOnlyList<Incident> Incidents => _outages.All;

    /// <summary>The time up to which rows are judged.</summary>
    public DateTime Until => DateTime.UnixEpoch.AddMinutes(_minute);

    /// <summary>Groups whose past is kept.</summary>
    public int Places => _places.Count;

    /// <summary>Adds facts: of any time after <see cref="Until"/>, or late ones.</summary>
    public void Add(IReadOnlyList<Sighting> sightings, IReadOnlyList<Passage> passages) => _queue.Add(sightings, passages);

    /// <summary>Adds a signal.</summary>
    public void Add(Signal signal) => _queue.Add(signal);

    /// <summary>Judges each minute up to this time: all rows before it are added.</summary>
    public void Advance(DateTime until)
    {
        Begin();
        var end = (int)((until - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMinute);
        if (_minute == 0)
            _minute = Math.Min(end, _queue.First ?? end);
        while (_minute < end)
        {
            var minute = _minute++;
            Array.Clear(_unusual);
            var isWaitingOver = IsWaitingOver(minute);
            if (isWaitingOver)
                Array.Fill(_unusual, true, 0, 3);
            if (Take(minute) || isWaitingOver)
                Explain(minute + 1);
            _recovery!.Check(minute + 1);
            foreach (var watcher in _watchers)
                watcher.Look(minute + 1);
            if (minute % (24 * 60) == 0)
                Prune(minute);
        }
    }

    /// <summary>The changes since the last call, in their order.</summary>
    public IReadOnlyList<IncidentChange> TakeChanges() => _outages.TakeChanges(Until);

    void Begin()
    {
        if (_explanation is not null)
            return;
        _explanation = new(_places);
        _recovery = new(_places, _outages);
        _watchers.AddRange([new SlowWatch(_places, _outages), new AccountWatch(_outages), new SilenceWatch(_places, _outages), new SignalWatch(_outages)]);
    }

    /// <summary>Takes the facts of a minute; returns whether a place has so much trouble that places must be compared.</summary>
    bool Take(int minute)
    {
        var facts = _queue.Take(minute);
        foreach (var passage in facts.Passages)
        {
            foreach (var watcher in _watchers)
                watcher.Take(passage);
            if (passage.Kind is PassageKind.Submitted or PassageKind.Taken)
                _places.MeetSender(passage.Sender);
            if (!passage.IsSuccess)
                continue;
            _places.MeetServer(passage.Server);
            var route = _places.RouteOf(passage);
            foreach (var place in route.Places)
                place?.AddSuccess(passage.Minute, passage.Messages);
            _outages.Succeeded(passage, route.Keys);
        }

        var suspicious = false;
        foreach (var sighting in facts.Sightings)
            suspicious |= Take(sighting);
        foreach (var signal in facts.Signals)
            foreach (var watcher in _watchers)
                watcher.Take(signal);
        return suspicious;
    }

    /// <summary>A case of greylisting is so old that it counts.</summary>
    bool IsWaitingOver(int minute)
    {
        for (var i = _open.Count - 1; i >= 0 && _open[i].Minute >= minute - Greylisting - Disorder; i--)
            if (_open[i] is { Outage: null, IsDelivered: false, Newest.Cause: Cause.Greylisted } trouble && trouble.Minute == minute + 1 - Greylisting)
                return true;
        return false;
    }

    bool Take(Sighting sighting)
    {
        _places.MeetServer(sighting.Server);
        sighting = sighting with { Domain = _places.Foreign(sighting.Domain) };
        var id = (sighting.Message, sighting.Recipient);
        if (_cases.TryGetValue(id, out var known) && sighting.Second - known.Newest.Second < Followed)
        {
            Again(known, sighting);
            return false;
        }

        if (_cases.Count >= MostCases)
            return false;
        var trouble = new TroubleCase
        {
            First = sighting,
            Newest = sighting,
            Family = sighting.Kind == SightingKind.Late ? CauseFamily.Slow : CauseFamilies.Of(sighting),
        };
        if (trouble.Family == CauseFamily.Slow && sighting.Seconds < SlowWatch.Slow)
            return false;
        _cases[id] = trouble;
        if (sighting.Egress != 0)
            _egress[sighting.Egress] = _egress.GetValueOrDefault(sighting.Egress) + 1;
        Span<PlaceKey> keys = stackalloc PlaceKey[PlaceMap.MostKeys];
        var found = keys[.._places.KeysOf(sighting, keys)];
        foreach (var key in found)
            _places.Of(key, trouble.Minute)?.Add(trouble);
        foreach (var watcher in _watchers)
            watcher.Take(trouble);
        if (trouble.Family == CauseFamily.Slow)
            return false;
        if (trouble.Outage is null && _outages.Of(trouble, found) is { } outage)
            Assign(trouble, outage);
        else if (trouble.Outage is null && _outages.ClosedOf(trouble, found, sighting.Second - Relapse) is { } closed && Fails(closed, trouble))
            FailAgain(closed, trouble);
        if (trouble.Outage is { } its && its.Age(sighting.Second) > Settled)
            return false;
        _open.Add(trouble);
        // What belongs to an incident is looked at again only now and then: it may be part of a larger one.
        if (trouble.Outage is { } young && young.Age(sighting.Second) > Fresh && trouble.Minute % 5 != 0)
            return false;
        return IsSuspicious(trouble, found);
    }

    /// <summary>
    /// Notes the times in which one of the places of a case may fail: a quick look at sums, so that places are compared only where something is unusual.
    /// </summary>
    bool IsSuspicious(TroubleCase trouble, ReadOnlySpan<PlaceKey> keys)
    {
        const double Margin = 5;
        var rule = trouble.Family.Rule();
        var found = false;
        foreach (var key in keys)
        {
            if ((!rule.Places.Contains(key.Kind) && !rule.Wide.Contains(key.Kind)) || _places.Find(key) is not { } place)
                continue;
            var pooled = !rule.IsPersonal && key.Kind is PlaceKind.Domain or PlaceKind.NextHop;
            for (var i = 0; i < Windows.Length; i++)
            {
                // A place that fails altogether since its last success may have had many before.
                var (window, _, most) = Windows[i];
                var after = trouble.Minute - window;
                if (_unusual[i] || !(IsUnusual(after) || (place.LastSuccess > after && IsUnusual(place.LastSuccess))))
                    continue;
                found = _unusual[i] = true;

                bool IsUnusual(int from) =>
                    PlaceChoice.IsUnusual(place, trouble.Family, from, trouble.Minute, most * Margin)
                    || (pooled && PlaceChoice.IsUnusual(place, null, from, trouble.Minute, most * Margin));
            }
        }

        return found;
    }

    /// <summary>Whether most of the mail to a place fails again: two messages of the last hour are enough where it failed before.</summary>
    bool Fails(Outage closed, TroubleCase trouble)
    {
        if (closed.IsWide || closed.Share < 0.3 || _places.Find(closed.Place) is not { } place)
            return false;
        var from = Math.Max(trouble.Minute - 60, (int)(closed.Closed!.Value / 60));
        var again = place.Cases.Where(c => c.Minute >= from && c.Outage is null && !c.IsDelivered && OutageList.Fits(closed, c.Family))
            .Select(c => c.First.Message).Distinct().Count();
        return again >= 2 && again * 2 >= place.Attempts(from - 1, trouble.Minute);
    }

    void FailAgain(Outage closed, TroubleCase trouble)
    {
        _outages.Reopen(closed, trouble.Second);
        var recent = _places.Find(closed.Place)!.Cases
            .Where(c => c.Second >= trouble.Second - 3600 && c.Outage is null && OutageList.Fits(closed, c.Family)).ToList();
        foreach (var again in recent)
            Assign(again, closed);
    }

    /// <summary>Another row about a recipient that had trouble before.</summary>
    static void Again(TroubleCase known, in Sighting sighting)
    {
        if (sighting.Kind == SightingKind.Late)
        {
            known.IsDelivered = true;
            if (known.Outage is { } its)
                its.IsChanged = true;
            return;
        }

        if (sighting.Second < known.Newest.Second)
            return;
        known.Newest = sighting;
        // When Exchange gives up after days, that says nothing about now.
        if (known.Outage is { IsOpen: true } outage && (sighting.Kind == SightingKind.Deferred || sighting.Second - known.Second < Expiring))
            outage.Failed(sighting.Second);
        else if (known.Outage is { } closed && sighting.Kind == SightingKind.Failed)
            closed.IsChanged = true;
    }

    void Assign(TroubleCase trouble, Outage outage)
    {
        if (trouble.Outage == outage)
            return;
        // What lasts for days becomes usual.
        if (trouble.Outage is null && trouble.Second - outage.First < Usual && !outage.Has(trouble.First.Message))
        {
            Span<PlaceKey> keys = stackalloc PlaceKey[PlaceMap.MostKeys];
            foreach (var key in keys[.._places.KeysOf(trouble.First, keys)])
                if (_places.Find(key) is { Successes: >= Floors.Known } place)
                    place.TakeOut(trouble.Family, 1);
        }

        outage.Add(trouble);
    }

    void Explain(int minute)
    {
        var now = minute * 60L;
        if (_open.Count > Few && (minute - _cleaned > 60 || _open.Count > 20_000))
        {
            _open.RemoveAll(c => c.Minute <= minute - RecentCounts.Kept || IsOver(c, now));
            _cleaned = minute;
        }

        var cases = new List<TroubleCase>();
        for (var w = 0; w < Windows.Length; w++)
        {
            if (!_unusual[w])
                continue;
            var (window, every, most) = Windows[w];
            cases.Clear();
            for (var i = _open.Count - 1; i >= 0 && _open[i].Minute > minute - window - Disorder; i--)
                if (_open[i] is var one && one.Minute > minute - window && Counts(one, minute) && !IsOver(one, now))
                    cases.Add(one);
            if (cases.Count < 3 || (cases.Count > Few && minute % every != 0))
                continue;
            cases.Reverse();
            foreach (var chosen in _explanation!.Of(cases, window, minute, most))
            {
                // What failed long ago in the time that is judged was judged then.
                if (chosen.Cases.Max(c => Math.Max(c.Minute, (int)(c.Newest.Second / 60))) < minute - Math.Max(10, window / 4))
                    continue;
                Place(chosen, now);
            }
        }
    }

    /// <summary>It belongs to an incident that is over or does not change its place any more.</summary>
    static bool IsOver(TroubleCase trouble, long now) => trouble.Outage is { } outage && (!outage.IsOpen || outage.Age(now) > Settled);

    /// <summary>Greylisting is usual: it counts only if a later attempt is refused too.</summary>
    static bool Counts(TroubleCase trouble, int minute) =>
        trouble.Newest is not { Cause: Cause.Greylisted, Kind: SightingKind.Deferred } || (!trouble.IsDelivered && minute - trouble.Minute >= Greylisting);

    /// <summary>Finds the incident of a chosen place, or opens it.</summary>
    void Place(Candidate chosen, long now)
    {
        var family = chosen.Family ?? chosen.Cases.CountBy(c => c.Family).MaxBy(p => p.Value).Key;
        var key = Named(chosen);
        if (Found(chosen, key, family, now) is not { } outage)
            return;
        outage.IsWide |= chosen.IsWide;
        outage.IsServer = _places.IsServer(outage.Place);
        foreach (var trouble in chosen.Cases)
            if (trouble.Outage is null && trouble.Second >= outage.First)
                Assign(trouble, outage);
        _outages.Judge(outage, chosen, _places, now);
    }

    /// <summary>The incident that the cases belong to: one of a part of the place, one that was closed, or a new one.</summary>
    Outage? Found(Candidate chosen, PlaceKey key, CauseFamily family, long now)
    {
        // Incidents of which nearly all recent cases are explained by this place are this place's; and one cause that hits several domains is one incident.
        var mine = chosen.Cases.ToHashSet();
        var from = chosen.Cases.Min(c => c.Second);
        var parts = _outages.Opened.Where(o => o.Kind == IncidentKind.Failures && o.Age(now) < Settled
                && (IsPart(o) || (chosen.IsWide && o.Family == family && (o.IsWide || o.Share < 0.3))))
            .OrderBy(o => o.First).ToList();
        if (_outages.At(key, family) is { } same)
        {
            parts.Remove(same);
            _outages.Merge(same, parts, now);
            return same;
        }

        var elsewhere = chosen.Cases.Count(c => c.Outage is { IsOpen: true } o && !parts.Contains(o));
        if (elsewhere * 2 > chosen.Cases.Count)
            return null;
        // A few failures of elsewhere do not make a place larger.
        if (parts.Count == 1 && !chosen.IsWide && chosen.Cases.Count(c => c.Outage is null) * 4 < chosen.Cases.Count)
            return null;
        if (parts.Count > 0)
            return parts.Exists(o => o.IsWide && chosen.Cases.Count(c => c.Outage == o) >= 0.7 * chosen.Cases.Count) && chosen.IsWide
                ? parts.First(o => o.IsWide)
                : _outages.Widen(parts, key, family, chosen, now);
        if (_outages.Closed(key, family, now - Relapse) is { } closed)
        {
            _outages.Reopen(closed, now);
            return closed;
        }

        var first = FirstOf(chosen);
        var own = chosen.Cases.Where(c => c.Second >= first && c.Outage is null).Select(c => c.First.Message).Distinct().Count();
        if (own < (chosen.IsWide || chosen.Share >= Floors.Leak ? family.Rule().Messages : Floors.LeakMessages) || own * 2 < chosen.Messages)
            return null;
        var opened = _outages.Open(IncidentKind.Failures, key, family, first, now);
        if (!chosen.IsWide)
            opened.Passed = Math.Max(opened.Passed, chosen.Attempts - chosen.Messages);
        return opened;

        // What fails altogether is no part of a place of which a small share fails.
        bool IsPart(Outage o)
        {
            if ((!chosen.IsWide && ((chosen.Share < 0.3 && o.Share >= 0.5) || o.IsWide)) || Size(chosen.Key.Kind) < Size(o.Place.Kind))
                return false;
            var (all, ours) = (0, 0);
            for (var i = o.Cases.Count - 1; i >= 0; i--)
            {
                if (o.Cases[i].Second < from)
                    continue;
                all++;
                ours += mine.Contains(o.Cases[i]) ? 1 : 0;
            }

            return ours > 0 && ours >= 0.6 * all;
        }
    }

    /// <summary>A place may take over the incidents of places that are not larger.</summary>
    static int Size(PlaceKind kind) => kind switch
    {
        PlaceKind.Domain or PlaceKind.Database => 0,
        PlaceKind.NextHop or PlaceKind.Connector => 2,
        PlaceKind.Organization => 4,
        _ => 3,
    };

    /// <summary>The addresses that our mail leaves from are one place until a reply names one.</summary>
    PlaceKey Named(Candidate chosen)
    {
        if (chosen.Key != PlaceMap.Egress)
            return chosen.Key;
        var named = chosen.Cases.Select(c => c.Newest.Egress).Where(e => e != 0).CountBy(e => e).OrderByDescending(p => p.Value).FirstOrDefault();
        return new(PlaceKind.Egress, named.Key != 0 ? named.Key : _egress.Count == 0 ? 0 : _egress.MaxBy(p => p.Value).Key);
    }

    /// <summary>Of the cases without gaps that are much longer than usual between them, the first.</summary>
    static long FirstOf(Candidate chosen)
    {
        const double Longer = 6;
        const long Shortest = 3600;
        var times = chosen.Cases.ConvertAll(c => c.Second);
        times.Sort();
        var gaps = times.Zip(times.Skip(1), (one, next) => next - one).Order().ToList();
        var most = Math.Max(Shortest, Longer * (gaps.Count == 0 ? 0 : gaps[gaps.Count / 2]));
        var first = times.Count - 1;
        while (first > 0 && times[first] - times[first - 1] <= most)
            first--;
        return times[first];
    }

    void Prune(int minute)
    {
        var before = (minute * 60L) - Followed;
        foreach (var (id, trouble) in _cases)
            if (trouble.Newest.Second < before)
                _cases.Remove(id);
        _places.Prune(minute - (60 * 24 * 60));
    }
}
