namespace Mailflow.Ledger;

/// <summary>The stored failures and deferrals.</summary>
/// <param name="Oldest">The time of the oldest event; null if there is none.</param>
/// <param name="Removed">Failures and deferrals that retention has deleted.</param>
sealed record StoreSize(DateTimeOffset? Oldest, long Events, long Removed);
