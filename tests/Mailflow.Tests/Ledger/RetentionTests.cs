using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Metrics;

namespace Mailflow.Tests.Ledger;

/// <summary>Retention, and the figures of the last hour.</summary>
public sealed class RetentionTests
{
    [Fact]
    public void Last_hour_is_exact_at_its_edges()
    {
        var hour = new LastHour();
        var now = LedgerBed.Noon;
        Add(TimeSpan.FromSeconds(-3600), now);
        Assert.Equal(0, Count(now));
        Add(TimeSpan.FromSeconds(-3599), now);
        Add(TimeSpan.Zero, now);
        Add(TimeSpan.FromMilliseconds(999), now);
        Assert.Equal(3, Count(now));
        Assert.Equal(2, Count(now.AddSeconds(1)));
        Assert.Equal(2, Count(now.AddSeconds(3599)));
        Assert.Equal(0, Count(now.AddSeconds(3600)));
        // Late rows that are too old, or fall on a reused second, are ignored.
        Add(TimeSpan.FromSeconds(3600), now.AddSeconds(3600));
        Add(TimeSpan.Zero, now.AddSeconds(3600));
        Assert.Equal(1, Count(now.AddSeconds(3600)));

        void Add(TimeSpan after, DateTimeOffset at) => hour.Add(now + after, at, Cause.MailboxFull, Fault.Theirs, 1);
        int Count(DateTimeOffset at) => hour.Count(at)[Cause.MailboxFull];
    }

    [Fact]
    public async Task Failures_with_wrong_clocks_are_counted_now_or_ignored()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(
            await bed.DeltaAsync(failures: 1, time: LedgerBed.Noon.AddHours(5)),
            await bed.DeltaAsync(offset: 100, end: 200, failures: 1, time: new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            await bed.DeltaAsync(offset: 200, end: 300, failures: 1, time: new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero)),
            await bed.DeltaAsync(offset: 300, end: 400, failures: 1, time: new(1, 1, 1, 0, 0, 1, TimeSpan.Zero)));
        Assert.Equal(2, bed.Committer.LastHour.Count(bed.Clock.GetUtcNow())[Cause.InvalidRecipient]);
        Assert.Equal(4, bed.Sum(Counters.Failures));
        bed.Restart();
        Assert.Equal(4, bed.Sum(Counters.Failures));
    }

    [Fact]
    public async Task Deleted_file_is_forgotten_unless_its_folder_cannot_be_listed()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(file: 1), await bed.DeltaAsync(file: 2));
        var (noRoots, present) = (new HashSet<string>(), new HashSet<long> { 2 });
        Assert.Empty(Retire(noRoots, 0));
        Assert.Empty(Retire(noRoots, 29));
        Assert.Empty(Retire(new HashSet<string> { "root" }, 31));
        Assert.Equal([1], Retire(new HashSet<string> { "another" }, 31));
        Assert.Equal([2], bed.Store.LoadFiles().Select(f => f.Id));

        // Each time as a new process: the times of deletion are in the store.
        List<long> Retire(IReadOnlySet<string> unseen, int days)
        {
            var forgotten = new List<long>();
            _ = new Departures(bed.Store).Retire(present, unseen, LedgerBed.Noon.AddDays(days), TimeSpan.FromDays(30), forgotten.AddRange).Count();
            return forgotten;
        }
    }

    [Fact]
    public async Task Last_hour_is_the_same_after_a_restart()
    {
        using var bed = new LedgerBed();
        for (var minute = 0; minute < 130; minute += 65)
            await bed.CommitAsync([.. await Task.WhenAll(Enumerable.Range(minute, 65).Select(m =>
                bed.DeltaAsync(offset: m * 100, end: (m + 1) * 100, failures: 1, time: LedgerBed.Noon.AddMinutes(-m).AddMilliseconds(-1))))]);
        var before = bed.Committer.LastHour.Count(LedgerBed.Noon);
        Assert.Equal(60, before[Cause.InvalidRecipient]);
        bed.Restart();
        Assert.Equal(before.All, bed.Committer.LastHour.Count(LedgerBed.Noon).All);
    }

    [Fact]
    public async Task Failures_of_the_last_hour_are_never_deleted()
    {
        using var bed = new LedgerBed();
        foreach (var (i, age) in new[] { TimeSpan.FromDays(29), TimeSpan.FromDays(20), TimeSpan.FromHours(2), TimeSpan.FromMinutes(10) }.Index())
            await bed.CommitAsync(await bed.DeltaAsync(offset: i * 100, end: (i + 1) * 100, failures: 500, time: LedgerBed.Noon - age));
        bed.Store.Prune(LedgerBed.Noon, TimeSpan.FromDays(25), long.MaxValue);
        Assert.Equal(1500, bed.Scalar("SELECT count(*) FROM events"));
        bed.Store.Prune(LedgerBed.Noon, TimeSpan.FromMinutes(1), long.MaxValue);
        Assert.Equal(500, bed.Scalar("SELECT count(*) FROM events"));
        bed.Store.Prune(LedgerBed.Noon, TimeSpan.FromDays(30), 1);
        Assert.Equal(500, bed.Scalar("SELECT count(*) FROM events"));
        bed.Store.Prune(LedgerBed.Noon.AddHours(2), TimeSpan.FromDays(30), 1);
        Assert.Equal(0, bed.Scalar("SELECT count(*) FROM events"));
        Assert.Equal(2000, bed.Sum(Counters.Failures));
    }

    [Fact]
    public async Task Retention_counts_from_reading_for_old_logs()
    {
        using var bed = new LedgerBed(options: new() { Keep = TimeSpan.FromDays(30) });
        await bed.CommitAsync(await bed.DeltaAsync(failures: 3, time: LedgerBed.Noon.AddYears(-2)));
        await bed.CommitAsync(await bed.DeltaAsync(offset: 100, end: 200, failures: 2, time: LedgerBed.Noon.AddYears(-2).AddDays(31)));
        bed.Clock.Advance(TimeSpan.FromMinutes(1));
        await bed.CommitAsync(await bed.DeltaAsync(offset: 200, end: 300, time: LedgerBed.Noon.AddYears(-2).AddDays(31)));
        Assert.Equal(2, bed.Scalar("SELECT count(*) FROM events"));
    }

    [Fact]
    public async Task Session_is_deleted_with_its_event_despite_clock_differences()
    {
        using var bed = new LedgerBed();
        foreach (var (i, time) in new[] { LedgerBed.Noon.AddYears(10), LedgerBed.Noon.AddDays(-40) }.Index())
        {
            var delta = await bed.DeltaAsync(offset: i * 100, end: (i + 1) * 100, failures: 3, time: time);
            var failures = delta.Tally.Failures.Select(f => f with { Session = "08DD5AB1C2D3E701" }).ToList();
            delta.Tally.Failures.Clear();
            delta.Tally.Failures.AddRange(failures);
            await bed.CommitAsync(delta);
        }

        bed.Store.Prune(LedgerBed.Noon, TimeSpan.FromDays(30), long.MaxValue);
        Assert.Equal((3, 3), (bed.Scalar("SELECT count(*) FROM events"), bed.Scalar("SELECT count(*) FROM event_sessions")));
    }

    [Fact]
    public async Task Old_rejections_are_kept_as_long_as_their_failures()
    {
        using var bed = new LedgerBed();
        var then = LedgerBed.Noon.AddYears(-2);
        var delta = await bed.DeltaAsync(failures: 1, time: then);
        delta.Tally.Rejections.Add(new(
            SmtpDirection.Send, SmtpStage.Rcpt, then.UtcDateTime, "08DD5AB1C2D3E701", "Out", "203.0.113.25:25",
            TlsVersion.None, Diagnosis.Of("550 5.1.1 User unknown")));
        await bed.CommitAsync(delta);
        bed.Store.Prune(LedgerBed.Noon, TimeSpan.FromDays(30), long.MaxValue, then);
        Assert.Equal((1, 1), (bed.Scalar("SELECT count(*) FROM events"), bed.Scalar("SELECT count(*) FROM smtp_refusals")));
    }

    [Fact]
    public async Task Domain_shows_its_most_frequent_cause()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(
            await bed.DeltaAsync(failures: 3, cause: Cause.MailboxFull, time: LedgerBed.Noon.AddMinutes(-9)),
            await bed.DeltaAsync(offset: 100, end: 200, failures: 1, cause: Cause.InvalidRecipient, time: LedgerBed.Noon.AddMinutes(-1)));
        using var history = new History(bed.Store);
        Assert.Equal(
            new DomainCount("a.example", 4, Cause.MailboxFull, 3, LedgerBed.Noon.AddMinutes(-1)),
            Assert.Single(history.Sums(LedgerBed.Noon.AddHours(-1), LedgerBed.Noon).TopDomains(5)));
    }

    [Fact]
    public async Task Oversized_store_is_reduced_in_small_parts()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(failures: 9 * EventTables.Part, time: LedgerBed.Noon.AddDays(-1)));
        var before = bed.Store.Bytes();
        for (var part = 1; part <= 4; part++)
        {
            Assert.Equal(EventTables.Part, bed.Store.Events.DeleteOldest(LedgerBed.Noon.ToUnixTimeMilliseconds()));
            Assert.Equal((9 - part) * EventTables.Part, bed.Scalar("SELECT count(*) FROM events"));
        }

        bed.Store.Prune(LedgerBed.Noon, TimeSpan.FromDays(30), before / 3);
        Assert.InRange(bed.Scalar("SELECT count(*) FROM events"), 1, 5 * EventTables.Part);
        Assert.InRange(bed.Store.Bytes(), 1, before / 3);
    }

    [Fact]
    public async Task Quarantine_is_bounded_per_block_and_in_the_store()
    {
        using var bed = new LedgerBed();
        for (var block = 0; block < 110; block++)
        {
            var delta = await bed.DeltaAsync(offset: block * 1000, end: (block + 1) * 1000);
            for (var i = 0; i < 1000; i++)
                delta.Tally.AddUnreadable(Unreadable.TooFewColumns, i, 1);
            await bed.CommitAsync(delta);
        }

        bed.Store.Prune(LedgerBed.Noon, TimeSpan.FromDays(1), long.MaxValue);
        Assert.Equal(10_000, bed.Scalar("SELECT count(*) FROM quarantine"));
        Assert.Equal(110_000, bed.Sum(Counters.UnreadableRows));
    }
}
