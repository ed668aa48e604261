using System.Text.Json;
using Mailflow.Analysis.Failures;

namespace Mailflow.Simulator;

/// <summary>
/// Counts rows when the simulator writes them. Nothing is read back: a reader with other counts has misread the files.
/// </summary>
sealed class TruthTally(SimulationOptions options, AddressBook book)
{
    enum Outcome
    {
        None,
        Delivered,
        Sent,
        Relayed,
        Failed,
        Deferred,
        Dropped,
        Expanded,
    }

    enum Noise
    {
        None,
        Shadow,
        HealthMailbox,
        Probe,
    }

    static readonly string[] Directions = ["originating", "incoming", "unknown"];
    static readonly Outcome[] OutcomeOfEvent = [.. Enum.GetValues<EventId>().Select(OutcomeOf)];

    readonly long[][] _events = [.. Enum.GetValues<Source>().Select(_ => new long[Enum.GetValues<EventId>().Length])];
    readonly long[] _noise = new long[Enum.GetValues<Noise>().Length];
    readonly long[][] _messages = [.. Enum.GetValues<Outcome>().Select(_ => new long[Directions.Length])];
    readonly long[] _failures = new long[Enum.GetValues<Cause>().Length];
    readonly long[] _deferrals = new long[Enum.GetValues<Cause>().Length];
    readonly long[] _domains = new long[book.DomainCount];
    readonly TruthLatencies _delivered = new(), _sent = new();

    public long Rows { get; private set; }

    /// <summary>Counts a row; false if it is noise.</summary>
    public bool Add(in Row row)
    {
        Rows++;
        _events[(int)row.Shape.Source][(int)row.Shape.Event]++;
        var noise = NoiseOf(row);
        if (noise != Noise.None)
            _noise[(int)noise]++;
        else
            AddMail(row);
        return noise == Noise.None;
    }

    void AddMail(in Row row)
    {
        var outcome = OutcomeOfEvent[(int)row.Shape.Event];
        // Version 2007 has no custom-data, so it is not visible that a SEND left the organisation.
        if (row.Shape.ToInternet)
            outcome = Outcome.Sent;
        if (outcome == Outcome.None)
            return;
        _messages[(int)outcome][DirectionOf(row)] += row.Recipients.Count;
        if (outcome == Outcome.Delivered)
            _delivered.Add(row.LatencyMs);
        else if (outcome == Outcome.Sent)
            _sent.Add(row.LatencyMs);
        else if (outcome == Outcome.Failed)
            AddFailures(row);
        else if (outcome == Outcome.Deferred)
            AddDeferrals(row);
    }

    void AddFailures(in Row row)
    {
        for (var left = row.Recipients; !left.IsEmpty; left = left.Rest)
        {
            _failures[(int)(row.Shape.Event == EventId.Fail ? FailureTexts.All[row.Message.Failures[left.First]].Cause : Cause.PolicyRestriction)]++;
            _domains[row.Message.Recipients[left.First].Domain]++;
        }
    }

    void AddDeferrals(in Row row)
    {
        for (var left = row.Recipients; !left.IsEmpty; left = left.Rest)
            _deferrals[(int)(row.Shape.Event switch
            {
                EventId.Defer => DeferralTexts.All[row.Message.Deferrals[left.First]].Cause,
                EventId.Throttle => Cause.RateLimited,
                _ => Cause.Unknown,
            })]++;
    }

    int DirectionOf(in Row row) => !row.Shape.HasDirection || options.Version < ExchangeVersion.Exchange2010 ? 2 : (int)row.Message.Direction;

    static Noise NoiseOf(in Row row)
    {
        if (row.Shape.IsShadow)
            return Noise.Shadow;
        // A row without addresses, such as NOTIFYMAPI, is not noise.
        if (!row.Shape.NamesMessage)
            return Noise.None;
        var sender = row.Message.Sender;
        bool health = true, probe = true;
        for (var left = row.Recipients; !left.IsEmpty && (health || probe); left = left.Rest)
        {
            var recipient = row.Message.Recipients[left.First];
            health &= recipient.IsHealthMailbox;
            probe &= recipient.IsProbe;
        }
        if (health || sender.IsHealthMailbox)
            return Noise.HealthMailbox;
        return probe || sender.IsProbe ? Noise.Probe : Noise.None;
    }

    static Outcome OutcomeOf(EventId id) => id switch
    {
        EventId.Deliver => Outcome.Delivered,
        EventId.Send => Outcome.Relayed,
        EventId.SendExternal => Outcome.Sent,
        EventId.Fail or EventId.ModeratorReject or EventId.ModerationExpire => Outcome.Failed,
        EventId.Defer or EventId.SubmitDefer or EventId.Throttle => Outcome.Deferred,
        EventId.Drop or EventId.BadMail or EventId.PoisonMessage => Outcome.Dropped,
        EventId.Expand => Outcome.Expanded,
        _ => Outcome.None,
    };

    public Truth ToTruth(long bytes, int files, bool finished) => new()
    {
        Seed = options.Seed,
        Server = options.Server,
        Finished = finished,
        Rows = Rows,
        Bytes = bytes,
        Files = files,
        Events = Sorted(from source in Enum.GetValues<Source>()
                        from id in Enum.GetValues<EventId>()
                        select (Key: $"{source}|{id}".ToUpperInvariant(), _events[(int)source][(int)id])),
        Noise = Sorted(Enum.GetValues<Noise>().Select(noise => (Kebab(noise), _noise[(int)noise]))),
        Messages = Sorted(Enum.GetValues<Outcome>().Select(outcome => (Kebab(outcome), _messages[(int)outcome].Sum()))),
        MessagesByDirection = Sorted(from outcome in Enum.GetValues<Outcome>()
                                     from direction in Directions.Index()
                                     select ($"{Kebab(outcome)}|{direction.Item}", _messages[(int)outcome][direction.Index])),
        Failures = Sorted(Enum.GetValues<Cause>().Select(cause => (Kebab(cause), _failures[(int)cause]))),
        Deferrals = Sorted(Enum.GetValues<Cause>().Select(cause => (Kebab(cause), _deferrals[(int)cause]))),
        LatencyMs = new(StringComparer.Ordinal) { ["delivered"] = _delivered.ToTruth(), ["sent"] = _sent.ToTruth() },
        FailuresByDomain = _domains.Index().Where(domain => domain.Item > 0)
            .OrderByDescending(domain => domain.Item).ThenBy(domain => domain.Index).Take(20)
            .ToDictionary(domain => book.DomainName(domain.Index), domain => domain.Item, StringComparer.Ordinal),
    };

    static string Kebab<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    static SortedDictionary<string, long> Sorted(IEnumerable<(string Key, long Count)> counts) =>
        new(counts.Where(count => count.Count > 0).ToDictionary(count => count.Key, count => count.Count, StringComparer.Ordinal), StringComparer.Ordinal);
}
