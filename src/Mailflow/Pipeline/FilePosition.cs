namespace Mailflow.Pipeline;

/// <summary>How far a file has been read and committed.</summary>
/// <param name="Offset">The first byte that is not read, always the start of a line.</param>
/// <param name="Guard">Hash of the last bytes before it (<see cref="Tail.Guard"/>): the file is still the same one where these and <see cref="Head"/> match.</param>
/// <param name="Records">Of an export, the records that are read and committed; null for a log.</param>
sealed record FilePosition(
    long Id,
    string Root,
    string Name,
    long Device,
    long Inode,
    long HeaderHash,
    int Generation,
    long HeaderOffset,
    long Offset,
    long Guard,
    string? Server,
    long? Records = null)
{
    /// <summary>What was open at a position that was committed.</summary>
    public SavedSessions? Sessions { get; init; }

    /// <summary>Hash of the first bytes of the file, up to the position at the most; null for an export, and for a position of version 3 of the store, whose guard is of fewer bytes.</summary>
    public long? Head { get; init; }
}
