using System.Collections.Immutable;
using Mailflow.Configuration;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>The state of one root: immutable, replaced at each poll.</summary>
/// <param name="Totals">Totals of its files, at the time of the call.</param>
/// <param name="Error">Why the folder cannot be listed, or that it does not answer; null where it can be listed.</param>
/// <param name="LastRead">When a block was last read.</param>
/// <param name="LostBytes">Bytes that were deleted before they were read.</param>
/// <param name="Replaced">Files that were replaced or rewritten, and read again from their start.</param>
/// <param name="Headroom">Time until Exchange's circular logging deletes the oldest byte that has waited for minutes; null where none has.</param>
sealed record SourceStatus(
    LogRoot Root,
    RootTotals Totals,
    string? Error,
    DateTimeOffset? LastRead,
    long LostBytes,
    long Replaced,
    TimeSpan? Headroom)
{
    /// <summary>It was not checked yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>A time before all rows of files that are not read and committed to their end; null where there are none.</summary>
    public DateTime? UnreadFrom { get; init; }

    /// <summary>The same for rows of tracking logs: later where a file is read in part.</summary>
    public DateTime? UnreadRowsFrom { get; init; }

    /// <summary>The folder does not exist.</summary>
    public bool Missing { get; init; }

    /// <summary>Folders below it that cannot be listed; the root itself is up.</summary>
    public ImmutableArray<UnlistedFolder> Unlisted { get; init; } = [];

    /// <summary>The first files that cannot be read, then those that are not read on purpose.</summary>
    public ImmutableArray<FileTrouble> Troubles { get; init; } = [];
}
