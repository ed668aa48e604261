using Mailflow.Exposition;

namespace Mailflow.Web;

/// <summary>
/// Whether the program does its work. Asked again and again: rows that wait are nothing, rows that wait while no commit comes are.
/// A line that Exchange has not finished yet is no row, however long it stands there; a folder that is not there yet is for the page and
/// <c>mailflow_root_up</c> to tell: taking the program out of service mends nothing.
/// </summary>
sealed class Readiness(TimeProvider clock)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Lock _lock = new();
    DateTimeOffset? _commit;
    DateTimeOffset? _waitingSince;

    /// <summary>Why it does not; empty where all is well.</summary>
    public IReadOnlyList<string> Problems(Scrape scrape)
    {
        var problems = new List<string>();
        if (scrape.Committed.Problem is { } problem)
            problems.Add($"Cannot write to the store: {problem}");
        if (Standstill(scrape) is { } since && clock.GetUtcNow() - since > Patience)
            problems.Add($"{Say.Bytes(scrape.Roots.Sum(r => r.StuckBytes))} of logs are unread, and nothing was committed for {Say.Span(clock.GetUtcNow() - since)}.");
        return problems;
    }

    /// <summary>Since when there is something to read and the commit is the same.</summary>
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
