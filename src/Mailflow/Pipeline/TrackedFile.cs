using Mailflow.Analysis.Formats;

namespace Mailflow.Pipeline;

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
