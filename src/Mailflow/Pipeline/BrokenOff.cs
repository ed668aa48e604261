namespace Mailflow.Pipeline;

/// <summary>Where the reading of an export broke off, and why.</summary>
sealed record BrokenOff(long Records, long Offset, string Reason);
