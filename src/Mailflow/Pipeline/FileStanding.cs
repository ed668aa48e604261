namespace Mailflow.Pipeline;

/// <summary>Whether a file counts, and as what.</summary>
enum FileStanding : byte
{
    /// <summary>It does not count: not in its folder, or not known to be.</summary>
    Absent,
    Good,

    /// <summary>It cannot be read at the moment.</summary>
    Failed,

    /// <summary>It is left alone for good.</summary>
    Ignored,
}
