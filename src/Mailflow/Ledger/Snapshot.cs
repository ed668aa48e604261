using System.Collections.Immutable;
using Mailflow.Analysis.Snapshots;
using Mailflow.Metrics;

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

    /// <summary>The sum of a counter over the series that a filter takes.</summary>
    public long Sum<TKey>(Counter<TKey> counter, Func<TKey, bool>? filter = null)
        where TKey : notnull => Cells.Sum(counter, filter);
}
