using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Failures;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Tail;

namespace Mailflow.Exposition;

/// <summary>A sink of events as its shipper sees it.</summary>
/// <param name="Shipped">Events that it accepted.</param>
/// <param name="Rejected">Events that it rejected for good.</param>
/// <param name="Dropped">Events that retention deleted before they were shipped.</param>
/// <param name="Backlog">Events still to ship.</param>
/// <param name="Problem">Why the last attempt failed; null where it succeeded.</param>
sealed record SinkState(string Sink, long Shipped, long Rejected, long Dropped, long Backlog, string? Problem, DateTimeOffset? LastSuccess);

/// <summary>Everything that one scrape or one page shows, at one moment.</summary>
/// <param name="LastHour">Failures of the last hour, by cause and responsible side.</param>
sealed record Scrape(DateTimeOffset Now, Snapshot Committed, FailureCounts LastHour, IReadOnlyList<RootState> Roots, IReadOnlyList<SinkState> Sinks, long StoreBytes)
{
    /// <summary>The results of the regular checks.</summary>
    public WatchState Watch { get; init; } = WatchState.Nothing;

    /// <summary>What was counted as <c>other</c> because there was no room or no name.</summary>
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

    public IEnumerable<Sample<(Cause Cause, Fault Fault)>> FailuresOfTheLastHour() =>
        from cause in CauseTable.All
        from fault in Enum.GetValues<Fault>()
        select new Sample<(Cause, Fault)>(LastHour[cause.Cause, fault], (cause.Cause, fault));

    public IEnumerable<Sample<RootName>> EachRoot(Func<RootState, double?> value)
    {
        foreach (var root in Roots)
            if (value(root) is { } known)
                yield return new(known, new(root.Status.Root.Name));
    }

    public IEnumerable<Sample<SinkName>> EachSink(Func<SinkState, double?> value)
    {
        foreach (var sink in Sinks)
            if (value(sink) is { } known)
                yield return new(known, new(sink.Sink));
    }

    public IEnumerable<Sample<ServerName>> NewestEvents() => Committed.NewestEvent.Select(e => new Sample<ServerName>(UnixSeconds(e.Value), new(e.Key)));

    /// <summary>1 and 0; what is not known has no sample.</summary>
    public IEnumerable<Sample<(ZoneName List, SubjectName Subject)>> Listings() =>
        from listing in Watch.Round?.Listings ?? []
        where listing.State is ListState.Listed or ListState.NotListed
        select new Sample<(ZoneName, SubjectName)>(listing.State == ListState.Listed ? 1 : 0, (new(listing.List.Zone), new(listing.Subject)));

    public IEnumerable<Sample<ZoneName>> ListHealth() =>
        from list in Watch.Round?.Health ?? []
        where list.Healthy is not null
        select new Sample<ZoneName>(list.Healthy == true ? 1 : 0, new(list.Zone));

    public IEnumerable<Sample<ResolverName>> Resolvers() => (Watch.Round?.Resolvers ?? []).Select(r => new Sample<ResolverName>(r.Up ? 1 : 0, new(r.Name)));

    public IEnumerable<Sample<HostName>> Certificates() =>
        from host in Watch.Round?.Hosts ?? []
        where host.NotAfter is not null
        select new Sample<HostName>(UnixSeconds(host.NotAfter!.Value), new(host.Target.ToString()));

    public IEnumerable<Sample<HostName>> NextHops() =>
        (Watch.Round?.Hosts ?? []).Select(h => new Sample<HostName>(h.Reachable ? 1 : 0, new(h.Target.ToString())));

    /// <summary>0 where anything of a record is wrong; no sample where it is not known, or where there is none and none is needed.</summary>
    public IEnumerable<Sample<(OwnDomain Domain, RecordName Record)>> Records() =>
        from finding in Watch.Round is { } round ? round.Domains.Concat(round.Addresses) : []
        group finding by (finding.Subject, Record: finding.Check.Split(' ')[0]) into record
        where StatusLabels.WatchedRecords.Contains(record.Key.Record, StringComparer.Ordinal)
        let wrong = record.Any(f => f.Severity > Severity.Unknown)
        where wrong || (record.Any(f => f.Severity == Severity.Good) && record.All(f => f.Severity != Severity.Unknown))
        select new Sample<(OwnDomain, RecordName)>(wrong ? 0 : 1, (new(record.Key.Subject), new(record.Key.Record)));

    static long OnDisk(string path) => Length(path) + Length(path + "-wal");

    static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
