namespace Mailflow.Tail;

/// <summary>A folder below a root that could not be listed completely. Its files are not treated as deleted.</summary>
/// <param name="Name">Path below the root, with `/`.</param>
/// <param name="Why">The system's error, for example <c>Permission denied</c>.</param>
readonly record struct UnlistedFolder(string Name, string Why);
