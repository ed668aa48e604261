namespace Mailflow.Analysis.Incidents;

/// <summary>Mail of a server takes much longer than usual, without deferrals.</summary>
sealed class SlowWatch(PlaceMap places, OutageList outages) : Watcher
{
    /// <summary>A message that takes this long, in seconds, is slow.</summary>
    public const int Slow = 300;

    /// <summary>The time that is judged, in minutes, and the largest probability that counts as slow.</summary>
    const int Window = 60;

    const double Most = 1e-7;

    const int Every = 5, Over = 30;

    readonly HashSet<PlaceKey> _touched = [];

    public override void Take(TroubleCase trouble)
    {
        if (trouble.Family != CauseFamily.Slow || trouble.First.Server == 0)
            return;
        var key = new PlaceKey(PlaceKind.Server, trouble.First.Server);
        if (outages.Opened.FirstOrDefault(o => o.Kind == IncidentKind.Slow && o.Place == key) is { } open)
            open.Add(trouble);
        else
            _touched.Add(key);
    }

    public override void Look(int minute)
    {
        if (minute % Every != 0)
            return;
        foreach (var key in _touched)
            Judge(key, minute);
        _touched.Clear();
        for (var i = outages.Opened.Count - 1; i >= 0; i--)
            if (outages.Opened[i] is { Kind: IncidentKind.Slow } outage && (minute * 60L) - outage.Last >= Over * 60)
                outages.Close(outage, minute * 60L, outage.Proof > 0 ? Verified.Delivered : Verified.Quiet);
    }

    void Judge(PlaceKey key, int minute)
    {
        var rule = CauseFamily.Slow.Rule();
        if (places.Find(key) is not { } place)
            return;
        var slow = place.Cases.Where(c => c.Family == CauseFamily.Slow && c.Outage is null && c.Minute > minute - Window).ToList();
        var messages = slow.Select(c => c.First.Message).Distinct().Count();
        var attempts = Math.Max(messages, place.Attempts(minute - Window, minute));
        if (messages < rule.Messages || messages < rule.Share * attempts
            || slow.Select(c => c.First.Sender).Distinct().Take(rule.Senders).Count() < rule.Senders)
            return;
        var shape = 0.5 + Math.Max(0, place.Troubles(CauseFamily.Slow) - slow.Count);
        if (TailProbability.AtLeast(messages, shape / (50 + place.Messages) * attempts, shape) > Most)
            return;
        // Mail that one server holds back is late at the servers after it too: the one with the larger share is the place.
        if (outages.Opened.FirstOrDefault(o => o.Kind == IncidentKind.Slow) is { } other)
        {
            if (messages > other.Share * attempts)
                other.Place = key;
            return;
        }

        var first = slow.Min(c => c.First.Second - c.First.Seconds);
        var outage = outages.Open(IncidentKind.Slow, key, CauseFamily.Slow, first, minute * 60L);
        foreach (var trouble in slow)
        {
            outage.Add(trouble);
            place.TakeOut(CauseFamily.Slow, 1);
        }

        outage.Seen = (Failures.Cause.Unknown, Failures.Fault.Ours, "");
        outage.Severity = messages > attempts / 2 ? IncidentSeverity.Major : IncidentSeverity.Minor;
    }
}
