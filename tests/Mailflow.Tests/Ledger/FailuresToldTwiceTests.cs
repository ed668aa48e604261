using System.Globalization;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Mailflow.Scan;

namespace Mailflow.Tests.Ledger;

/// <summary>A failure that its own event and a FAIL row tell counts once, in any order, across a restart, and in a scan.</summary>
public sealed class FailuresToldTwiceTests
{
    const string Fields =
        "#Fields: date-time,client-hostname,server-hostname,source-context,connector-id,source,event-id,message-id,network-message-id,recipient-address,"
        + "recipient-status,total-bytes,recipient-count,reference,sender-address,directionality\n";

    const string Header = "#Software: Microsoft Exchange Server\n#Version: 15.02.1544.025\n#Log-type: Message Tracking Log\n" + Fields;

    static string Row(
        string id, string message, string recipients, string status = "", string source = "STOREDRIVER", string reference = "", string network = "n") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"2024-05-06T11:00:00.000Z,EX1,EX1,,Out,{source},{id},<{message}@a.test>,{network},{recipients},{status},100,1,{reference},s@a.test,Originating\n");

    static string Fail(string message, string recipients, string status = "550 5.1.1 User unknown") => Row("FAIL", message, recipients, status, "SMTP");

    public static TheoryData<string, string, int> Blocks => new()
    {
        { Row("SUBMITFAIL", "m", "r@b.test"), Fail("m", "r@b.test"), 1 },
        { Row("DELIVERFAIL", "m", "R@B.test"), Fail("m", "r@b.test"), 1 },
        { Row("MODERATORREJECT", "request", "r@b.test", source: "APPROVAL", reference: "<m@a.test>", network: ""), Fail("m", "r@b.test"), 1 },
        { Row("MODERATIONEXPIRE", "m", "r@b.test", source: "APPROVAL"), Row("MODERATIONEXPIRE", "m", "r@b.test", source: "APPROVAL"), 1 },
        { Row("SUBMITFAIL", "m", "q@b.test;r@b.test"), Fail("m", "r@b.test;s@b.test", "550 5.1.1 a;550 5.1.1 b"), 3 },
        { Row("SUBMITFAIL", "m", "r@b.test"), Fail("other", "r@b.test"), 2 },
        // Several FAIL rows are several failures.
        { Row("SUBMITFAIL", "m", "r@b.test"), Fail("m", "r@b.test") + Fail("m", "r@b.test"), 2 },
        { Fail("m", "r@b.test"), Fail("m", "r@b.test"), 2 },
    };

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Failure_told_twice_counts_once(string one, string other, int failures)
    {
        foreach (var (first, second) in new[] { (one, other), (other, one) })
            foreach (var restarts in new[] { false, true })
            {
                using var bed = new LedgerBed();
                await bed.CommitAsync(await ReadAsync(bed, 1, first));
                if (restarts)
                    bed.Restart();
                await bed.CommitAsync(await ReadAsync(bed, 2, second));
                Assert.Equal(failures, bed.Sum(Counters.Failures));
                Assert.Equal(failures, bed.Committer.Current.Sum(Counters.Messages, k => k.Outcome == Outcome.Failed));
                Assert.Equal(100 * failures, bed.Committer.Current.Sum(Counters.MessageBytes, k => k.Outcome == Outcome.Failed));
                Assert.Equal(failures, bed.Scalar("SELECT count(*) FROM events"));
            }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Scan_counts_it_once_with_the_reason_of_the_FAIL_row(string one, string other, int failures)
    {
        var hasBoth = failures == 1 && other.Contains(",FAIL,", StringComparison.Ordinal);
        foreach (var (first, second) in new[] { (one, other), (other, one) })
        {
            var folder = Directory.CreateTempSubdirectory("mailflow-told-").FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "MSGTRK1.LOG"), Header + first, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "MSGTRK2.LOG"), Header + second, TestContext.Current.CancellationToken);
            var history = RollupSums.OfScan();
            using var scanning = new Scanning(1, new TailOptions(), TimeProvider.System, new(), history: history);
            var report = await scanning.RunAsync([folder], null, TestContext.Current.CancellationToken);
            Directory.Delete(folder, recursive: true);
            Assert.Equal(failures, report.Sum(Counters.Failures));
            Assert.Equal(failures, report.Sum(Counters.Messages, k => k.Outcome == Outcome.Failed));
            Assert.Equal(failures, report.Reasons.Sum(r => r.Count));
            Assert.Equal(
                failures,
                history.Places.Where(p => p.Key.Server.Length == 0).SelectMany(p => p.Value)
                    .Where(f => f.Key.Kind == RollupKind.Outcome && f.Key.A == (int)Outcome.Failed).Sum(f => f.Value));
            if (hasBoth)
                Assert.Equal(1, report.Sum(Counters.Failures, k => k.Cause == Cause.InvalidRecipient));
        }
    }

    [Fact]
    public async Task Events_wait_for_their_row_in_bounded_memory_and_not_for_ever()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await ReadAsync(bed, 1, Row("SUBMITFAIL", "m", "r@b.test")));
        Assert.Equal(1, bed.Scalar("SELECT count(*) FROM told_failures"));
        await bed.CommitAsync(await ReadAsync(bed, 2, Fail("m", "r@b.test")));
        Assert.Equal(0, bed.Scalar("SELECT count(*) FROM told_failures"));
        var told = new FailuresToldTwice(bed.Store);
        told.Take(await ReadAsync(bed, 3, Row("SUBMITFAIL", "m2", "r@b.test")));
        told.Prune(LedgerBed.Noon.AddDays(1));
        Assert.Null(Assert.Single(told.Changed).Time);
    }

    static async Task<RowDelta> ReadAsync(LedgerBed bed, long file, string rows)
    {
        Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(Header), out var header));
        var tally = await bed.Pool.RentAsync(CancellationToken.None);
        LogFormat.Of(header)!.Open(header, new(bed.Names), new())(Encoding.UTF8.GetBytes(rows), tally);
        return LedgerBed.Rows(tally, file, 0, rows.Length, readAt: bed.Clock.GetUtcNow());
    }
}
