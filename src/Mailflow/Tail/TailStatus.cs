using System.Collections.Immutable;

namespace Mailflow.Tail;

/// <summary>One file as its tailer sees it.</summary>
/// <param name="Id">Its number in the store; 0 while it is not identified.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Offset">How far it has been read; what is committed may lie before it.</param>
/// <param name="Problem">Why it cannot be read or is left alone; null where all is well.</param>
/// <param name="Refused">True where it is left alone for good.</param>
sealed record FileStatus(long Id, string Name, long Size, long Offset, DateTime LastWrite, string? Problem, bool Refused);

/// <summary>A folder below a root that cannot be listed, or not whole. Its files are not known to be gone; what is known of them is kept.</summary>
/// <param name="Name">Path below the root, with `/`.</param>
/// <param name="Why">What the system says, for example <c>Permission denied</c>.</param>
readonly record struct UnlistedFolder(string Name, string Why);

/// <summary>One root as its tailer sees it: immutable, renewed at each poll.</summary>
/// <param name="Error">Why the folder cannot be listed, or that it does not answer; null where it can.</param>
/// <param name="LastRead">When a block was last read.</param>
/// <param name="LostBytes">Bytes that were deleted before they were read.</param>
/// <param name="Replaced">Files found to be others than they were, and read again from their start.</param>
/// <param name="Headroom">How long until Exchange's circular logging deletes the oldest unread byte; null where nothing is unread.</param>
sealed record SourceStatus(
    LogRoot Root,
    ImmutableArray<FileStatus> Files,
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
}

/// <summary>Collects what a tailer sees and publishes it whole.</summary>
sealed class TailStatus(LogRoot root, TimeProvider clock)
{
    /// <summary>A share that is only slow answers within this.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly Retention _retention = new(clock);

    SourceStatus _last = new(root, [], null, null, 0, 0, null) { IsNew = true };

    /// <summary>As of the last poll; a poll that does not come to its end is seen as well.</summary>
    public SourceStatus Current =>
        (Pulse.Waiting > ExportPulse.Waiting ? Pulse : ExportPulse).Waiting is var waiting && waiting > Patience
            ? _last with { Error = $"it has not answered for {(int)waiting.TotalSeconds} seconds" }
            : _last;

    /// <summary>Whether the tailer's own calls are answered.</summary>
    public Pulse Pulse { get; } = new(clock);

    /// <summary>Whether those of its export worker are.</summary>
    public Pulse ExportPulse { get; } = new(clock);

    public string? Error { get; set; }

    public bool Missing { get; set; }

    public ImmutableArray<UnlistedFolder> Unlisted { get; set; } = [];

    public DateTimeOffset? LastRead { get; set; }

    public long LostBytes { get; set; }

    public long Replaced { get; set; }

    public void Update(IReadOnlyCollection<LogFile> files) =>
        _last = new(
            root,
            [.. files.Select(f => new FileStatus(f.Tracked?.Id ?? 0, f.Name, f.Size, f.Offset, f.LastWrite, f.Refused ?? f.Error, f.Refused is not null))],
            Error,
            LastRead,
            LostBytes,
            Replaced,
            _retention.Headroom(files))
        {
            Missing = Missing,
            Unlisted = Unlisted,
        };
}
