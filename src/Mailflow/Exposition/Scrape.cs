using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Failures;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Rules;
using Mailflow.Tail;

namespace Mailflow.Exposition;

/// <summary>The state of one event sink.</summary>
/// <param name="Shipped">Events that the sink accepted.</param>
/// <param name="Rejected">Events that the sink rejected permanently.</param>
/// <param name="Dropped">Events that were deleted from the store before they were sent.</param>
/// <param name="Backlog">Events that are not sent yet.</param>
/// <param name="Problem">Why the last attempt failed; null if it succeeded.</param>
sealed record SinkState(string Sink, long Shipped, long Rejected, long Dropped, long Backlog, string? Problem, DateTimeOffset? LastSuccess);

/// <summary>The state that one scrape or one page shows.</summary>
/// <param name="LastHour">Failures of the last hour, by cause and responsible side.</param>
sealed record Scrape(
    DateTimeOffset Now,
    Snapshot Committed,
    FailureCounts LastHour,
    IReadOnlyList<RootState> Roots,
    IReadOnlyList<SinkState> Sinks,
    long StoreBytes)
{
    /// <summary>The results of the regular checks.</summary>
    public WatchState Watch { get; init; } = WatchState.Nothing;

    /// <summary>The state of the user's rules file.</summary>
    public RulesStatus Rules { get; init; } = RulesStatus.None;

    /// <summary>The index of message traces; null before its first survey.</summary>
    public IndexCoverage? Index { get; init; }

    /// <summary>How often a name was counted as <c>other</c>, by label and reason.</summary>
    public IReadOnlyList<(string Label, string Reason, long Times)> Folded { get; init; } = [];

    /// <summary>Searches of messages, by kind and result.</summary>
    public IEnumerable<(string Kind, string Result, long Times)> Searches { get; init; } = [];

    public static Scrape Take(
        IEnumerable<Tailer> tailers,
        Committer committer,
        Store store,
        TimeProvider clock,
        Func<IReadOnlyList<SinkState>> sinks,
        Func<WatchState> watch,
        Func<RulesStatus> rules)
    {
        // First the tailers' state, then the committed state: in the other order a file could seem to be read beyond its end.
        var sources = tailers.Select(t => t.Status).ToList();
        var committed = committer.Current;
        var now = clock.GetUtcNow();
        return new(now, committed, committer.LastHour.Count(now), [.. sources.Select(s => RootState.Of(s))], sinks(), OnDisk(store.Path))
        {
            Watch = watch(),
            Rules = rules(),
            Index = store.IndexCoverage,
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

    /// <summary>Ages count to the newest row, not to now: logs of last year are read like those of today. A clock that is ahead does not count.</summary>
    public IEnumerable<Sample<ServerName>> OldestInFlight()
    {
        if (Committed.NewestEvent.Count == 0)
            return [];
        var newest = Committed.NewestEvent.Values.Max();
        if (newest > Now.UtcDateTime)
            newest = Now.UtcDateTime;
        return Committed.Copies.Select(c => new Sample<ServerName>(c.Since is { } since ? Math.Max(0, (newest - since).TotalSeconds) : 0, new(c.Server)));
    }

    /// <summary>1 if listed, 0 if not listed; no sample if the result is not known.</summary>
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

    /// <summary>0 if anything is wrong with the record; no sample if the result is not known, or if there is no record and none is needed.</summary>
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
