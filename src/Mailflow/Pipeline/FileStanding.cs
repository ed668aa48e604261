namespace Mailflow.Pipeline;

/// <summary>How a file counts in the totals of its root.</summary>
enum FileStanding : byte
{
    /// <summary>Not counted: it is not in its folder, or that is unknown.</summary>
    Absent,
    Good,

    /// <summary>It cannot be read at the moment.</summary>
    Failed,

    /// <summary>It is never read.</summary>
    Ignored,
}
