using Mailflow.Exposition;

namespace Mailflow.Web;

/// <summary>
/// Whether the program works. Unread rows alone are no problem; unread rows without a commit are. A line that Exchange has not finished yet
/// is not a row. The page and <c>mailflow_root_up</c> report a missing folder: taking the program out of service would not fix it.
/// </summary>
sealed class Readiness(TimeProvider clock)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Lock _lock = new();
    DateTimeOffset? _commit;
    DateTimeOffset? _waitingSince;

    /// <summary>The reasons why it is not ready; empty where it is.</summary>
    public IReadOnlyList<string> Problems(Scrape scrape)
    {
        var problems = new List<string>();
        if (scrape.Committed.Problem is { } problem)
            problems.Add($"Cannot write to the store: {problem}");
        if (Standstill(scrape) is { } since && clock.GetUtcNow() - since > Patience)
            problems.Add(
                $"{Say.Bytes(scrape.Roots.Sum(r => r.StuckBytes))} of logs are unread, and nothing was committed for "
                + $"{Say.Span(clock.GetUtcNow() - since)}.");
        return problems;
    }

    /// <summary>The time since which rows are unread and the last commit is the same.</summary>
    DateTimeOffset? Standstill(Scrape scrape)
    {
        lock (_lock)
        {
            if (scrape.Roots.All(r => r.StuckBytes == 0))
                _waitingSince = null;
            else if (_waitingSince is null || _commit != scrape.Committed.CommittedAt)
                _waitingSince = clock.GetUtcNow();
            _commit = scrape.Committed.CommittedAt;
            return _waitingSince;
        }
    }
}
