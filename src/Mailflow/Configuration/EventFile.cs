namespace Mailflow.Configuration;

/// <summary>Events to a file of JSON lines, rolled by size.</summary>
sealed record EventFile(string Path, long MaxBytes, int Keep);
