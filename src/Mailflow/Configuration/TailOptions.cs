namespace Mailflow.Configuration;

/// <summary>Options of reading log folders.</summary>
sealed record TailOptions
{
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a folder is checked for changed names.</summary>
    public TimeSpan ListInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>All files are checked at least this often, also those that have not changed for long.</summary>
    public TimeSpan MaxSweepInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A longer line is skipped, counted and reported; a RECEIVE row with 5,000 recipients has about 200 KB.</summary>
    public int MaxLineBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>A file written within this time is live: it is read before any backlog.</summary>
    public TimeSpan LiveWithin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a file is kept open after the last write, so that its end can be read even when it is deleted.</summary>
    public TimeSpan KeepOpen { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>An export is complete when its size and modification time have not changed for this long, unless its content is visibly truncated.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    public int MaxOpenFiles { get; init; } = 64;
}
