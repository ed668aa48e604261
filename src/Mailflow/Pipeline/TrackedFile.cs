using Mailflow.Analysis.Formats;

namespace Mailflow.Pipeline;

/// <summary>
/// An identified file. A name or a first line alone does not identify it, because every tracking log starts with the same bytes.
/// </summary>
/// <param name="Id">Its number in the store, one for each generation.</param>
/// <param name="Root">The name of its root.</param>
/// <param name="Name">Its path below the root, with `/`.</param>
/// <param name="Device">Device and inode (file id on Windows); 0 where the system has none.</param>
/// <param name="HeaderHash">Hash of the header block through `#Fields:`, which holds the time the file was opened.</param>
/// <param name="Generation">Incremented when a file of this name is replaced by another one.</param>
/// <param name="Header">The columns in force where reading starts.</param>
/// <param name="HeaderOffset">Where that `#Fields:` line starts, in bytes.</param>
/// <param name="Format">The format that reads it.</param>
/// <param name="Server">The server that wrote it, as configured for the root or found before; null until a row names it.</param>
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
    /// <summary>Updated when data is committed; null for a file of a scan.</summary>
    public FileProgress? Progress { get; init; }

    /// <summary>The open SMTP sessions where reading starts; valid only at the offset they were saved with.</summary>
    public SavedSessions? Sessions { get; init; }

    /// <summary>The server label of rows without a known server.</summary>
    public const string UnknownServer = "unknown";
}
