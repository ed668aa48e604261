namespace Mailflow.Configuration;

/// <summary>A file that receives events as JSON lines, rolled by size.</summary>
sealed record EventFile(string Path, long MaxBytes, int Keep);
