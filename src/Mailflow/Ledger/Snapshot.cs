using System.Collections.Immutable;
using Mailflow.Analysis.Snapshots;
using Mailflow.Metrics;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>The committed state at one moment: immutable. Metrics and the page use only this.</summary>
/// <param name="CommittedAt">When the last commit ended; null before the first one since the start.</param>
/// <param name="Cells">All counters.</param>
/// <param name="NewestEvent">The newest row's time by server.</param>
/// <param name="Lag">Time between reading the oldest block of the last commit and committing it.</param>
/// <param name="Problem">Why the last commit failed; null if it succeeded.</param>
/// <param name="Servers">The newest snapshot of each server and kind.</param>
sealed record Snapshot(
    DateTimeOffset? CommittedAt,
    Cells Cells,
    IReadOnlyDictionary<string, DateTime> NewestEvent,
    TimeSpan Lag,
    string? Problem,
    ImmutableArray<ServerSnapshot> Servers)
{
    /// <summary>The build of each server.</summary>
    public ImmutableArray<ServerBuild> Builds { get; init; } = [];

    /// <summary>Copies of messages on their way, by server.</summary>
    public ImmutableArray<CopiesAtServer> Copies { get; init; } = [];

    /// <summary>The same by server and next hop; it is empty where the server has not handed them over.</summary>
    public ImmutableArray<(string Server, string NextHop, long Count)> CopiesByHop { get; init; } = [];

    /// <summary>Copies that are not followed any more, because there were too many.</summary>
    public long CopiesFolded { get; init; }

    /// <summary>TLS negotiations that failed since the start.</summary>
    public ImmutableArray<LastFailedTls> FailedTls { get; init; } = [];

    /// <summary>Open incidents, and those that ended last.</summary>
    public ImmutableArray<KnownIncident> Incidents { get; init; } = [];

    /// <summary>The id of the last committed event.</summary>
    public long LastEvent { get; init; }

    public static Snapshot Empty { get; } = new(null, Cells.None, new Dictionary<string, DateTime>(StringComparer.OrdinalIgnoreCase), TimeSpan.Zero, null, []);

    /// <summary>The sum of a counter over the series that match a filter.</summary>
    public long Sum<TKey>(Counter<TKey> counter, Func<TKey, bool>? filter = null)
        where TKey : notnull => Cells.Sum(counter, filter);
}
