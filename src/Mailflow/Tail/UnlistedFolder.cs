namespace Mailflow.Tail;

/// <summary>A folder below a root that cannot be listed, or not whole. Its files are not known to be gone; what is known of them is kept.</summary>
/// <param name="Name">Path below the root, with `/`.</param>
/// <param name="Why">What the system says, for example <c>Permission denied</c>.</param>
readonly record struct UnlistedFolder(string Name, string Why);
