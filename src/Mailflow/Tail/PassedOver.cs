namespace Mailflow.Tail;

/// <summary>A path below a root that is not read.</summary>
/// <param name="IsUnknown">
/// True for a folder that could not be listed completely: its missing files may still exist. False for a path that is skipped on purpose.
/// </param>
readonly record struct PassedOver(string Path, string Why, bool IsUnknown);
