using Mailflow.Ledger;

namespace Mailflow.Trace;

/// <summary>A log file to search.</summary>
/// <param name="server">The server that writes it; null where it is not known.</param>
sealed class TraceFile(string path, long size, DateTime lastWrite, string? server)
{
    public string Path => path;

    public long Size => size;

    /// <summary>UTC; default where the system has none.</summary>
    public DateTime LastWrite => lastWrite;

    public string? Server => server;

    /// <summary>Whether it is in an archive: it can only be read from its start.</summary>
    public bool IsPacked { get; init; }

    /// <summary>What the store knows of it; null for a file that is searched without a store, or that the store does not know.</summary>
    public TracedFile? Known { get; init; }

    /// <summary>Whether the file may have changed since the store was written: then it is compared even if no part of it is read.</summary>
    public bool MayDiffer { get; init; }

    /// <summary>Whether the file was found to be the known one, or not; null before it was compared.</summary>
    public bool? IsKnown { get; set; }
}

/// <summary>A part of a file that is read at once.</summary>
/// <param name="Start">The start of a row.</param>
/// <param name="End">The end of a row; <see cref="long.MaxValue"/> for the end of the file.</param>
/// <param name="Bound">No row of the part is later.</param>
readonly record struct TracePart(TraceFile File, long Start, long End, DateTime Bound)
{
    /// <summary>Whether the part is read from its end, since its last rows may be enough.</summary>
    public bool Backwards { get; init; }

    /// <summary>Whether only the row at its start is read.</summary>
    public bool IsRow { get; init; }

    /// <summary>Bytes to read, as far as they are known.</summary>
    public long Length => IsRow ? 0 : Math.Min(End, File.Size) - Start;

    /// <summary>Whether it is the whole file, as it is now.</summary>
    public bool IsWhole => Start == 0 && End == long.MaxValue;

    /// <summary>The whole file.</summary>
    public static TracePart Whole(TraceFile file) => new(file, 0, long.MaxValue, file.LastWrite == default ? DateTime.MaxValue : file.LastWrite + Skew);

    /// <summary>How much the time of a row may be later than the time of the last write of its file: clocks and zones of servers and shares differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromDays(1);
}
