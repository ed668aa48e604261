using Mailflow.Analysis.Failures;
using Mailflow.Ledger;

namespace Mailflow.Web;

/// <summary>A sink of events as its shipper sees it.</summary>
/// <param name="Shipped">Events that it took.</param>
/// <param name="Rejected">Events that it refused for good.</param>
/// <param name="Dropped">Events that retention deleted before they were shipped.</param>
/// <param name="Backlog">Events still to ship.</param>
/// <param name="Problem">Why the last attempt failed; null where it succeeded.</param>
sealed record SinkState(string Sink, long Shipped, long Rejected, long Dropped, long Backlog, string? Problem, DateTimeOffset? LastSuccess);

/// <summary>Everything that one scrape or one page shows, at one moment.</summary>
/// <param name="LastHour">Failures of the last hour, by cause.</param>
sealed record Scrape(DateTimeOffset Now, Snapshot Committed, int[] LastHour, IReadOnlyList<RootState> Roots, IReadOnlyList<SinkState> Sinks, long StoreBytes)
{
    readonly ILookup<Counter, CellValue> _cells = Committed.Cells.ToLookup(c => c.Key.Counter);

    public static Scrape Take(Flow flow, Store store, TimeProvider clock, Func<IReadOnlyList<SinkState>> sinks)
    {
        // What the tailers saw first, what was committed after it: the other way round a file could seem read further than it is long.
        var sources = flow.Tailers.Select(t => t.Status).ToList();
        var committed = flow.Committer.Current;
        var now = clock.GetUtcNow();
        return new(now, committed, flow.Committer.LastHour.Count(now), [.. sources.Select(s => RootState.Of(s, committed))], sinks(), OnDisk(store.Path));
    }

    public static double UnixSeconds(DateTime utc) => UnixSeconds(new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)));

    public static double UnixSeconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    public IEnumerable<Sample> Cells(Counter counter) => _cells[counter].Select(c => new Sample(c.Value, c.Key.A, c.Key.B, c.Key.C, c.Key.D));

    public IEnumerable<Sample> FailuresOfTheLastHour() => CauseTable.All.Select(c => new Sample(LastHour[(int)c.Cause], c.Name));

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

    /// <summary>By the servers that have a label of their own; the newest of the others is <c>other</c>.</summary>
    public IEnumerable<Sample> NewestEvents()
    {
        var labels = _cells[Counter.ReadBytes].Select(c => c.Key.A).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Committed.NewestEvent
            .GroupBy(e => labels.TryGetValue(e.Key, out var label) ? label : Totals.Other, StringComparer.OrdinalIgnoreCase)
            .Select(g => new Sample(UnixSeconds(g.Max(e => e.Value)), g.Key));
    }

    public IEnumerable<Sample> LastCommit() => Committed.CommittedAt is { } time ? [new(UnixSeconds(time))] : [];

    static long OnDisk(string path) => Length(path) + Length(path + "-wal");

    static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
