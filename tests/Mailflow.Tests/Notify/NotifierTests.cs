using System.Text.Json;
using Mailflow.Analysis.Incidents;
using Mailflow.Configuration;
using Mailflow.Notify;
using Mailflow.Ship;
using Mailflow.Tests.Mailing;
using Mailflow.Tests.Ship;
using SmtpServer.Protocol;
using static Mailflow.Analysis.Incidents.IncidentEvent;
using static Mailflow.Tests.Notify.NotifyBed;

namespace Mailflow.Tests.Notify;

public sealed class NotifierTests
{
    static Task<FakeSeq> HookAsync(Func<Posted, int>? answer = null, int port = 0) =>
        FakeSeq.StartAsync((posted, _) => Task.FromResult(answer?.Invoke(posted) ?? 200), port);

    static NotifyOptions To(FakeSeq hook) => AtOnce with { Webhook = new(new(hook.Url, "/hook/s3cr3t")) };

    static JsonElement BodyOf(Posted posted) => Assert.Single(posted.Events);

    static IEnumerable<string?> HappenedOf(Posted posted) =>
        BodyOf(posted).GetProperty("news").EnumerateArray().Select(n => n.GetProperty("happened").GetString());

    /// <summary>The first delays of a retry: the wait for new events is longer, and must not be taken for one.</summary>
    static readonly TimeSpan ShorterThanPoll = Shipper.PollInterval - TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Opening_worsening_and_end_arrive_with_masked_addresses()
    {
        await using var hook = await HookAsync();
        await using var bed = new NotifyBed();
        var notifier = bed.Start(To(hook))[0];
        foreach (var (happened, said) in ((IncidentEvent, string)[])[(Opened, "opened"), (Changed, "worse"), (Closed, "closed"), (Reopened, "reopened")])
        {
            bed.Happens(Incident("000000000001"), happened);
            var posted = await hook.PostedAsync();
            Assert.Equal([said], HappenedOf(posted));
            Assert.Equal("/hook/s3cr3t", posted.Path);
            Assert.DoesNotContain("anna.lang", posted.Body, StringComparison.Ordinal);
        }

        await bed.StopAsync();
        Assert.Equal(("notify-webhook", 4, 0, null), (notifier.Status.Sink, notifier.Status.Shipped, notifier.Status.Backlog, notifier.Status.Problem));
        Assert.DoesNotContain(bed.Log.Lines, l => l.Text.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task News_of_some_time_is_one_notification_and_the_next_one_waits_for_the_interval()
    {
        await using var hook = await HookAsync();
        await using var bed = new NotifyBed();
        bed.Happens(Incident("000000000009"), Opened);
        bed.Start(To(hook) with { GroupFor = TimeSpan.FromSeconds(4), Interval = TimeSpan.FromMinutes(5) });
        await bed.Clock.WaitAsync(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));
        bed.Happens(Incident("000000000001", IncidentSeverity.Critical), Opened);
        bed.Clock.Advance(TimeSpan.FromSeconds(4));
        var both = await hook.PostedAsync();
        Assert.Equal("Incidents: 2 new", BodyOf(both).GetProperty("title").GetString());
        Assert.Equal("000000000001", BodyOf(both).GetProperty("news")[0].GetProperty("incident").GetProperty("id").GetString());

        bed.Happens(Incident("000000000001", IncidentSeverity.Critical), Closed);
        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromSeconds(295); waited += Shipper.PollInterval)
        {
            await bed.Clock.WaitAsync(TimeSpan.FromTicks(1), Shipper.PollInterval);
            Assert.Single(hook.All);
            bed.Clock.Advance(Shipper.PollInterval);
        }

        await bed.Clock.WaitAsync(TimeSpan.FromTicks(1), Shipper.PollInterval);
        bed.Clock.Advance(Shipper.PollInterval);
        Assert.Equal(["closed"], HappenedOf(await hook.PostedAsync()));
    }

    [Fact]
    public async Task Receiver_that_was_down_gets_what_it_missed_as_one_notification_and_old_news_in_short()
    {
        var port = Ports.Claim();
        await using var bed = new NotifyBed();
        var hook = await HookAsync(port: port);
        var options = To(hook);
        var first = bed.Start(options)[0];
        bed.Happens(Incident("000000000001"), Opened);
        await hook.PostedAsync();
        await Waiting.UntilAsync(() => first.Status.LastShippedId == 1, () => "the cursor moves");
        await hook.DisposeAsync();

        bed.Happens(Incident("000000000002"), Opened, Changed, Closed);
        bed.Happens(Incident("000000000003"), Opened);
        await bed.Log.LineAsync(100);
        // Killed while it is down: what is not sent is in the store.
        await bed.StopAsync();
        bed.Happens(Incident("000000000001"), Closed);
        await using var again = await HookAsync(port: port);
        var second = bed.Start(options)[0];
        var missed = await again.PostedAsync();
        Assert.Equal(["opened", "closed", "passed"], HappenedOf(missed));
        Assert.Contains("Began and ended since the last notification", BodyOf(missed).GetProperty("text").GetString(), StringComparison.Ordinal);
        await Waiting.UntilAsync(() => second.Status.LastShippedId == 6, () => "the cursor moves");
        Assert.Equal(6, bed.Events.Cursor("(notify-webhook incidents)"));
        await bed.StopAsync();

        bed.Start(options);
        bed.Happens(Incident("000000000003"), Closed);
        Assert.Equal(["closed"], HappenedOf(await again.PostedAsync()));
        Assert.Equal(2, again.All.Count);
    }

    [Fact]
    public async Task Notification_is_retried_until_it_is_taken_and_a_rejected_one_is_sent_in_short()
    {
        var answers = new Queue<int>([503, 400, 200]);
        await using var hook = await HookAsync(_ => answers.Dequeue());
        await using var bed = new NotifyBed();
        bed.Start(To(hook));
        bed.Happens(Incident("000000000001"), Opened);
        Assert.Equal(["opened"], HappenedOf(await hook.PostedAsync()));
        await bed.Clock.WaitAsync(TimeSpan.Zero, ShorterThanPoll);
        bed.Clock.Advance(SinkRetry.MaxDelay);
        Assert.Equal(["opened"], HappenedOf(await hook.PostedAsync()));
        var last = await hook.PostedAsync();
        Assert.Empty(HappenedOf(last));
        Assert.Equal(1, BodyOf(last).GetProperty("more").GetInt32());
        Assert.Equal(BodyOf(hook.All[0]).GetProperty("id").GetString(), BodyOf(last).GetProperty("id").GetString());
        await bed.Log.LineAsync(102);
    }

    [Fact]
    public async Task New_receiver_is_told_what_is_open_and_minor_incidents_only_where_wanted()
    {
        await using var hook = await HookAsync();
        await using var bed = new NotifyBed();
        bed.Happens(Incident("000000000001"), Opened, Closed);
        bed.Happens(Incident("000000000002", IncidentSeverity.Minor), Opened);
        bed.Happens(Incident("000000000003"), Opened);
        bed.Start(To(hook) with { Severity = IncidentSeverity.Major });
        var only = Assert.Single(BodyOf(await hook.PostedAsync()).GetProperty("news").EnumerateArray());
        Assert.Equal("000000000003", only.GetProperty("incident").GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("21:00", false, "21:00")]
    [InlineData("23:30", false, "06:00")]
    [InlineData("02:00", false, "06:00")]
    [InlineData("23:30", true, "23:30")]
    [InlineData("06:00", false, "06:00")]
    public void Quiet_hours_delay_all_but_critical_incidents(string now, bool urgent, string due)
    {
        var time = TimeOnly.ParseExact(now, "HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        var at = new DateTimeOffset(DateOnly.FromDateTime(Ten).ToDateTime(time), TimeSpan.Zero);
        var found = Notifier.DueAt(at, null, at, urgent, AtOnce with { Quiet = QuietHours.Read("22:00-06:00") }, TimeZoneInfo.Utc);
        Assert.Equal(TimeOnly.ParseExact(due, "HH:mm", System.Globalization.CultureInfo.InvariantCulture), TimeOnly.FromTimeSpan(found.TimeOfDay));
        Assert.InRange(found - at, TimeSpan.Zero, TimeSpan.FromHours(8));
        var strict = AtOnce with { Quiet = QuietHours.Read("22:00-06:00"), QuietLetsCriticalPass = false };
        Assert.Equal(found, urgent ? found : Notifier.DueAt(at, null, at, true, strict, TimeZoneInfo.Utc));
    }

    [Fact]
    public async Task Mail_arrives_after_the_server_was_down_and_nobody_gets_it_twice()
    {
        await using var bed = new NotifyBed();
        var port = Ports.Claim();
        var target = new MailTarget(new("127.0.0.1", port), "mailflow@contoso.test", MailSecurity.None);
        bed.Start(AtOnce with { MailTo = ["a@contoso.test", "gone@contoso.test", "busy@contoso.test"] }, target);
        bed.Happens(Incident("000000000001", IncidentSeverity.Critical), Opened);
        await bed.Log.LineAsync(100);
        var busy = true;
        await using var office = new PostOffice(port, to => to switch
        {
            "gone@contoso.test" => new(SmtpReplyCode.MailboxUnavailable, "5.1.1 unknown"),
            "busy@contoso.test" when busy => new((SmtpReplyCode)450, "4.3.2 later"),
            _ => null,
        });
        await bed.Clock.WaitAsync(TimeSpan.Zero, ShorterThanPoll);
        bed.Clock.Advance(SinkRetry.MaxDelay);
        var first = await office.NextAsync();
        Assert.Equal(["a@contoso.test"], first.To);
        Assert.StartsWith("Mailflow: New, critical: ", first.Message.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain("anna.lang", first.Message.ToString(), StringComparison.Ordinal);
        Assert.Contains("gone@contoso.test", (await bed.Log.LineAsync(340)).Text, StringComparison.Ordinal);
        busy = false;
        await bed.Clock.WaitAsync(TimeSpan.Zero, ShorterThanPoll);
        bed.Clock.Advance(SinkRetry.MaxDelay);
        Assert.Equal(["busy@contoso.test"], (await office.NextAsync()).To);
        Assert.Equal(2, office.All.Count);
    }

    [Fact]
    public async Task Command_gets_the_notification_without_a_shell_and_without_our_settings()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test's program is a shell script.");
        await using var bed = new NotifyBed();
        var (program, output) = (bed.Events.PathOf("tell it.sh"), bed.Events.PathOf("told"));
        await File.WriteAllTextAsync(
            program, $"#!/bin/sh\ncat > '{output}.json'\nenv > '{output}.tmp'\nmv '{output}.tmp' '{output}.env'\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("MAILFLOW_Mail__Password", "s3cr3t");
        try
        {
            bed.Start(AtOnce with { Command = program });
            bed.Happens(Incident("000000000001", IncidentSeverity.Critical), Opened);
            await Waiting.UntilAsync(() => File.Exists(output + ".env"), () => "the program runs");
        }
        finally
        {
            Environment.SetEnvironmentVariable("MAILFLOW_Mail__Password", null);
        }

        var variables = await File.ReadAllTextAsync(output + ".env", TestContext.Current.CancellationToken);
        Assert.Contains("MAILFLOW_SEVERITY=critical\n", variables, StringComparison.Ordinal);
        Assert.Contains("MAILFLOW_INCIDENTS=000000000001\n", variables, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", variables, StringComparison.Ordinal);
        var json = JsonElement.Parse(await File.ReadAllTextAsync(output + ".json", TestContext.Current.CancellationToken));
        Assert.Equal("opened", json.GetProperty("news")[0].GetProperty("happened").GetString());
    }

    [Fact]
    public async Task Teams_Slack_and_ntfy_get_their_forms_without_markup_of_others()
    {
        await using var hook = await HookAsync();
        await using var bed = new NotifyBed();
        bed.Start(AtOnce with
        {
            Teams = new(new(hook.Url, "/teams")),
            Slack = new(new(hook.Url, "/slack")),
            Ntfy = new(new(hook.Url, "/mail/topic?auth=x")),
            PageUrl = new("https://mail.test/"),
        });
        bed.Happens(Incident("000000000001") with { Place = new(PlaceKind.Connector, "<!channel> [x](https://bad.test)") }, Opened);
        for (var i = 0; i < 3; i++)
            await hook.PostedAsync();
        var byPath = hook.All.ToDictionary(p => p.Path, BodyOf);
        var card = byPath["/teams"].GetProperty("attachments")[0].GetProperty("content");
        Assert.All(card.GetProperty("body").EnumerateArray(), b => Assert.Equal("RichTextBlock", b.GetProperty("type").GetString()));
        var slack = byPath["/slack"];
        Assert.DoesNotContain("<", slack.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.All(slack.GetProperty("blocks").EnumerateArray(), b => Assert.Equal("plain_text", b.GetProperty("text").GetProperty("type").GetString()));
        var ntfy = byPath["/mail/?auth=x"];
        Assert.Equal(("topic", 4, "https://mail.test/incidents/000000000001"),
            (ntfy.GetProperty("topic").GetString(), ntfy.GetProperty("priority").GetInt32(), ntfy.GetProperty("click").GetString()));
    }
}
