using Mailflow.Ledger;

namespace Mailflow.Web;

/// <summary>Failures of one cause on our side that have stopped while the logs go on.</summary>
/// <param name="First">The oldest of them; null where that is further back than what is looked at.</param>
sealed record EndedRun(DateTimeOffset? First, DateTimeOffset Last, long Count)
{
    /// <summary>The shortest silence that is reported. Exchange retries a failed connection after one minute, and again after five.</summary>
    public static TimeSpan ShortestSilence { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Where failures come at random, a gap of three times the largest of nine others has a probability of 1 in 220.</summary>
    const int Gaps = 3;

    const long FewestFailures = 10;

    /// <summary>
    /// Null where the failures go on, or are too few to tell. Silence counts up to the newest log entry only: where no entries arrive, the absence
    /// of failures says nothing.
    /// </summary>
    public static EndedRun? Of(FailureRun run, DateTimeOffset newestRow)
    {
        var silence = newestRow - run.Last;
        return run.Count >= FewestFailures && silence > ShortestSilence && silence > Gaps * run.LargestGap ? new(run.First, run.Last, run.Count) : null;
    }
}
