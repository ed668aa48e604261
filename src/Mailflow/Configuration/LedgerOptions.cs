namespace Mailflow.Configuration;

/// <summary>What is kept and for how long.</summary>
sealed record LedgerOptions
{
    /// <summary>Minimum time between two commits; rows that arrive in between are committed together.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);

    public long MaxBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>How long a message may wait before it is lost: Exchange's MessageExpirationTimeout.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Entries of copies on their way; beyond it the oldest are only counted.</summary>
    public int MostCopies { get; init; } = 10_000_000;

    public bool KeepDeferrals { get; init; }

    public bool KeepSubjects { get; init; }
}
