using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Ledger;

/// <summary>Maintenance runs in short time slices between commits, however much there is to do.</summary>
public sealed class MaintenanceTests
{
    [Fact]
    public async Task Maintenance_stops_after_its_time_slice_and_continues()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(failures: 20 * EventTables.Part, time: LedgerBed.Noon.AddDays(-40)));
        // Each reading of the clock takes 10 ms.
        var clock = new FakeTimeProvider(LedgerBed.Noon) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(10) };
        using var maintenance = new Maintenance(bed.Store, new(bed.Store), new(bed.Store, new(bed.Names), new()), new(), clock, now => now);
        var left = 20 * EventTables.Part;
        var calls = 0;
        for (var before = left; left > 0; before = left, calls++)
        {
            maintenance.Work();
            left = (int)bed.Scalar("SELECT count(*) FROM events");
            Assert.InRange(before - left, 1, 3 * EventTables.Part);
            Assert.True(maintenance.IsBusy);
        }

        Assert.True(calls > 6, $"{calls} calls");
        Assert.Equal(20 * EventTables.Part, bed.Scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'removed'"));
        await EndAsync(maintenance);
    }

    [Fact]
    public async Task Only_finished_hours_are_summed()
    {
        using var bed = new LedgerBed();
        for (var hour = 0; hour < 5; hour++)
            Commit(bed, await bed.DeltaAsync(offset: hour * 100, end: (hour + 1) * 100, failures: 3, time: LedgerBed.Noon.AddHours(-hour)));
        using var maintenance = new Maintenance(bed.Store, new(bed.Store), new(bed.Store, new(bed.Names), new()), new(), bed.Clock, now => now);
        bed.Store.Events.TakeChanged();
        Commit(bed, await bed.DeltaAsync(offset: 500, end: 600, failures: 1, time: LedgerBed.Noon.AddHours(-3)));
        await EndAsync(maintenance);
        Assert.Equal(HourSums.Of(LedgerBed.Noon.AddHours(-4).ToUnixTimeMilliseconds()), bed.Scalar("SELECT min(hour) FROM event_hours"));
        Assert.Equal(3, bed.Scalar("SELECT count(*) FROM event_hours"));
        await EndAsync(maintenance);
        Assert.Equal(4, bed.Scalar("SELECT count(*) FROM event_hours"));
    }

    [Fact]
    public async Task Sum_of_an_hour_that_changes_meanwhile_is_discarded()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(failures: 3, time: LedgerBed.Noon.AddHours(-2)));
        using var building = new HourBuilding(bed.Store);
        bed.Store.Events.TakeChanged();
        var hours = building.Next(long.MaxValue / HourSums.Length, new HashSet<long>());
        Commit(bed, await bed.DeltaAsync(offset: 100, end: 200, failures: 1, time: LedgerBed.Noon.AddHours(-2)));
        bed.Store.Events.Seal(hours);
        Assert.Single(hours);
        Assert.Equal(0, bed.Scalar("SELECT count(*) FROM event_hours"));
    }

    [Fact]
    public async Task Hour_with_too_many_domains_is_not_summed()
    {
        using var bed = new LedgerBed();
        var delta = await bed.DeltaAsync(failures: 50_001, time: LedgerBed.Noon.AddHours(-2));
        for (var i = 0; i < delta.Tally.Failures.Count; i++)
            delta.Tally.Failures[i] = delta.Tally.Failures[i] with { Recipient = $"r@d{i}.example" };
        Commit(bed, delta);
        Commit(bed, await bed.DeltaAsync(offset: 100, end: 200, failures: 1, time: LedgerBed.Noon.AddHours(-5)));
        bed.Store.AddUpHours();
        Assert.Equal(1, bed.Scalar("SELECT count(*) FROM event_hours"));
        using var history = new History(bed.Store);
        Assert.Equal((50_002, 50_002), (history.Sums(LedgerBed.Noon.AddHours(-9), LedgerBed.Noon).Domains.Count, history.Kept().Events));
    }

    [Fact]
    public async Task Damaged_hour_sum_is_reported()
    {
        using var bed = new LedgerBed();
        Commit(bed, await bed.DeltaAsync(failures: 3, time: LedgerBed.Noon.AddHours(-2)));
        bed.Store.AddUpHours();
        using (var connection = bed.Store.OpenReader())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT reasons FROM event_hours";
            var whole = (byte[])command.ExecuteScalar()!;
            HourSums.AddReasons(new(), 1, whole);
            for (var length = 0; length < whole.Length; length++)
                Assert.Throws<InvalidDataException>(() => HourSums.AddReasons(new(), 1, whole.AsSpan(0, length)));
            for (var at = 0; at < whole.Length; at++)
            {
                // Another value changes a figure, which cannot be detected.
                var changed = whole.ToArray();
                changed[at] ^= 0xFF;
                _ = Record.Exception(() => HourSums.AddReasons(new(), 1, changed)) is { } fault && Assert.IsType<InvalidDataException>(fault) is null;
            }
        }
    }

    [Fact]
    public async Task Rejections_are_bounded_and_the_newest_kept()
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-ring-").FullName;
        var written = 0;
        using (var bed = new LedgerBed(folder))
        {
            for (var block = 0; block < 3; block++)
                await bed.CommitAsync(await RefusalsAsync(bed, 2000));
            Assert.Equal(Store.MaxReplies, bed.Scalar("SELECT count(*) FROM smtp_refusals"));
            var failing = await RefusalsAsync(bed, 10);
            failing.Tally.Failures.Add(new(
                false, LedgerBed.Noon.UtcDateTime, "SMTP", Direction.Incoming, null!, "", "", "", "", "",
                Diagnosis.Of("550 5.1.1 User unknown"), 0, 0));
            Assert.ThrowsAny<Exception>(() => bed.Store.Commit([failing], new(bed.Names), false, false, LedgerBed.Noon));
            written -= 10;
            await bed.CommitAsync(await RefusalsAsync(bed, 500));
        }

        using (var bed = new LedgerBed(folder))
        {
            await bed.CommitAsync(await RefusalsAsync(bed, 100));
            Assert.Equal(Store.MaxReplies, bed.Scalar("SELECT count(*) FROM smtp_refusals"));
            Assert.Equal(written - Store.MaxReplies, bed.Scalar("SELECT min(CAST(session AS INTEGER)) FROM smtp_refusals"));
            Assert.Equal(Store.MaxReplies, bed.Scalar("SELECT count(DISTINCT session) FROM smtp_refusals"));
        }

        Directory.Delete(folder, recursive: true);

        async Task<RowDelta> RefusalsAsync(LedgerBed bed, int count)
        {
            var delta = await bed.DeltaAsync(offset: written, end: written + count);
            for (var i = 0; i < count; i++, written++)
                delta.Tally.Rejections.Add(new(
                    SmtpDirection.Receive, SmtpStage.Rcpt, LedgerBed.Noon.UtcDateTime, $"{written:D16}", "In",
                    "203.0.113.25:25", TlsVersion.None, Diagnosis.Of("550 5.1.1 User unknown")));
            return delta;
        }
    }

    [Fact]
    public async Task Rejections_are_pruned_in_small_parts()
    {
        using var bed = new LedgerBed();
        foreach (var server in new[] { "EX1", "EX2", "EX3" })
        {
            var delta = await bed.DeltaAsync(server: server);
            for (var i = 0; i < 3000; i++)
                delta.Tally.Rejections.Add(new(
                    SmtpDirection.Receive, SmtpStage.Rcpt, LedgerBed.Noon.AddDays(i < 1000 ? -40 : 0).UtcDateTime,
                    $"{i:D16}", "In", "203.0.113.25:25", TlsVersion.None, Diagnosis.Of("550 5.1.1 User unknown")));
            Commit(bed, delta);
        }

        var parts = bed.Store.Replies.Sweep(LedgerBed.Noon.AddDays(-30).ToUnixTimeMilliseconds()).ToList();
        Assert.Equal((5, 3000), (parts.Count, parts.Sum()));
        Assert.Equal(6000, bed.Scalar("SELECT count(*) FROM smtp_refusals"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(14, true)]
    [InlineData(-14, true)]
    [InlineData(17, false)]
    public async Task Failed_message_is_found_for_an_event_of_about_that_time(int hours, bool found)
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(failures: 1));
        var time = LedgerBed.Noon.AddHours(hours).UtcDateTime;
        Assert.Equal(found, bed.Store.Exports.Failed.Contains("<m>", time));
        Assert.False(bed.Store.Exports.Failed.Contains("<another>", time));
        // Rows added after an hour was read are found too, before and after their commit.
        var later = new Failure(false, LedgerBed.Noon.UtcDateTime, "SMTP", Direction.Incoming, "", "", "<later>", "", "", "", Diagnosis.Of(""), 0, 0);
        bed.Store.Exports.Failed.Add(later);
        Assert.Equal(found, bed.Store.Exports.Failed.Contains("<later>", time));
        bed.Store.Exports.Failed.Stored();
        Assert.Equal(found, bed.Store.Exports.Failed.Contains("<later>", time));
    }

    /// <summary>Without the committer, which would run maintenance itself.</summary>
    static void Commit(LedgerBed bed, Delta delta) => bed.Store.Commit([delta], new(bed.Names), false, false, LedgerBed.Noon);

    static async Task EndAsync(Maintenance maintenance)
    {
        do
        {
            maintenance.Work();
            await Task.Yield();
        }
        while (maintenance.IsBusy);
    }
}
