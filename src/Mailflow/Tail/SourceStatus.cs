using System.Collections.Immutable;
using Mailflow.Configuration;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>One root as its tailer sees it: immutable, renewed at each poll.</summary>
/// <param name="Totals">What its files come to, at the moment of asking.</param>
/// <param name="Error">Why the folder cannot be listed, or that it does not answer; null where it can.</param>
/// <param name="LastRead">When a block was last read.</param>
/// <param name="LostBytes">Bytes that were deleted before they were read.</param>
/// <param name="Replaced">Files found to be others than they were, and read again from their start.</param>
/// <param name="Headroom">How long until Exchange's circular logging deletes the oldest byte that has waited for minutes; null where none has.</param>
sealed record SourceStatus(
    LogRoot Root,
    RootTotals Totals,
    string? Error,
    DateTimeOffset? LastRead,
    long LostBytes,
    long Replaced,
    TimeSpan? Headroom)
{
    /// <summary>It was not looked at yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>The folder is not there.</summary>
    public bool Missing { get; init; }

    /// <summary>Folders below it that cannot be listed; the root is up all the same.</summary>
    public ImmutableArray<UnlistedFolder> Unlisted { get; init; } = [];

    /// <summary>The first files that cannot be read, and then those that are left alone.</summary>
    public ImmutableArray<FileTrouble> Troubles { get; init; } = [];
}
