using System.Runtime.Versioning;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Ledger;

/// <summary>Tables that are not checked at the start are checked while Mailflow runs.</summary>
[SupportedOSPlatform("linux")]
public sealed class StoreCheckTests
{
    [Fact]
    public async Task Store_check_visits_all_rows_and_indexes_in_small_parts()
    {
        using var bed = await FilledAsync();
        var expected = StoreCheck.Large.Sum(t => bed.Scalar($"SELECT count(*) FROM {t}"))
            + bed.Scalar("SELECT count(*) FROM events")
            + bed.Scalar("SELECT count(*) FROM smtp_refusals");
        var parts = new StoreCheck(bed.Store, TimeProvider.System).Parts().ToList();
        Assert.Equal(expected, parts.Sum());
        Assert.True(parts.Max() <= StoreCheck.Part && parts.Count > 9, string.Join(' ', parts));
        Assert.All(StoreCheck.Large, t => Assert.True(bed.Scalar($"SELECT count(*) FROM {t}") > 0, t));
    }

    [Fact]
    public async Task Store_check_covers_every_table()
    {
        using var bed = await FilledAsync();
        Assert.Equal(
            StoreCheck.Large.Count,
            StoreCheck.Large.Count(t => bed.Scalar($"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{t}'") == 1));
        const string Indexes = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
        Assert.Equal(2, bed.Scalar($"{Indexes} AND name NOT LIKE 'trace%' AND name NOT LIKE 'evidence%'"));
    }

    [Theory]
    [InlineData("events")]
    [InlineData("events_time")]
    [InlineData("event_sessions")]
    [InlineData("event_hours")]
    [InlineData("smtp_refusals")]
    [InlineData("smtp_refusals_session")]
    [InlineData("seen_events")]
    [InlineData("seen_rows")]
    [InlineData("quarantine")]
    [InlineData("answers")]
    public async Task Store_check_finds_an_overwritten_page(string tree)
    {
        using var bed = await FilledAsync();
        Execute(bed, "PRAGMA wal_checkpoint(TRUNCATE)");
        var page = bed.Scalar($"SELECT rootpage FROM sqlite_master WHERE name = '{tree}'");
        using (var file = new FileStream(bed.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = (page - 1) * 4096;
            file.Write(new byte[4096]);
        }

        var damage = Assert.Throws<StoreException>(() => new StoreCheck(bed.Store, TimeProvider.System).Parts().Count());
        Assert.Contains("is damaged", damage.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE events SET cause = x'00' WHERE id = 7")]
    [InlineData("UPDATE events SET time = 'noon' WHERE id = 7")]
    [InlineData("UPDATE smtp_refusals SET session = x'00'")]
    [InlineData("UPDATE event_hours SET reasons = 'text'")]
    public async Task Store_check_finds_a_value_of_the_wrong_type(string change)
    {
        using var bed = await FilledAsync();
        Execute(bed, "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, ') STRICT', ')/**/') WHERE type = 'table'");
        Execute(bed, change);
        Execute(bed, "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, ')/**/', ') STRICT') WHERE type = 'table'");
        Assert.Throws<StoreException>(() => new StoreCheck(bed.Store, TimeProvider.System).Parts().Count());
    }

    [Fact]
    public async Task Store_check_ends_at_damage_or_when_stopped()
    {
        using var bed = await FilledAsync();
        using var stop = new CancellationTokenSource();
        var clock = new FakeTimeProvider();
        var whole = new StoreCheck(bed.Store, clock).RunAsync(stop.Token);
        for (var i = 0; i < 200; i++)
            clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(whole.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => whole);
        Execute(bed, "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = 1 WHERE name = 'events'");
        var damaged = new StoreCheck(bed.Store, clock).RunAsync(CancellationToken.None);
        while (!damaged.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<StoreException>(() => damaged);
    }

    static async Task<LedgerBed> FilledAsync()
    {
        var bed = new LedgerBed();
        var delta = await bed.DeltaAsync(failures: 5000, time: LedgerBed.Noon.AddHours(-2));
        for (var i = 0; i < 5000; i++)
            delta.Tally.Failures[i] = delta.Tally.Failures[i] with { Session = $"08DD5AB1C2D3E{i:X3}" };
        for (var i = 0; i < 4500; i++)
            delta.Tally.Rejections.Add(new(
                SmtpDirection.Send, SmtpStage.Rcpt, LedgerBed.Noon.UtcDateTime, $"08DD5AB1C2D3E{i:X3}", "Out",
                "203.0.113.25:25", TlsVersion.None, Diagnosis.Of("550 5.1.1 User unknown")));
        for (var i = 0; i < 100; i++)
            delta.Tally.AddUnreadable(Unreadable.TooFewColumns, i, 1);
        await bed.CommitAsync(delta);
        Execute(bed, "INSERT INTO answers SELECT id, 'q', 'v', 'e', 'f' FROM events WHERE id < 2500; INSERT INTO seen_events SELECT 1, id, time FROM events");
        Execute(bed, "INSERT INTO seen_rows (key, file) SELECT id, 1 FROM events");
        bed.Store.AddUpHours();
        return bed;
    }

    static void Execute(LedgerBed bed, string text)
    {
        using var connection = bed.Store.OpenWriter();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
