namespace Mailflow.Pipeline;

/// <summary>Where reading an export was interrupted, and why.</summary>
sealed record BrokenOff(long Records, long Offset, string Reason);
