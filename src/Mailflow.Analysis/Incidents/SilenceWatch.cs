using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>A connector, server or busy domain that always has mail has none, while the rest of the organisation has.</summary>
sealed class SilenceWatch(PlaceMap places, OutageList outages) : Watcher
{
    const int Day = 24 * 60, Every = 10, Shortest = 60, FewestDays = 3, Back = 3;

    /// <summary>How much the counts of a place scatter against those of all mail.</summary>
    const double Scatter = 8;

    /// <summary>The largest probability of no mail that counts as silence.</summary>
    const double Most = 1e-5;

    /// <summary>Quiet times of the past, such as nights: a multiple of the longest.</summary>
    const double Longer = 2.5;

    /// <summary>Places with so little of all mail are not watched.</summary>
    const double SmallestShare = 0.005;

    sealed class Pulse
    {
        /// <summary>The minute of the newest message.</summary>
        public int Newest;

        /// <summary>Messages of all other places since then.</summary>
        public long Others;

        /// <summary>The most of <see cref="Others"/> between two messages, in expected messages of the place; old ones fade.</summary>
        public double LongestQuiet;
    }

    readonly Dictionary<PlaceKey, Pulse> _pulses = [];
    readonly List<(PlaceKey Key, Pulse Pulse)> _watched = [];
    int _day;
    long _all;

    public override void Take(in Passage passage)
    {
        if (!passage.IsSuccess)
            return;
        _all += passage.Messages;
        Beat(new(PlaceKind.Server, passage.Server), passage.Minute);
        Beat(new(PlaceKind.Connector, passage.Connector), passage.Minute);
        if (passage.Kind == PassageKind.Sent && passage.Domain != 0)
            Beat(new(PlaceKind.Domain, passage.Domain), passage.Minute);
    }

    public override void Take(TroubleCase trouble)
    {
        Beat(new(PlaceKind.Server, trouble.First.Server), trouble.Minute);
        Beat(new(PlaceKind.Connector, trouble.First.Connector), trouble.Minute);
        Beat(new(PlaceKind.Domain, trouble.First.Domain), trouble.Minute);
    }

    void Beat(PlaceKey key, int minute)
    {
        if (key.Name == 0)
            return;
        if (!_pulses.TryGetValue(key, out var pulse))
        {
            if (_pulses.Count < 100_000)
                _pulses.Add(key, new() { Newest = minute, Others = _all });
            return;
        }

        if (_all > pulse.Others && minute - pulse.Newest > Shortest / 4)
            pulse.LongestQuiet = Math.Max(pulse.LongestQuiet, Expected(key, pulse));
        (pulse.Newest, pulse.Others) = (Math.Max(minute, pulse.Newest), _all);
    }

    /// <summary>Messages of the place that were expected since its newest, by its share of all mail.</summary>
    double Expected(PlaceKey key, Pulse pulse)
    {
        if (places.Find(key) is not { } place || places.Find(PlaceMap.All) is not { Messages: > 0 } all)
            return 0;
        var share = Math.Min(0.9, place.Messages / all.Messages);
        return share / (1 - share) * (_all - pulse.Others);
    }

    public override void Look(int minute)
    {
        if (minute % Every != 0)
            return;
        if (minute / Day != _day)
        {
            _day = minute / Day;
            Choose(minute);
        }

        foreach (var (key, pulse) in _watched)
            Judge(key, pulse, minute);
        for (var i = outages.Opened.Count - 1; i >= 0; i--)
            if (outages.Opened[i] is { Kind: IncidentKind.Silence, Proof: >= Back } outage)
                outages.Close(outage, minute * 60L, Verified.Delivered);
    }

    /// <summary>Once a day: the places that have enough mail. Servers first: their silence is that of what they alone use.</summary>
    void Choose(int minute)
    {
        _watched.Clear();
        if (places.Find(PlaceMap.All) is not { } all)
            return;
        foreach (var (key, pulse) in _pulses)
        {
            pulse.LongestQuiet *= 0.97;
            if (places.Find(key) is { } place && minute - place.FirstMinute >= FewestDays * Day && place.Messages >= SmallestShare * all.Messages)
                _watched.Add((key, pulse));
        }

        _watched.Sort((a, b) => Rank(b.Key.Kind).CompareTo(Rank(a.Key.Kind)));
    }

    /// <summary>What is silent because a larger place is.</summary>
    static int Rank(PlaceKind kind) => kind switch
    {
        PlaceKind.Server => 2,
        PlaceKind.Connector => 1,
        _ => 0,
    };

    void Judge(PlaceKey key, Pulse pulse, int minute)
    {
        if (minute - pulse.Newest < Shortest)
            return;
        var expected = Expected(key, pulse);
        if (TailProbability.None(expected, Scatter) > Most || expected < Longer * pulse.LongestQuiet)
            return;
        if (outages.Opened.Any(o => (o.Place.Kind == key.Kind || o.IsServer) && o.Place.Name == key.Name
            || (o.Kind == IncidentKind.Silence && Rank(o.Place.Kind) > Rank(key.Kind))))
            return;
        var outage = outages.Open(IncidentKind.Silence, key, CauseFamily.Unknown, pulse.Newest * 60L, minute * 60L);
        outage.Failed(minute * 60L);
        outage.Seen = (Cause.Unknown, key.Kind == PlaceKind.Domain ? Fault.Unknown : Fault.Ours, "");
        outage.Severity = key.Kind == PlaceKind.Domain ? IncidentSeverity.Minor : IncidentSeverity.Major;
        outage.AddEvidence(
            $"No mail since {Outage.Time(pulse.Newest * 60L):yyyy-MM-dd HH:mm} UTC; about {expected:0} messages are usual for the other mail of this time.");
    }
}
