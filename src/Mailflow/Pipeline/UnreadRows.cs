namespace Mailflow.Pipeline;

/// <summary>What is not committed yet in one root.</summary>
/// <param name="IsKnown">Whether its folder can be listed.</param>
/// <param name="From">A time before all rows of its unread files; null where everything is read.</param>
readonly record struct UnreadRows(string Root, bool IsKnown, DateTime? From);
