using Mailflow.Ledger;
using Mailflow.Web;

namespace Mailflow.Tests.Web;

public sealed class EndedRunTests
{
    static readonly DateTimeOffset Last = new(2026, 3, 4, 10, 52, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(241, 10, 12, true)]
    [InlineData(241, 10, 5, false)]
    [InlineData(241, 10, 5.1, true)]
    [InlineData(241, 300, 12, false)]
    [InlineData(241, 240, 12, false)]
    [InlineData(241, 230, 12, true)]
    [InlineData(9, 10, 50, false)]
    [InlineData(10, 10, 50, true)]
    [InlineData(241, 10, -1, false)]
    public void A_run_has_ended_after_five_minutes_and_three_times_its_largest_gap(long count, int gapSeconds, double silenceMinutes, bool ended)
    {
        var run = new FailureRun(Last.AddMinutes(-8), Last, count, TimeSpan.FromSeconds(gapSeconds));
        Assert.Equal(ended ? new EndedRun(run.First, Last, count) : null, EndedRun.Of(run, Last.AddMinutes(silenceMinutes)));
    }
}
