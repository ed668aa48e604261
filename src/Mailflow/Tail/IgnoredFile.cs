namespace Mailflow.Tail;

/// <summary>Why a file is left alone, and what it was like then.</summary>
sealed record IgnoredFile(string Why, DateTimeOffset At, long Size);
