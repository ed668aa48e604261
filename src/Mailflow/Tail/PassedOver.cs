namespace Mailflow.Tail;

/// <summary>A path below a root that is not looked at.</summary>
/// <param name="IsUnknown">It is a folder that could not be listed, or not whole: what is missing from it may still be there. Else it is passed over on purpose.</param>
readonly record struct PassedOver(string Path, string Why, bool IsUnknown);
