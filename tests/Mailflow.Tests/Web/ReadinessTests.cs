using Mailflow.Exposition;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Tail;
using Mailflow.Web;

namespace Mailflow.Tests.Web;

public sealed class ReadinessTests
{
    readonly StillClock _clock = new();

    Scrape Seen(long size, long read, long committed, DateTimeOffset? commit = null, string? problem = null)
    {
        var figures = new RootFigures();
        var file = new FileProgress(figures) { Size = size, Standing = FileStanding.Good };
        file.Start(7, 0);
        file.Commit(7, committed);
        file.Offset = read;
        var status = new SourceStatus(new("tracking", "logs", null), figures.Totals, null, null, 0, 0, null);
        var snapshot = Snapshot.Empty with { CommittedAt = commit ?? new DateTimeOffset(2026, 3, 4, 9, 0, 0, TimeSpan.Zero), Problem = problem };
        return new(_clock.Now, snapshot, new(), [RootState.Of(status)], [], 0);
    }

    [Fact]
    public void Uncommitted_rows_make_the_service_unready_after_a_minute()
    {
        var readiness = new Readiness(_clock);
        Assert.Empty(readiness.Problems(Seen(5000, 5000, 1000)));
        _clock.Now = _clock.Now.AddSeconds(61);
        Assert.Equal("3.9 KB of logs are unread, and nothing was committed for 1 minute.", Assert.Single(readiness.Problems(Seen(5000, 5000, 1000))));
    }

    [Fact]
    public void Commit_between_two_checks_keeps_the_service_ready()
    {
        var readiness = new Readiness(_clock);
        Assert.Empty(readiness.Problems(Seen(5000, 5000, 1000)));
        _clock.Now = _clock.Now.AddSeconds(61);
        Assert.Empty(readiness.Problems(Seen(9000, 9000, 5000, _clock.Now.AddSeconds(-30))));
    }

    [Fact]
    public void Incomplete_line_does_not_make_the_service_unready()
    {
        var readiness = new Readiness(_clock);
        Assert.Empty(readiness.Problems(Seen(5000, 4000, 4000)));
        _clock.Now = _clock.Now.AddHours(1);
        Assert.Empty(readiness.Problems(Seen(5000, 4000, 4000)));
    }

    [Fact]
    public void Unwritable_store_makes_the_service_unready_at_once() =>
        Assert.Equal("Cannot write to the store: disk full", Assert.Single(new Readiness(_clock).Problems(Seen(5000, 5000, 5000, problem: "disk full"))));
}
