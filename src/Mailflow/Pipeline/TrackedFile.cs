using Mailflow.Analysis.Formats;

namespace Mailflow.Pipeline;

/// <summary>How the bytes of a file become text. Exchange writes UTF-8; what PowerShell's `>` makes of a log is UTF-16.</summary>
enum TextEncoding
{
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
}

/// <summary>One log file as it was found: what makes it this file and no other. Every tracking log starts with the same bytes, so a name or a first line alone would not do.</summary>
/// <param name="Id">Its number in the store, one for each generation.</param>
/// <param name="Root">The name of the root that it lies under.</param>
/// <param name="Name">Its path below the root, with `/`.</param>
/// <param name="Device">Device and inode (file id on Windows); 0 where the system has none.</param>
/// <param name="HeaderHash">Hash of the header block through `#Fields:`, which holds the time the file was opened.</param>
/// <param name="Generation">Counts up when a file of this name was found to be another one.</param>
/// <param name="Header">The columns in force where reading starts.</param>
/// <param name="HeaderOffset">Where that `#Fields:` line starts, in bytes.</param>
/// <param name="Format">What reads it.</param>
/// <param name="Server">Who wrote it, as configured for the root or found before; null: the rows will tell.</param>
sealed record TrackedFile(
    long Id,
    string Root,
    string Name,
    long Device,
    long Inode,
    long HeaderHash,
    int Generation,
    LogHeader Header,
    long HeaderOffset,
    TextEncoding Encoding,
    LogFormat Format,
    string? Server,
    long? Records = null)
{
    /// <summary>Told when what was read is committed; null for a file that is read once.</summary>
    public FileProgress? Progress { get; init; }

    /// <summary>What was open where reading started: it goes with no other place of the file.</summary>
    public SavedSessions? Sessions { get; init; }

    /// <summary>The server label of rows of which nothing names the writer.</summary>
    public const string UnknownServer = "unknown";
}

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

/// <summary>The SMTP sessions that were open at an offset, as they are stored.</summary>
sealed record SavedSessions(long Offset, ReadOnlyMemory<byte> State);
