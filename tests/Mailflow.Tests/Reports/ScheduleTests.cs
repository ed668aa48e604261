using Mailflow.Configuration;
using Mailflow.Privacy;
using Mailflow.Reports;
using Mailflow.Ship;
using Mailflow.Tests.Mailing;
using Mailflow.Tests.Ship;

namespace Mailflow.Tests.Reports;

public sealed class ScheduleTests : IDisposable
{
    readonly EventStore _events = new();
    readonly TestClock _clock = new();
    readonly TestLog _log = new();

    public void Dispose()
    {
        _events.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Report_arrives_although_the_server_was_down_and_a_missed_one_is_made_after_a_restart()
    {
        _events.Add(3, time: new DateTime(2026, 3, 4, 12, 0, 0, DateTimeKind.Utc));
        var port = Ports.Claim();
        var options = new MailflowOptions
        {
            StateFolder = _events.Folder,
            Mail = new(new("127.0.0.1", port), "mailflow@contoso.test", MailSecurity.None),
            Report = new() { Period = ReportPeriod.Daily, MailTo = ["a@contoso.test", "b@contoso.test"], Folder = _events.PathOf("reports") },
        };
        using (var stop = new CancellationTokenSource())
        {
            var schedule = new ReportSchedule(options, _events.Store, () => null, Masking.Default, _clock, _log);
            var running = Task.Run(() => schedule.RunAsync(stop.Token), Cancel);
            await _clock.WaitAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
            _clock.Advance(TimeSpan.FromHours(21));
            await _log.LineAsync(100);
            Assert.Equal(1, schedule.Status.Backlog);
            await using var office = new PostOffice(port);
            await _clock.WaitAsync(TimeSpan.Zero, SinkRetry.MaxDelay);
            _clock.Advance(SinkRetry.MaxDelay);
            var mail = await office.NextAsync();
            Assert.Equal(["a@contoso.test", "b@contoso.test"], mail.To);
            Assert.Equal("Mail report, 2026-03-04 00:00 to 2026-03-05 00:00", mail.Message.Subject);
            Assert.Contains("unknown-user", mail.Message.HtmlBody, StringComparison.Ordinal);
            Assert.Contains("unknown-user", mail.Message.TextBody, StringComparison.Ordinal);
            Assert.DoesNotContain("anna.lang", mail.Message.HtmlBody + mail.Message.TextBody, StringComparison.Ordinal);
            await Waiting.UntilAsync(() => schedule.Status.Shipped == 1, () => "the report is sent");
            Assert.Equal(["mailflow-report-2026-03-05.html"], Directory.GetFiles(_events.PathOf("reports")).Select(Path.GetFileName));
            await stop.CancelAsync();
            await running;
        }

        _clock.Advance(TimeSpan.FromDays(3));
        await using var later = new PostOffice(port);
        using var end = new CancellationTokenSource();
        var again = Task.Run(() => new ReportSchedule(options, _events.Store, () => null, Masking.Default, _clock, _log).RunAsync(end.Token), Cancel);
        Assert.Equal("Mail report, 2026-03-07 00:00 to 2026-03-08 00:00", (await later.NextAsync()).Message.Subject);
        await Waiting.UntilAsync(
            () => _events.Cursor("(report)") == new DateTimeOffset(2026, 3, 8, 7, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), () => "the report is done");
        await end.CancelAsync();
        await again;
        Assert.Single(later.All);
    }

    [Fact]
    public async Task Folder_that_cannot_be_written_does_not_stop_the_mail_of_this_report_or_the_next()
    {
        _events.Add(3, time: new DateTime(2026, 3, 4, 12, 0, 0, DateTimeKind.Utc));
        await using var office = new PostOffice();
        // A file is where the folder should be.
        await File.WriteAllTextAsync(_events.PathOf("reports"), "", Cancel);
        var options = new MailflowOptions
        {
            StateFolder = _events.Folder,
            Mail = office.Target,
            Report = new() { Period = ReportPeriod.Daily, MailTo = ["a@contoso.test"], Folder = _events.PathOf("reports") },
        };
        using var stop = new CancellationTokenSource();
        var schedule = new ReportSchedule(options, _events.Store, () => null, Masking.Default, _clock, _log);
        var running = Task.Run(() => schedule.RunAsync(stop.Token), Cancel);
        await _clock.WaitAsync(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _clock.Advance(TimeSpan.FromHours(21));
        Assert.Equal("Mail report, 2026-03-04 00:00 to 2026-03-05 00:00", (await office.NextAsync()).Message.Subject);
        Assert.Contains("Report:Folder cannot be written", (await _log.LineAsync(100)).Text, StringComparison.Ordinal);
        await _clock.WaitAsync(TimeSpan.Zero, TimeSpan.FromSeconds(59));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("Mail report, 2026-03-05 00:00 to 2026-03-06 00:00", (await office.NextAsync()).Message.Subject);
        Assert.Equal(2, office.All.Count);
        await stop.CancelAsync();
        await running;
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
