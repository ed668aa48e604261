namespace Mailflow.Analysis.Incidents;

/// <summary>All incidents, the open ones by place, and what changed.</summary>
sealed class OutageList(NameList names)
{
    readonly List<Outage> _all = [];
    readonly List<Outage> _open = [];
    readonly List<(IncidentEvent Event, long At, Outage Outage)> _changes = [];

    public NameList Names => names;

    public IReadOnlyList<Incident> All => [.. _all.Select(o => o.ToIncident(names))];

    public IReadOnlyList<Outage> Opened => _open;

    public IEnumerable<Outage> Newest => _all.AsEnumerable().Reverse();

    /// <summary>The open incident of failures at a place.</summary>
    public Outage? At(PlaceKey key, CauseFamily family) =>
        _open.Find(o => o.Kind == IncidentKind.Failures && Same(o, key) && Fits(o, family));

    /// <summary>The newest incident at a place that was closed after a time.</summary>
    public Outage? Closed(PlaceKey key, CauseFamily family, long after) =>
        Newest.FirstOrDefault(o => o.Kind == IncidentKind.Failures && o.Closed > after && Same(o, key) && Fits(o, family));

    /// <summary>The newest incident at the places of a trouble that was closed after a time.</summary>
    public Outage? ClosedOf(TroubleCase trouble, ReadOnlySpan<PlaceKey> keys, long after)
    {
        for (var i = _all.Count - 1; i >= 0 && i >= _all.Count - 200; i--)
            if (_all[i] is { Kind: IncidentKind.Failures } outage && outage.Closed > after && keys.Contains(outage.Place) && Fits(outage, trouble.Family))
                return outage;
        return null;
    }

    /// <summary>The open incident that a new trouble belongs to.</summary>
    public Outage? Of(TroubleCase trouble, ReadOnlySpan<PlaceKey> keys)
    {
        foreach (var outage in _open)
        {
            if (outage.Kind != IncidentKind.Failures || !Fits(outage, trouble.Family))
                continue;
            if (outage.Place.Kind == PlaceKind.Egress ? trouble.Newest.Domain != 0
                : keys.Contains(outage.Place) || (outage.IsWide && outage.Domains.Contains(trouble.Newest.Domain)))
                return outage;
        }

        return null;
    }

    public Outage Open(IncidentKind kind, PlaceKey key, CauseFamily family, long first, long now)
    {
        var outage = new Outage(kind, key, names[key.Name], family, first, now);
        outage.Note(now, "Opened.");
        _all.Add(outage);
        _open.Add(outage);
        _changes.Add((IncidentEvent.Opened, now, outage));
        return outage;
    }

    /// <summary>The oldest of the incidents gets another place, and the others become part of it.</summary>
    public Outage Widen(List<Outage> parts, PlaceKey key, CauseFamily family, Candidate chosen, long now)
    {
        var kept = parts[0];
        Merge(kept, parts.Skip(1), now);
        kept.Note(now, $"The place is {Words(key.Kind)} {names[key.Name]}".TrimEnd() + $", not {Words(kept.Place.Kind)} {names[kept.Place.Name]}.");
        (kept.Place, kept.Family, kept.IsWide) = (key, family, chosen.IsWide);
        _changes.Add((IncidentEvent.Changed, now, kept));
        return kept;
    }

    /// <summary>Incidents become part of another.</summary>
    public void Merge(Outage kept, IEnumerable<Outage> parts, long now)
    {
        foreach (var part in parts)
        {
            _changes.Add((IncidentEvent.Merged, now, part));
            kept.Take(part);
            _all.Remove(part);
            _open.Remove(part);
        }
    }

    public void Reopen(Outage outage, long now)
    {
        outage.Reopen(now);
        _open.Add(outage);
        _changes.Add((IncidentEvent.Reopened, now, outage));
    }

    public void Close(Outage outage, long now, Verified how)
    {
        outage.Close(now, how);
        _open.Remove(outage);
        _changes.Add((IncidentEvent.Closed, now, outage));
    }

    /// <summary>Counts a success for the open incidents at its places.</summary>
    public void Succeeded(in Passage passage, ReadOnlySpan<PlaceKey> keys)
    {
        foreach (var outage in _open)
            if (Passes(outage, passage, keys))
                outage.Succeeded(passage.Minute * 60L, passage.Messages, passage.Connector);
        if (_quiet.Count == 0)
            return;
        for (var i = _quiet.Count - 1; i >= 0; i--)
        {
            if (!Passes(_quiet[i], passage, keys))
                continue;
            _quiet[i].Succeeded(passage.Minute * 60L, passage.Messages, passage.Connector);
            _quiet[i].Verify();
            _quiet.RemoveAt(i);
        }
    }

    readonly List<Outage> _quiet = [];

    /// <summary>Mail that gets through later verifies it.</summary>
    public void Watch(Outage quiet)
    {
        _quiet.Add(quiet);
        if (_quiet.Count > 100)
            _quiet.RemoveAt(0);
    }

    /// <summary>Whether a success says that the place works: where only some domains are hit, one of those.</summary>
    static bool Passes(Outage outage, in Passage passage, ReadOnlySpan<PlaceKey> keys) =>
        (outage.Place.Kind == PlaceKind.Egress ? passage.Kind == PassageKind.Sent : keys.Contains(outage.Place))
        && (!outage.IsWide || outage.Domains.Count == 0 || outage.Domains.Contains(passage.Domain));

    /// <summary>Severity, and whether it is us: after new cases.</summary>
    public void Judge(Outage outage, Candidate chosen, PlaceMap places, long now)
    {
        var severity = Severities.Of(outage, places, now);
        if (severity > outage.Severity || (outage.Told > 0 && outage.Cases.Count >= 10 * outage.Told))
        {
            if (outage.Told > 0)
                _changes.Add((IncidentEvent.Changed, now, outage));
            outage.Told = outage.Cases.Count;
        }

        outage.Told = Math.Max(1, outage.Told);
        if (severity > outage.Severity)
            outage.Severity = severity;
        outage.NotUs = Severities.IsNotUs(outage, places, now);
    }

    public IReadOnlyList<IncidentChange> TakeChanges(DateTime now)
    {
        var changes = _changes.ConvertAll(c => new IncidentChange(c.Event, Outage.Time(c.At), c.Outage.ToIncident(names)));
        var told = _changes.Select(c => c.Outage).ToHashSet();
        foreach (var outage in _all)
        {
            if (outage.IsChanged && !told.Contains(outage))
                changes.Add(new(IncidentEvent.Updated, now, outage.ToIncident(names)));
            outage.IsChanged = false;
        }

        _changes.Clear();
        return changes;
    }

    static bool Same(Outage outage, PlaceKey key) => outage.Place == key || (key.Kind == PlaceKind.Egress && outage.Place.Kind == PlaceKind.Egress);

    /// <summary>Where all mail to a place fails, every cause belongs to it, except what is about single recipients.</summary>
    public static bool Fits(Outage outage, CauseFamily family) =>
        outage.Family == family
        || (!outage.IsWide && outage.Share >= 0.3 && !family.Rule().IsPersonal && !outage.Family.Rule().IsPersonal && family != CauseFamily.Slow);

    static string Words(PlaceKind kind) => kind switch
    {
        PlaceKind.NextHop => "next hop",
        PlaceKind.Egress => "our sending address",
        PlaceKind.Organization => "the organization",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
