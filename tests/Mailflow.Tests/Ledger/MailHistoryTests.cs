using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Ledger;
using Mailflow.Pipeline;

namespace Mailflow.Tests.Ledger;

/// <summary>The history by quarters of an hour and hours: its numbers are those of the rows, whatever comes late and whatever is killed.</summary>
public sealed class MailHistoryTests
{
    static readonly DateTime Noon = LedgerBed.Noon.UtcDateTime;

    [Fact]
    public async Task A_row_is_in_its_quarter_and_hour_also_when_it_comes_late()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await MailAsync(bed, Noon.AddMinutes(31), delivered: 3), await MailAsync(bed, Noon.AddMinutes(32), sent: 2, connector: "Out"));
        await bed.CommitAsync(await MailAsync(bed, Noon.AddMinutes(30), delivered: 1, server: "EX2"));
        await bed.CommitAsync(await MailAsync(bed, Noon.AddHours(-5), delivered: 7));
        bed.Restart();
        await bed.CommitAsync(await MailAsync(bed, Noon.AddMinutes(44.9), delivered: 10));
        using var connection = bed.Store.OpenReader();
        var history = new MailHistory(new StoreRollups(connection));
        Assert.Equal(["EX1", "EX2"], history.Servers());
        var quarters = history.Read(Noon, Noon.AddHours(1), RollupTables.Quarter);
        Assert.Equal([0, 0, 14, 0], quarters.Points.Select(p => p[Outcome.Delivered]));
        Assert.Equal([0, 0, 2, 0], quarters.Points.Select(p => p[Outcome.Sent]));
        Assert.Equal(["Out"], quarters.Connectors);
        Assert.Equal([7, 0, 0, 0, 0, 14], history.Read(Noon.AddHours(-5), Noon.AddHours(1), RollupTables.Hour).Points.Select(p => p[Outcome.Delivered]));
        Assert.Equal(13, history.Totals(Noon, Noon.AddHours(1), "EX1")[Outcome.Delivered]);
        var connector = history.Totals(Noon, Noon.AddHours(1), connector: "out");
        Assert.Equal((2, 0), (connector[Outcome.Sent], connector[Outcome.Delivered]));
    }

    [Fact]
    public async Task A_commit_that_fails_is_not_counted_when_it_is_tried_again()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await MailAsync(bed, Noon, delivered: 1));
        var totals = new Totals(bed.Names);
        var second = await MailAsync(bed, Noon, delivered: 2);
        // The counters are written after the history.
        Run(bed, "CREATE TRIGGER full BEFORE INSERT ON cells BEGIN SELECT RAISE(ABORT, 'full'); END");
        totals.Apply(second);
        Assert.ThrowsAny<Exception>(() => bed.Store.Commit([second], totals, keepDeferrals: false, keepSubjects: false, LedgerBed.Noon));
        Run(bed, "DROP TRIGGER full");
        bed.Store.Commit([second], totals, keepDeferrals: false, keepSubjects: false, LedgerBed.Noon);
        await bed.CommitAsync(await MailAsync(bed, Noon, delivered: 4));
        using var connection = bed.Store.OpenReader();
        Assert.Equal(7, new MailHistory(new StoreRollups(connection)).Totals(Noon, Noon.AddHours(1))[Outcome.Delivered]);
    }

    static void Run(LedgerBed bed, string sql)
    {
        using var connection = bed.Store.OpenWriter();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    [Fact]
    public async Task Failures_have_their_cause_and_side_and_deferrals_are_apart()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(
            await bed.DeltaAsync(failures: 2, cause: Cause.MailboxFull),
            await bed.DeltaAsync(failures: 1, deferred: true, server: "EX2", cause: Cause.NetworkFailure));
        using var connection = bed.Store.OpenReader();
        var sum = new MailHistory(new StoreRollups(connection)).Totals(Noon, Noon.AddHours(1));
        Assert.Equal(2, Assert.Single(sum.Failures, f => f.Key.Cause == Cause.MailboxFull).Value);
        Assert.Equal(1, Assert.Single(sum.Deferrals).Value);
    }

    [Fact]
    public async Task Queue_depth_is_the_largest_of_each_server_and_their_sum()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(
            await MailAsync(bed, Noon, delivered: 1),
            await bed.ExportAsync([], Queue("EX1", 5, Noon), Queue("EX1", 9, Noon.AddMinutes(3)), Queue("EX2", 4, Noon)));
        await bed.CommitAsync(await bed.ExportAsync([], Queue("EX1", 2, Noon.AddMinutes(5))));
        using var connection = bed.Store.OpenReader();
        var history = new MailHistory(new StoreRollups(connection));
        Assert.Equal(13, history.Read(Noon, Noon.AddHours(1), RollupTables.Quarter).Points[0].QueueDepth);
        Assert.Equal(9, history.Totals(Noon, Noon.AddHours(1), "EX1").QueueDepth);
        Assert.Null(history.Read(Noon, Noon.AddHours(1), RollupTables.Quarter).Points[1].QueueDepth);
    }

    [Fact]
    public async Task Percentiles_are_interpolated_within_the_buckets_of_the_histogram()
    {
        using var bed = new LedgerBed();
        var delta = await MailAsync(bed, Noon, delivered: 1);
        for (var i = 0; i < 100; i++)
            delta.Tally.Quarters!.AddTime(Noon, "", Outcome.Delivered, i < 90 ? 80u : 20_000u);
        await bed.CommitAsync(delta);
        using var connection = bed.Store.OpenReader();
        var point = new MailHistory(new StoreRollups(connection)).Totals(Noon, Noon.AddHours(1));
        Assert.Equal(TimeSpan.FromMilliseconds(100 * 50 / 90.0).TotalMilliseconds, point.Percentile(0.5)!.Value.TotalMilliseconds, 0.01);
        Assert.Equal(TimeSpan.FromSeconds(28).TotalSeconds, point.Percentile(0.99)!.Value.TotalSeconds, 0.01);
        Assert.Null(new MailHistory(new StoreRollups(connection)).Totals(Noon.AddDays(1), Noon.AddDays(2)).Percentile(0.5));
    }

    [Fact]
    public async Task Quarters_are_kept_for_eight_days_and_hours_for_as_long_as_failures()
    {
        using var bed = new LedgerBed(options: new() { Keep = TimeSpan.FromDays(40) });
        await bed.CommitAsync(
            await MailAsync(bed, Noon, delivered: 1), await MailAsync(bed, Noon.AddDays(-9), delivered: 2),
            await MailAsync(bed, Noon.AddDays(-39), delivered: 3),
            await MailAsync(bed, Noon.AddDays(-41), delivered: 4));
        foreach (var _ in bed.Store.Rollups.Tidy(LedgerBed.Noon, bed.Options.Keep, LedgerBed.Noon))
        {
        }

        Assert.Equal(2, bed.Scalar("SELECT count(*) FROM rollups WHERE step = 900"));
        Assert.Equal(6, bed.Scalar("SELECT count(*) FROM rollups WHERE step = 3600"));
        using var connection = bed.Store.OpenReader();
        var range = new MailHistory(new StoreRollups(connection)).Read(Noon.AddDays(-50), Noon.AddHours(1), RollupTables.Quarter);
        Assert.Equal(RollupTables.Hour, range.Step);
        Assert.Equal(6, range.Sum()[Outcome.Delivered]);
    }

    [Fact]
    public async Task Late_rows_begin_no_deleted_quarter_again_and_wrong_clocks_do_not_stay()
    {
        using var bed = new LedgerBed(options: new() { Keep = TimeSpan.FromDays(40) });
        Tidy();
        await bed.CommitAsync(await MailAsync(bed, Noon, delivered: 1), await MailAsync(bed, Noon.AddDays(300), delivered: 2));
        Tidy();
        Assert.Equal(2, bed.Scalar("SELECT count(*) FROM rollups WHERE step = 900"));
        await bed.CommitAsync(await MailAsync(bed, Noon.AddDays(-9), delivered: 4), await MailAsync(bed, Noon.AddDays(-41), delivered: 8));
        Assert.Equal(2, bed.Scalar("SELECT count(*) FROM rollups WHERE step = 900"));
        Assert.Equal(4, bed.Scalar("SELECT count(*) FROM rollups WHERE step = 3600"));

        void Tidy()
        {
            foreach (var _ in bed.Store.Rollups.Tidy(LedgerBed.Noon, bed.Options.Keep, LedgerBed.Noon.AddMinutes(1)))
            {
            }
        }
    }

    [Fact]
    public void Text_that_is_damaged_is_not_read()
    {
        var blob = RollupBlob.Write(new Dictionary<RollupFact, long> { [new("Out", RollupKind.Failure, (int)Cause.NetworkFailure, (int)Fault.Theirs)] = 3 });
        var read = new List<(RollupFact, long)>();
        Assert.True(RollupBlob.TryRead(blob, (f, v) => read.Add((f, v))));
        Assert.Equal((new("Out", RollupKind.Failure, (int)Cause.NetworkFailure, (int)Fault.Theirs), 3), Assert.Single(read));
        for (var i = 0; i < blob.Length; i++)
        {
            blob[i] ^= 4;
            Assert.False(RollupBlob.TryRead(blob, (_, _) => Assert.Fail()));
            blob[i] ^= 4;
        }
    }

    static ServerSnapshot Queue(string server, long messages, DateTime taken) => new(SnapshotKind.Queues, server, taken)
    {
        Queues = [new("1", QueueKind.Dns, "a.example", QueueStatus.Other, messages, 0, 0, 0, null, "", null)],
    };

    static async Task<RowDelta> MailAsync(LedgerBed bed, DateTime time, int delivered = 0, int sent = 0, string connector = "", string server = "EX1")
    {
        var delta = await bed.DeltaAsync(time: new(time), server: server);
        if (delivered > 0)
            delta.Tally.Quarters!.Add(time, connector, Outcome.Delivered, delivered);
        if (sent > 0)
            delta.Tally.Quarters!.Add(time, connector, Outcome.Sent, sent);
        return delta;
    }
}
