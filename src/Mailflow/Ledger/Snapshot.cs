using System.Collections.Immutable;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Ledger;

/// <summary>What is committed, at one moment: immutable. Metrics and the page see this and nothing newer.</summary>
/// <param name="CommittedAt">When the last commit ended; null before the first one since the start.</param>
/// <param name="Cells">Every counter.</param>
/// <param name="NewestEvent">The newest row's time by server.</param>
/// <param name="Lag">How long the last commit's oldest block waited from being read until it was committed.</param>
/// <param name="Problem">Why the last commit failed; null where it succeeded.</param>
/// <param name="Servers">The newest snapshot of each server and kind.</param>
sealed record Snapshot(
    DateTimeOffset? CommittedAt,
    Cells Cells,
    IReadOnlyDictionary<string, DateTime> NewestEvent,
    TimeSpan Lag,
    string? Problem,
    ImmutableArray<ServerSnapshot> Servers)
{
    /// <summary>The number of the last event that is among them.</summary>
    public long LastEvent { get; init; }

    public static Snapshot Empty { get; } = new(null, Cells.None, new Dictionary<string, DateTime>(StringComparer.OrdinalIgnoreCase), TimeSpan.Zero, null, []);

    /// <summary>Sum of a counter over the cells that a filter takes.</summary>
    public long Sum(Counter counter, Func<CellKey, bool>? filter = null)
    {
        long sum = 0;
        var cells = Cells[counter];
        for (var i = 0; i < cells.Count; i++)
            if (filter is null || filter(cells.Keys[i]))
                sum += cells.Values[i];
        return sum;
    }
}
