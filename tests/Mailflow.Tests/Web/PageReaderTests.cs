using Mailflow.Exposition;
using Mailflow.Privacy;
using Mailflow.Tests.Ledger;
using Mailflow.Web;

namespace Mailflow.Tests.Web;

public sealed class PageReaderTests
{
    [Fact]
    public async Task Page_failures_and_counters_are_from_the_same_commit()
    {
        using var bed = new LedgerBed();
        var between = 0;
        Scrape Look()
        {
            if (between < 3)
                CommitAsync(between++).GetAwaiter().GetResult();
            return new(LedgerBed.Noon, bed.Committer.Current, bed.Committer.LastHour.Count(LedgerBed.Noon), [], [], 0);
        }

        async Task CommitAsync(int n) => await bed.CommitAsync(await bed.DeltaAsync(offset: n * 100, end: (n + 1) * 100, failures: 1));

        var reader = new PageReader(new(), Look, bed.Store, Masking.Default, new StillClock { Now = LedgerBed.Noon });
        var page = await reader.ReadAsync(Window.All[^1], TimeZoneInfo.Utc, TestContext.Current.CancellationToken);
        Assert.Equal((3, 3, 3), (page.Totals.Failed, page.Window.Failures, page.Recent.Count));
    }
}
