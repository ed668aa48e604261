namespace Mailflow.Pipeline;

/// <summary>What is not committed yet in one root.</summary>
/// <param name="IsKnown">Whether its folder can be listed.</param>
/// <param name="From">A time before all rows of its unread files; null where everything is read.</param>
/// <param name="RowsFrom">The same for rows of tracking logs, and later where a file is read in part, since its rows are in order.</param>
readonly record struct UnreadRows(string Root, bool IsKnown, DateTime? From, DateTime? RowsFrom = null);
