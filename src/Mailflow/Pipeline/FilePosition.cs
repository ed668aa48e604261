namespace Mailflow.Pipeline;

/// <summary>How far a file has been read and committed.</summary>
/// <param name="Offset">The first byte that is not read, always the start of a line.</param>
/// <param name="Guard">
/// Hash of the last bytes before the offset (<see cref="Tail.Guard"/>): the file is the same one if this and <see cref="Head"/> match.
/// </param>
/// <param name="Records">The committed records of an export; null for a log.</param>
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
    /// <summary>The open SMTP sessions at the committed position.</summary>
    public SavedSessions? Sessions { get; init; }

    /// <summary>
    /// Hash of the first bytes of the file, at most up to the position; null for an export, and for a position from version 3 of the store, whose
    /// guard covers fewer bytes.
    /// </summary>
    public long? Head { get; init; }
}
