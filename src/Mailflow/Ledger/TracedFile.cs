namespace Mailflow.Ledger;

/// <summary>A tracking log that the store knows, or a file that may be one.</summary>
/// <param name="Folder">The folder of its root; null where an older version wrote the store.</param>
/// <param name="Name">Its path below the root, with `/`.</param>
/// <param name="HeaderOffset">Where the `#Fields:` line in force at <paramref name="Offset"/> starts.</param>
/// <param name="Head">Hash of its first bytes, and <paramref name="Guard"/> of those before <paramref name="Offset"/>: see <c>Tail/Guard.cs</c>.</param>
/// <param name="Offset">Up to here it is committed.</param>
/// <param name="Newest">The time of its newest row.</param>
/// <param name="Gone">Whether it was missing in its folder when that was last listed.</param>
sealed record TracedFile(
    long Id, string Root, string? Folder, string Name, string? Server, long HeaderOffset, long HeaderHash, long? Head, long Guard, long Offset,
    DateTime? Newest, bool Gone)
{
    /// <summary>Device and inode; 0 where the system has none.</summary>
    public (long Device, long Inode) Identity { get; init; }

    /// <summary>A compressed copy of it (<c>Keep/KeptLog.cs</c>); null where there is none.</summary>
    public string? Copy { get; init; }
}

/// <summary>A range of a file that may have rows that match.</summary>
/// <param name="Start">The start of a line; 0 includes the header.</param>
/// <param name="Indexed">False where nothing is known about its rows.</param>
readonly record struct TraceRange(TracedFile File, long Start, long End, DateTime? Last, bool Indexed);
