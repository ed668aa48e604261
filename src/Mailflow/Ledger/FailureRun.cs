namespace Mailflow.Ledger;

/// <summary>Failures of one cause without a pause of an hour between two of them.</summary>
/// <param name="First">The oldest of them; null where more failures came before it than are looked at.</param>
/// <param name="LargestGap">The longest time between two of them.</param>
readonly record struct FailureRun(DateTimeOffset? First, DateTimeOffset Last, long Count, TimeSpan LargestGap);
