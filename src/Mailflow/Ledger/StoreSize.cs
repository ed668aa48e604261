namespace Mailflow.Ledger;

/// <summary>What is kept of failures.</summary>
/// <param name="Oldest">The oldest failure's time; null where none is kept.</param>
/// <param name="Removed">Failures and deferrals that retention has deleted.</param>
sealed record StoreSize(DateTimeOffset? Oldest, long Events, long Removed);
