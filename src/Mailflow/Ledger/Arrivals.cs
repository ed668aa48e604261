using Mailflow.Analysis.Snapshots;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>What exports bring, beside the rows of logs: events, each counted once; failures, each once in log and event together; snapshots, the newest.</summary>
sealed class Arrivals(Store? store, Totals totals)
{
    public SeenEvents Seen { get; } = new(store);

    public RejectedMessages Rejected { get; } = new(store);

    public ServerSnapshots Snapshots { get; } = new(store);

    /// <summary>Failures that only events told of and that count from the next commit on.</summary>
    public List<LoneFailure> Lone { get; } = [];

    /// <summary>Takes a delta before it is counted: rows that were counted as events before leave it.</summary>
    public void Take(Delta delta, DateTimeOffset now)
    {
        var failures = delta.Tally.Failures;
        failures.RemoveAll(f => !Rejected.Add(f));
        foreach (var reported in delta.Events)
            if (Seen.Add(reported))
            {
                totals.Apply(reported);
                Rejected.Add(reported, delta.File.Id, now);
                if (reported.Pressure is { } pressure)
                    Snapshots.Add(new ServerSnapshot(SnapshotKind.BackPressure, totals.LabelOf(reported.Server).Value, reported.Time) { Pressure = pressure });
            }

        foreach (var snapshot in delta.Snapshots)
            Snapshots.Add(snapshot with { Server = totals.LabelOf(snapshot.Server).Value });
    }

    /// <summary>Counts the failures whose row has not come.</summary>
    public void TakeDue(DateTimeOffset now)
    {
        foreach (var lone in Rejected.TakeDue(now))
        {
            totals.Apply(lone);
            store?.Exports.Failed.Add(lone.Failure);
            Lone.Add(lone);
        }
    }

    /// <summary>All of it is in the store now.</summary>
    public void Stored()
    {
        Seen.Stored();
        Rejected.Stored();
        Snapshots.Stored();
        Lone.Clear();
    }
}
