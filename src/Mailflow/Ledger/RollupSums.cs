using System.Runtime.InteropServices;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Metrics;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>
/// Adds up deltas by quarter of an hour, server and connector: what a commit adds to the store, or the history of a scan, which has no store. Bounded by
/// the number of servers and connectors, and in time: beyond <see cref="MostPlaces"/> the oldest quarters are dropped.
/// </summary>
/// <param name="label">The name of a server in the history: a bounded set.</param>
sealed class RollupSums(Func<string, string> label) : IRollups
{
    /// <summary>35 days of 60 servers: about 400 MB at most.</summary>
    const int MostPlaces = 200_000;

    /// <summary>A commit has few places, and none may be dropped: its positions are stored with it.</summary>
    int _most = int.MaxValue;

    /// <summary>What is older is left out: other logs of its time may be dropped already.</summary>
    long _from = long.MinValue;

    readonly BoundedNames<ConnectorName> _connectors = new(Labels.Connector, n => new(n), new());

    /// <summary>For a scan: servers get their own name up to the limit that metrics have, too.</summary>
    public static RollupSums OfScan()
    {
        var servers = new ServerNames(new());
        return new(s => servers.LabelOf(s).Value) { _most = MostPlaces };
    }

    /// <summary>The facts of each quarter and server, and of all servers together.</summary>
    public Dictionary<RollupPlace, Dictionary<RollupFact, long>> Places { get; } = [];

    /// <summary>Restores a connector that had its own name before the restart.</summary>
    public void Load(string connector) => _connectors.Load(new(connector));

    public void Take(RowDelta rows)
    {
        var (tally, server) = (rows.Tally, label(rows.Server));
        if (tally.Quarters is not { } quarters)
            return;
        for (var i = 0; i < quarters.Count; i++)
        {
            var (quarter, name) = quarters[i];
            if (quarter < _from)
                continue;
            var connector = ConnectorOf(name);
            var (own, all) = (FactsOf(new(quarter, server)), FactsOf(new(quarter, "")));
            foreach (var outcome in ServerCells.Outcomes)
                Add(new(connector, RollupKind.Outcome, (int)outcome, 0), quarters.Recipients(i, outcome));
            foreach (var outcome in (ReadOnlySpan<Outcome>)[Outcome.Delivered, Outcome.Sent])
                for (var bucket = 0; bucket < TimeCounts.Buckets; bucket++)
                    Add(new(connector, RollupKind.Time, (int)outcome, bucket), quarters.Times(i, outcome, bucket));

            void Add(RollupFact fact, long value)
            {
                if (value == 0)
                    return;
                Join(own, fact, value);
                Join(all, fact, value);
            }
        }

        foreach (var failure in tally.Failures)
            Take(failure, server);
        Trim();
    }

    /// <summary>A failure without a row: it has a cause, and no outcome, as in the metrics.</summary>
    public void Take(LoneFailure lone) => Take(lone.Failure, label(lone.Server));

    public void Take(ExportDelta export)
    {
        foreach (var snapshot in export.Snapshots)
            if (snapshot.Kind == SnapshotKind.Queues)
                Add(
                    QuarterCounts.QuarterOf(snapshot.Taken), label(snapshot.Server), new("", RollupKind.Queue, 0, 0),
                    snapshot.Queues.Concat(snapshot.OtherQueues).Where(q => q.Kind != QueueKind.Shadow).Sum(q => q.Messages));
    }

    public void Clear() => Places.Clear();

    void Take(Failure failure, string server) => Add(
        QuarterCounts.QuarterOf(failure.Time),
        server,
        new(
            ConnectorOf(failure.Connector), failure.Deferred ? RollupKind.Deferral : RollupKind.Failure, (int)failure.Diagnosis.Cause,
            (int)failure.Diagnosis.Fault),
        1);

    string ConnectorOf(string name) => name.Length == 0 ? "" : _connectors.Of(name).Value;

    void Add(long quarter, string server, RollupFact fact, long value)
    {
        if (quarter < _from)
            return;
        Join(FactsOf(new(quarter, server)), fact, value);
        // Of queues, the sum of all servers is not known before the largest of each is: the row of all has each server.
        Join(FactsOf(new(quarter, "")), fact.Kind == RollupKind.Queue ? fact with { Connector = server } : fact, value);
    }

    Dictionary<RollupFact, long> FactsOf(RollupPlace place)
    {
        ref var facts = ref CollectionsMarshal.GetValueRefOrAddDefault(Places, place, out _);
        return facts ??= [];
    }

    static void Join(Dictionary<RollupFact, long> facts, RollupFact fact, long value)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(facts, fact, out _);
        sum = fact.Join(sum, value);
    }

    void Trim()
    {
        while (Places.Count > _most)
        {
            const int Day = 96;
            _from = Places.Keys.Min(p => p.Quarter) + Day;
            foreach (var place in Places.Keys.Where(p => p.Quarter < _from).ToList())
                Places.Remove(place);
        }
    }

    // The history of a scan.
    (DateTime First, TimeSpan Step)? IRollups.Begin(DateTime from, TimeSpan step) => Places.Count == 0
        ? null
        : (DateTime.UnixEpoch.AddMinutes(15 * Places.Keys.Min(p => p.Quarter)), RollupTables.Quarter);

    IReadOnlyList<string> IRollups.Servers() =>
        [.. Places.Keys.Select(p => p.Server).Where(s => s.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase)];

    IEnumerable<(DateTime At, RollupFact Fact, long Value)> IRollups.Read(DateTime from, DateTime to, TimeSpan step, string server)
    {
        foreach (var (place, facts) in Places)
        {
            var at = DateTime.UnixEpoch.AddMinutes(15 * place.Quarter);
            if (at < from || at >= to || place.Server != server)
                continue;
            foreach (var (fact, value) in facts)
                yield return (at, fact, value);
        }
    }
}
