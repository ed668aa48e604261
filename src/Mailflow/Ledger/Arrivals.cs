using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Snapshots;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>
/// The content of exports that is not in the logs: Windows events, each counted once; failures, counted once even if a log and an event report
/// them; the newest snapshot of each server and kind; and the build of each server, from the headers of logs.
/// </summary>
/// <param name="store">Null: only in memory, for a scan.</param>
/// <param name="rules">The user's own rules for replies.</param>
sealed class Arrivals(Store? store, Totals totals, RulesInForce rules)
{
    public SeenEvents Seen { get; } = new(store);

    public RejectedMessages Rejected { get; } = new(store, rules);

    public FailuresToldTwice Told { get; } = new(store);

    public ServerSnapshots Snapshots { get; } = new(store);

    public ServerBuilds Builds { get; } = new(store);

    /// <summary>Failures that only an event reports; the next commit counts them.</summary>
    public List<LoneFailure> Lone { get; } = [];

    /// <summary>Called before a delta is counted: removes failures that were counted earlier from an event or another row.</summary>
    public void Take(Delta delta, DateTimeOffset now)
    {
        switch (delta)
        {
            case RowDelta rows:
                Told.Take(rows);
                rows.Tally.Failures.RemoveAll(f => !Rejected.Add(f));
                break;
            case ExportDelta export:
                Take(export, now);
                break;
        }
    }

    void Take(ExportDelta export, DateTimeOffset now)
    {
        foreach (var reported in export.Events)
            if (Seen.Add(reported))
            {
                totals.Apply(reported);
                Rejected.Add(reported, export.File.Id, now);
                if (reported.Pressure is { } pressure)
                    Snapshots.Add(new ServerSnapshot(SnapshotKind.BackPressure, totals.LabelOf(reported.Server).Value, reported.Time) { Pressure = pressure });
            }

        foreach (var snapshot in export.Snapshots)
            Snapshots.Add(snapshot with { Server = totals.LabelOf(snapshot.Server).Value });
    }

    /// <summary>Counts the failures whose tracking log row has not arrived in time.</summary>
    public void TakeDue(DateTimeOffset now)
    {
        foreach (var lone in Rejected.TakeDue(now))
        {
            totals.Apply(lone);
            store?.Exports.Failed.Add(lone.Failure);
            Lone.Add(lone);
        }
    }

    /// <summary>Called after the commit: everything is in the store.</summary>
    public void Stored()
    {
        Seen.Stored();
        Rejected.Stored();
        Told.Stored();
        Snapshots.Stored();
        Builds.Stored();
        Lone.Clear();
    }
}
