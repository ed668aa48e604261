namespace Mailflow.Configuration;

/// <summary>How files are followed.</summary>
sealed record TailOptions
{
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a folder is asked whether it has other names than before.</summary>
    public TimeSpan ListInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>All files are looked at, also those that have not changed for long, at least this often.</summary>
    public TimeSpan MaxSweepInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A line longer than this is passed over, counted and named; a RECEIVE row with 5,000 recipients has about 200 KB.</summary>
    public int MaxLineBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>A file written within this time is live: it gets its turn before any backlog.</summary>
    public TimeSpan LiveWithin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A file is kept open this long after the last write, so that its end can be read even when it is deleted.</summary>
    public TimeSpan KeepOpen { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>An export whose size and time of the last write stood still this long is whole, unless it says itself that it is cut off.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    public int MaxOpenFiles { get; init; } = 64;
}
