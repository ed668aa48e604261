namespace Mailflow.Tail;

/// <summary>Why a file is not read, and its state at that time.</summary>
sealed record IgnoredFile(string Why, DateTimeOffset At, long Size);
