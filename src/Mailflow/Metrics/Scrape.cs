using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Failures;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Tail;

namespace Mailflow.Metrics;

/// <summary>A sink of events as its shipper sees it.</summary>
/// <param name="Shipped">Events that it took.</param>
/// <param name="Rejected">Events that it refused for good.</param>
/// <param name="Dropped">Events that retention deleted before they were shipped.</param>
/// <param name="Backlog">Events still to ship.</param>
/// <param name="Problem">Why the last attempt failed; null where it succeeded.</param>
sealed record SinkState(string Sink, long Shipped, long Rejected, long Dropped, long Backlog, string? Problem, DateTimeOffset? LastSuccess);

/// <summary>Everything that one scrape or one page shows, at one moment.</summary>
/// <param name="LastHour">Failures of the last hour, by cause and responsible side.</param>
sealed record Scrape(DateTimeOffset Now, Snapshot Committed, FailureCounts LastHour, IReadOnlyList<RootState> Roots, IReadOnlyList<SinkState> Sinks, long StoreBytes)
{
    /// <summary>What the standing watch knows.</summary>
    public WatchState Watch { get; init; } = WatchState.Nothing;

    /// <summary>What was counted as <c>other</c> for want of room or of a name.</summary>
    public IReadOnlyList<(string Label, string Reason, long Times)> Folded { get; init; } = [];

    public static Scrape Take(
        IEnumerable<Tailer> tailers,
        Committer committer,
        Store store,
        TimeProvider clock,
        Func<IReadOnlyList<SinkState>> sinks,
        Func<WatchState> watch)
    {
        // What the tailers saw first, what was committed after it: the other way round a file could seem read further than it is long.
        var sources = tailers.Select(t => t.Status).ToList();
        var committed = committer.Current;
        var now = clock.GetUtcNow();
        return new(now, committed, committer.LastHour.Count(now), [.. sources.Select(s => RootState.Of(s))], sinks(), OnDisk(store.Path))
        {
            Watch = watch(),
            Folded = committer.Folded.Counts,
        };
    }

    public static double UnixSeconds(DateTime utc) => UnixSeconds(new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)));

    public static double UnixSeconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    public IEnumerable<Sample> FailuresOfTheLastHour() =>
        from cause in CauseTable.All
        from fault in Enum.GetValues<Fault>()
        select new Sample(LastHour[cause.Cause, fault], cause.Name, fault.Name());

    public IEnumerable<Sample> EachRoot(Func<RootState, double?> value)
    {
        foreach (var root in Roots)
            if (value(root) is { } known)
                yield return new(known, root.Status.Root.Name);
    }

    public IEnumerable<Sample> EachSink(Func<SinkState, double?> value)
    {
        foreach (var sink in Sinks)
            if (value(sink) is { } known)
                yield return new(known, sink.Sink);
    }

    public IEnumerable<Sample> NewestEvents() => Committed.NewestEvent.Select(e => new Sample(UnixSeconds(e.Value), e.Key));

    /// <summary>1 and 0; what is not known has no sample.</summary>
    public IEnumerable<Sample> Listings() =>
        Round(r => r.Listings.Where(l => l.State is ListState.Listed or ListState.NotListed).Select(l => new Sample(l.State == ListState.Listed ? 1 : 0, l.List.Zone, l.Subject)));

    public IEnumerable<Sample> ListHealth() => Round(r => r.Health.Where(h => h.Healthy is not null).Select(h => new Sample(h.Healthy == true ? 1 : 0, h.Zone)));

    public IEnumerable<Sample> Resolvers() => Round(r => r.Resolvers.Select(s => new Sample(s.Up ? 1 : 0, s.Name)));

    public IEnumerable<Sample> Certificates() => Round(r => r.Hosts.Where(h => h.NotAfter is not null).Select(h => new Sample(UnixSeconds(h.NotAfter!.Value), h.Target.ToString())));

    public IEnumerable<Sample> NextHops() => Round(r => r.Hosts.Select(h => new Sample(h.Reachable ? 1 : 0, h.Target.ToString())));

    /// <summary>0 where anything of a record is wrong; no sample where it is not known, or where there is none and none is needed.</summary>
    public IEnumerable<Sample> Records() => Round(r => r.Domains.Concat(r.Addresses)
        .GroupBy(f => (f.Subject, Record: f.Check.Split(' ')[0]))
        .Where(g => Telemetry.WatchedRecords.Contains(g.Key.Record, StringComparer.Ordinal) && (g.Any(f => f.Severity > Severity.Unknown) || (g.Any(f => f.Severity == Severity.Good) && g.All(f => f.Severity != Severity.Unknown))))
        .Select(g => new Sample(g.Any(f => f.Severity > Severity.Unknown) ? 0 : 1, g.Key.Subject, g.Key.Record)));

    IEnumerable<Sample> Round(Func<WatchRound, IEnumerable<Sample>> samples) => Watch.Round is { } round ? samples(round) : [];

    public IEnumerable<Sample> LastCommit() => Committed.CommittedAt is { } time ? [new(UnixSeconds(time))] : [];

    static long OnDisk(string path) => Length(path) + Length(path + "-wal");

    static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
