namespace Mailflow.Configuration;

/// <summary>A folder of logs to follow.</summary>
/// <param name="Name">What positions are kept under: the configured name, or the folder.</param>
/// <param name="Folder">Where the files lie; it may not exist yet.</param>
/// <param name="Server">The server that writes there; null: the rows tell.</param>
sealed record LogRoot(string Name, string Folder, string? Server);
