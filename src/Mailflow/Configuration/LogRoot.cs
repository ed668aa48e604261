namespace Mailflow.Configuration;

/// <summary>A folder of logs to follow.</summary>
/// <param name="Name">The name under which positions are stored: the configured one, or the folder.</param>
/// <param name="Folder">The folder; it may not exist yet.</param>
/// <param name="Server">The server that writes these logs; null: taken from the rows.</param>
sealed record LogRoot(string Name, string Folder, string? Server);
