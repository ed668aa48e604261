using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mailflow.Web;

namespace Mailflow.Tests.Web;

public sealed partial class PageTests
{
    const string UnknownUser = "550 5.1.1 <{0}>: Recipient address rejected: User unknown";
    const string Blocked = "550 5.7.1 Service unavailable, Client host [192.0.2.5] blocked using zen.spamhaus.org";

    static LogText Log(ServedSite site) => new(site.Clock.Now.AddHours(-30));

    static DateTimeOffset At(ServedSite site, double minutesAgo) => site.Clock.Now.AddMinutes(-minutesAgo);

    static LogText Usual(ServedSite site)
    {
        var log = Log(site);
        log.Fail(At(site, 26 * 60), "old@fabrikam.example", Unknown("old@fabrikam.example"));
        log.Fail(At(site, 300), "y@fabrikam.example", Blocked);
        for (var i = 0; i < 5; i++)
            log.Fail(At(site, 50 - i), $"person{i}@contoso.example", Unknown($"person{i}@contoso.example"));
        log.Fail(At(site, 20), "full.one@fabrikam.example", "552 5.2.2 <full.one@fabrikam.example>: Mailbox is full / over quota");
        log.Fail(At(site, 10), "full.two@fabrikam.example", "552 5.2.2 <full.two@fabrikam.example>: Mailbox is full / over quota");
        return log.Deliver(At(site, 0.2), TimeSpan.FromSeconds(2));
    }

    static string Unknown(string recipient) => UnknownUser.Replace("{0}", recipient, StringComparison.Ordinal);

    static async Task<JsonElement> StatusAsync(ServedSite site, string window = "1h")
    {
        using var json = JsonDocument.Parse(await site.GetAsync($"/api/status?window={window}"));
        return json.RootElement.Clone();
    }

    static async Task<string> VerdictAsync(ServedSite site, string window = "1h") =>
        (await StatusAsync(site, window)).GetProperty("verdict").GetProperty("sentence").GetString()!;

    [Fact]
    public async Task The_headline_says_that_mail_flows()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Usual(site));
        const string Sentence = "Mail is flowing: 7 failures in the last hour, 5 of them unknown recipients at contoso.example; none needs action on our side.";
        Assert.Equal(Sentence, await VerdictAsync(site));
        Assert.Contains($"<h1>{Sentence}</h1>", await site.GetAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "verdict look")]
    [InlineData(true, "verdict fix")]
    public async Task The_fault_of_the_rules_file_is_on_the_page_whatever_the_headline_says(bool ours, string level)
    {
        await using var site = await ServedSite.StartAsync(rulesProblem: "line 3, column 5: expected <these>");
        var log = Usual(site);
        for (var i = 0; ours && i < 20; i++)
            log.Fail(At(site, 1), $"r{i}@fabrikam.example", Blocked);
        await site.ReadAsync(log);
        var html = await site.GetAsync("/");
        Assert.Contains($"<section class=\"{level}\"", html, StringComparison.Ordinal);
        Assert.Contains("<p class=fault>The rules file is not used: line 3, column 5: expected &lt;these&gt;.", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_shows_the_rejection_from_its_protocol_session()
    {
        await using var site = await ServedSite.StartAsync();
        var at = site.Clock.Now.AddMinutes(-5).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        site.Write("SEND2026030410-1.LOG", $"""
            #Log-type: SMTP Send Protocol Log
            #Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
            {at},Internet,08DD5AB1C2D3E701,0,10.0.0.11:2551,203.0.113.25:25,+,,
            {at},Internet,08DD5AB1C2D3E701,1,10.0.0.11:2551,203.0.113.25:25,*,,TLS protocol SP_PROT_TLS1_3_CLIENT negotiation succeeded
            {at},Internet,08DD5AB1C2D3E701,2,10.0.0.11:2551,203.0.113.25:25,>,RCPT TO:<a@b.example>,
            {at},Internet,08DD5AB1C2D3E701,3,10.0.0.11:2551,203.0.113.25:25,<,550 5.1.1 User unknown,

            """);
        site.Write("MSGTRK2026030410-1.LOG", $"""
            #Log-type: Message Tracking Log
            #Fields: date-time,source-context,source,event-id,recipient-address,recipient-status
            {at},08dd5ab1c2d3e701;550 5.1.1 User unknown;ClientSubmitTime:,SMTP,FAIL,a@b.example,550 5.1.1 User unknown

            """);
        await site.ReadAsync(5);
        Assert.Contains("Rejected at RCPT by 203.0.113.25:25, TLS 1.3, session 08DD5AB1C2D3E701.", await site.GetAsync("/failures"), StringComparison.Ordinal);
        Assert.Contains("session 08DD5AB1C2D3E701", await site.GetAsync("/api/status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_of_another_century_does_not_stretch_the_chart()
    {
        // Kept for ever, so that retention does not delete the row.
        await using var site = await ServedSite.StartAsync(options: new() { Ledger = new() { Keep = TimeSpan.FromDays(365 * 1000) } });
        await site.ReadAsync(Log(site).Fail(new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero), "a@b.example", Unknown("a@b.example"))
            .Fail(At(site, 10), "a@b.example", Unknown("a@b.example")));
        var bars = (await StatusAsync(site, "all"))
            .GetProperty("chart")
            .GetProperty("bars")
            .EnumerateArray()
            .Select(b => b.GetProperty("total").GetInt64())
            .ToList();
        Assert.InRange(bars.Count, 2, 33);
        Assert.Equal((1, 1, 2), (bars[0], bars[^1], bars.Sum()));
    }

    [Fact]
    public async Task Address_in_the_connector_field_is_masked_in_commands()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Log(site).Fail(At(site, 10), "a@b.example", "550 5.7.1 Unable to relay", connector: "secret.person@contoso.test"));
        foreach (var path in new[] { "/", "/failures", "/api/status" })
            Assert.DoesNotContain("secret.person", await site.GetAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_queue_export_is_reported_although_other_exports_are_new()
    {
        await using var site = await ServedSite.StartAsync();
        site.Export("queues.csv", SampleExports.Queues, site.Clock.Now.AddDays(-3));
        site.Export("back-pressure.csv", SampleExports.BackPressure);
        await site.ReadAsync(0, snapshots: 2);
        Assert.Contains("is 3 days old. Check that the export task runs.", await site.GetAsync("/servers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_headline_names_count_cause_and_start_of_failures_on_our_side()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Usual(site);
        for (var i = 0; i < 12; i++)
            log.Fail(At(site, 12 - i), "ann@contoso.example", Blocked);
        await site.ReadAsync(log);
        var verdict = (await StatusAsync(site)).GetProperty("verdict");
        Assert.Equal(
            "12 of 19 failures in the last hour need action on our side: 12 blocklist rejections, since 09:48.",
            verdict.GetProperty("sentence").GetString());
        Assert.StartsWith("Find the reason first", verdict.GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_that_has_ended_needs_no_action()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Usual(site);
        for (var i = 0; i < 12; i++)
            log.Fail(At(site, 46 - i), "ann@contoso.example", Blocked);
        await site.ReadAsync(log);
        var status = await StatusAsync(site);
        var verdict = status.GetProperty("verdict");
        Assert.Equal(
            "Ended: 12 blocklist rejections on our side, 09:14 to 09:25. No further one in 34 minutes of log entries since.",
            verdict.GetProperty("sentence").GetString());
        Assert.Equal("Look", verdict.GetProperty("level").GetString());
        Assert.StartsWith("This does not prove that the cause is gone", verdict.GetProperty("advice").GetString(), StringComparison.Ordinal);
        Assert.Equal(At(site, 35), status.GetProperty("causes")[0].GetProperty("ended").GetProperty("last").GetDateTimeOffset());
    }

    [Fact]
    public async Task An_outage_has_not_ended_where_its_pauses_are_as_long_as_the_silence()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Usual(site);
        // The last one is 13 minutes old; the longest pause before it was 6 minutes.
        for (var i = 0; i < 12; i++)
            log.Fail(At(site, i < 6 ? 30 - i : 19 - (i - 5)), "ann@contoso.example", Blocked);
        await site.ReadAsync(log);
        Assert.Equal("Fix", (await StatusAsync(site)).GetProperty("verdict").GetProperty("level").GetString());
    }

    [Fact]
    public async Task An_ended_outage_does_not_hide_one_that_goes_on()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Usual(site);
        for (var i = 0; i < 24; i++)
            log.Fail(At(site, 46 - (i / 2.0)), "ann@contoso.example", Blocked);
        for (var i = 0; i < 11; i++)
            log.Fail(At(site, 12 - i), "ann@contoso.example", "550 5.7.1 Unable to relay");
        await site.ReadAsync(log);
        Assert.Equal("11 of 42 failures in the last hour need action on our side: 11 relay rejections, since 09:48.", await VerdictAsync(site));
    }

    [Fact]
    public async Task Causes_that_need_action_on_our_side_come_first_and_a_few_failures_are_no_alarm()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Usual(site).Fail(At(site, 12), "ann@contoso.example", Blocked));
        var page = await StatusAsync(site);
        Assert.Equal(
            "Mail is flowing: 8 failures in the last hour, 5 of them unknown recipients at contoso.example; 1 needs action on our side: blocklist rejection.",
            page.GetProperty("verdict").GetProperty("sentence").GetString());
        Assert.Equal("Look", page.GetProperty("verdict").GetProperty("level").GetString());
        Assert.Equal(
            ["blocklisted", "invalid-recipient", "mailbox-full"],
            page.GetProperty("causes").EnumerateArray().Select(c => c.GetProperty("cause").GetString()));
    }

    [Fact]
    public async Task The_headline_counts_only_the_failures_of_a_cause_that_are_on_our_side()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Usual(site);
        for (var i = 0; i < 12; i++)
        {
            log.Fail(At(site, 13 - i), "a@slow.example", "451 4.4.0 DNS query failed. The error was: DNS query failed with error ErrorTimeout");
            log.Fail(At(site, 13 - i), "a@typo.example", "554 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain");
        }

        await site.ReadAsync(log);
        Assert.Equal("12 of 31 failures in the last hour need action on our side: 12 DNS failures, since 09:47.", await VerdictAsync(site));
        Assert.Contains("12 of 24 on our side</span>", await site.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_failures_at_many_domains_are_likely_on_our_side()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Usual(site);
        for (var i = 0; i < 12; i++)
            log.Fail(At(site, 13 - i), $"a@domain{i % 6}.example", "451 4.4.0 DNS query failed. The error was: DNS query failed with error ErrorTimeout");
        await site.ReadAsync(log);
        Assert.Equal(
            "12 of 19 failures in the last hour need action on our side: 12 DNS failures at 6 domains (likely a fault on our side), since 09:47.",
            await VerdictAsync(site));
    }

    [Fact]
    public async Task Each_time_window_shows_its_failures()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Usual(site));
        foreach (var (window, failures) in new[] { ("1h", 7), ("24h", 8), ("7d", 9), ("all", 9) })
        {
            var page = await StatusAsync(site, window);
            Assert.Equal(failures, page.GetProperty("window").GetProperty("failures").GetInt64());
            Assert.Equal(failures, page.GetProperty("causes").EnumerateArray().Sum(c => c.GetProperty("count").GetInt64()));
            Assert.Equal(failures, page.GetProperty("chart").GetProperty("bars").EnumerateArray().Sum(b => b.GetProperty("total").GetInt64()));
            Assert.Equal(failures, page.GetProperty("domains").EnumerateArray().Sum(d => d.GetProperty("failures").GetInt64()));
            Assert.Equal(failures, page.GetProperty("recent").GetArrayLength());
        }

        Assert.Equal((400, "window: allowed is 1h, 24h, 7d or all.\n"), await site.TryAsync("/api/status?window=2h"));
        var (status, page2h) = await site.TryAsync("/?window=2h");
        Assert.Equal(400, status);
        Assert.Contains("window: allowed is 1h, 24h, 7d or all.", page2h, StringComparison.Ordinal);
        Assert.Contains("<html", page2h, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_and_metric_agree_on_the_last_hour()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Log(site);
        foreach (var seconds in new[] { -90, 0, 1, 3598, 3599, 3600, 3601 })
            log.Fail(site.Clock.Now.AddSeconds(-seconds), "a@b.example", Unknown("a@b.example"));
        await site.ReadAsync(log);
        Assert.Equal(5, await site.MetricAsync("mailflow_failures_last_hour{cause=\"invalid-recipient\",fault=\"sender\"}"));
        Assert.Equal(5, (await StatusAsync(site)).GetProperty("window").GetProperty("failures").GetInt64());
    }

    [Fact]
    public async Task Page_shows_no_unmasked_address()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Usual(site);
        log.Fail(
            At(site, 5), "secret.person@contoso.example",
            "550 5.1.1 secret.person@contoso.example unknown, tell other.person@contoso.example",
            "For third.person@contoso.example");
        log.Fail(At(site, 3), "secret.person@contoso.example", "550 5.1.1 Secret Person (secret.person) was never here");
        log.Defer(At(site, 4), "put.off@contoso.example", "451 4.7.1 Greylisted put.off@contoso.example");
        await site.ReadAsync(log);
        string[] places =
        [
            "/causes/invalid-recipient", "/domains/contoso.example", "/servers/EX01", "/senders/1", "/messages?outcome=failed",
        ];
        string[] lists = ["/failures?list=causes", "/failures?list=recent", "/incidents?list=incidents", .. places.Select(p => p + "?window=all")];
        string[] pages =
        [
            "/?window=all", "/failures?window=all", "/servers", "/state", "/incidents", "/api/status?window=all", "/metrics", .. places,
            .. lists.SelectMany(l => new[] { $"{l}&format=csv", $"{l}&format=json" }).Where(l => !l.Contains("messages", StringComparison.Ordinal)),
        ];
        foreach (var path in pages)
        {
            var text = await site.GetAsync(path);
            Assert.DoesNotContain("secret.person", text, StringComparison.Ordinal);
            Assert.DoesNotContain("put.off", text, StringComparison.Ordinal);
            Assert.DoesNotContain(".known", text, StringComparison.Ordinal);
            // Connector names are configuration, and labels of metrics.
            if (path != "/metrics")
                Assert.All(Address().Matches(WithoutMessageIds(text)), m => Assert.EndsWith("***@", m.Value, StringComparison.Ordinal));
        }
    }

    /// <summary>A Message-ID names a message, not a person.</summary>
    static string WithoutMessageIds(string text) => string.Join('\n', text.Split('\n').Where(l => !l.Contains("\"message_id\"", StringComparison.Ordinal)));

    [GeneratedRegex(@"[\w.*+-]+@", RegexOptions.None, 1000)]
    private static partial Regex Address();

    [Fact]
    public async Task Hostile_text_is_escaped_on_the_page()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Log(site);
        log.Fail(
            At(site, 5), "a@\"><script>alert(1)</script>.example",
            "550 5.1.1 <script>alert('x')</script><img src=x onerror=alert(1)> & \"quoted\" \u202Etxet",
            "</table><script>alert(2)</script>");
        log.Fail(At(site, 4), "a@evil$(Remove-Mailbox).example", "554 Transaction failed", "Send\"; Remove-Mailbox \"x");
        log.Fail(At(site, 3), "a@evil$(Remove-Mailbox).example", "554 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain");
        await site.ReadAsync(log);
        var html = await site.GetAsync("/") + await site.GetAsync("/failures");
        Assert.Contains(
            "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;",
            html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        var commands = (await StatusAsync(site))
            .GetProperty("causes")
            .EnumerateArray()
            .SelectMany(c => c.GetProperty("commands").EnumerateArray())
            .Select(c => c.GetProperty("text").GetString()!)
            .ToList();
        Assert.NotEmpty(commands);
        // A connector may have any name: in single quotes it is a text. A domain with such characters is none, so it is not filled in.
        const string Connector = "'Send\"; Remove-Mailbox \"x'";
        Assert.Contains(commands, c => c.Contains(Connector, StringComparison.Ordinal));
        Assert.DoesNotContain(commands, c => c.Replace(Connector, "", StringComparison.Ordinal).Contains("Remove-Mailbox", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_commands_can_be_copied()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Log(site).Fail(At(site, 5), "a@contoso.example", "554 Transaction failed", "Internet Send"));
        var commands = (await StatusAsync(site)).GetProperty("causes")[0].GetProperty("commands").EnumerateArray().ToList();
        Assert.Contains(commands, c => c.GetProperty("text").GetString()!.StartsWith("Set-SendConnector 'Internet Send' ", StringComparison.Ordinal));
        Assert.All(commands, c => Assert.Equal(c.GetProperty("changes").GetBoolean(), c.GetProperty("undo").ValueKind == JsonValueKind.String));
        // The recipient is masked, so the placeholder stays open.
        Assert.DoesNotContain(commands, c => c.GetProperty("text").GetString()!.Contains("***", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Old_logs_are_shown_up_to_their_end_and_marked_as_old()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Usual(site));
        site.Clock.Now = site.Clock.Now.AddDays(3);
        var page = await StatusAsync(site);
        Assert.StartsWith(
            "These logs end at 2026-03-04 09:59, 3 days ago. 7 failures in the last hour of these logs, 5 of them unknown recipients",
            page.GetProperty("verdict").GetProperty("sentence").GetString(),
            StringComparison.Ordinal);
        Assert.False(page.GetProperty("window").GetProperty("live").GetBoolean());
        Assert.Contains("The time range ends at the latest log entry", page.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Equal(7, page.GetProperty("chart").GetProperty("bars").EnumerateArray().Sum(b => b.GetProperty("total").GetInt64()));
        Assert.Equal(0, await site.MetricAsync("mailflow_failures_last_hour{cause=\"invalid-recipient\",fault=\"sender\"}"));
    }

    [Fact]
    public async Task Page_says_when_retention_removed_failures()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Usual(site));
        site.Clock.Now = site.Clock.Now.AddDays(60);
        site.Prune();
        var page = await StatusAsync(site, "all");
        Assert.Equal(
            "These logs end at 2026-03-04 09:59, 60 days ago. 9 failures in total; those of this time range are no longer stored.",
            page.GetProperty("verdict").GetProperty("sentence").GetString());
        Assert.False(page.GetProperty("window").GetProperty("complete").GetBoolean());
        Assert.StartsWith(
            "Failures are kept for 30 days and 1 GB (Store:Keep, Store:MaxMegabytes); 9 older ones were removed",
            page.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreadable_lines_are_listed_with_their_offset()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Usual(site);
        site.Write("MSGTRK2026030410-9.LOG", log + "no row\r\n");
        await site.ReadAsync(log.Rows);
        var line = Assert.Single((await StatusAsync(site)).GetProperty("quarantined").EnumerateArray());
        Assert.Equal(
            (Encoding.UTF8.GetByteCount(log.ToString()), "too-few-columns"),
            (line.GetProperty("offset").GetInt32(), line.GetProperty("reason").GetString()));
        Assert.Contains("Unreadable lines", await site.GetAsync("/state"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_without_new_entries_are_reported()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Usual(site));
        site.Clock.Now = site.Clock.Now.AddMinutes(23);
        Assert.StartsWith("No new log entry for 23 minutes; the latest is from 09:59", await VerdictAsync(site), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_deliveries_the_headline_does_not_say_that_mail_flows()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Log(site).Fail(At(site, 10), "a@b.example", Unknown("a@b.example")).Fail(At(site, 9), "c@b.example", Unknown("c@b.example")));
        var verdict = (await StatusAsync(site)).GetProperty("verdict");
        Assert.Equal(
            ("Look", "No message was delivered or sent yet: 2 failures in the last hour, all of them unknown recipients at b.example."),
            (verdict.GetProperty("level").GetString(), verdict.GetProperty("sentence").GetString()));
    }

    [Fact]
    public async Task Failures_on_our_side_come_before_missing_log_entries()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Usual(site);
        for (var i = 0; i < 12; i++)
            log.Fail(At(site, 12 - i), "ann@contoso.example", Blocked);
        await site.ReadAsync(log);
        site.Clock.Now = site.Clock.Now.AddMinutes(23);
        var verdict = await VerdictAsync(site);
        Assert.StartsWith("12 of ", verdict, StringComparison.Ordinal);
        Assert.EndsWith(" No new log entry for 23 minutes.", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_state_begins_with_sentences()
    {
        await using var site = await ServedSite.StartAsync();
        site.ExportAll();
        site.Write(
            "events.xml",
            SampleExports.Events(
                (1, 2004, site.Clock.Now, ["Internet Send", "<1@contoso.test>", "550 5.1.1 User unknown"]),
                (2, 12014, site.Clock.Now, ["mail.contoso.test", "Internet Send", "mail.contoso.test"])));
        File.SetLastWriteTimeUtc(Path.Combine(site.Logs, "events.xml"), site.Clock.Now.AddMinutes(-10).UtcDateTime);
        await site.ReadAsync(0, snapshots: 8, events: 2);
        var sentences = System.Net.WebUtility.HtmlDecode(await site.GetAsync("/servers"));
        foreach (var says in new[]
        {
            "Back pressure on EX01: UsedDiskSpace is medium. Exchange slows down or rejects mail.",
            "560 messages in queues, 500 of them on EX01 to slow.example (network failure).",
            "SMTP certificate ABCDEF01 of EX01 (CN=mail.contoso.test) expires in 20 days.",
            "Send connector Partner TLS is disabled.",
            "No certificate matches the connector's FQDN",
            "Partner TLS",
            "2.00:00:00",
        })
            Assert.Contains(says, sentences, StringComparison.Ordinal);
        Assert.Equal(
            2,
            await site.MetricAsync("mailflow_windows_events_total{id=\"2004\",provider=\"MSExchangeTransport\",server=\"EX01\"}")
                + await site.MetricAsync("mailflow_windows_events_total{id=\"12014\",provider=\"MSExchangeTransport\",server=\"EX01\"}"));
        Assert.Contains("\"waiting\": 560", await site.GetAsync("/api/status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_page_says_where_the_logs_are()
    {
        await using var site = await ServedSite.StartAsync();
        await site.LookAsync();
        Assert.Equal($"No logs found yet in {site.Logs}: the folder does not exist.", await VerdictAsync(site));
        Directory.CreateDirectory(site.Logs);
        await site.LookAsync();
        site.Clock.Now = site.Clock.Now.AddSeconds(2);
        Assert.Equal($"No logs found yet in {site.Logs}: the folder has no *.log file.", await VerdictAsync(site));
        foreach (var window in Window.All)
            Assert.Contains("Nothing has been read yet.", await site.GetAsync($"/?window={window.Name}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_folder_needs_action()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Usual(site));
        Directory.Delete(site.Logs, recursive: true);
        await site.LookAsync();
        Assert.StartsWith(
            $"Cannot read the logs in {site.Logs}: the folder is gone. Latest log entry from there: 09:59.",
            await VerdictAsync(site), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_shows_sinks_with_their_problems()
    {
        await using var site = await ServedSite.StartAsync(sinks: [new("seq", 12345, 1, 0, 17, "503 Service Unavailable", null)]);
        var html = await site.GetAsync("/state");
        Assert.Contains("503 Service Unavailable", html, StringComparison.Ordinal);
        Assert.Contains("12,345", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_loads_nothing_from_other_hosts()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Usual(site));
        var html = await site.GetAsync("/?refresh=5");
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        Assert.Contains("<meta http-equiv=refresh content=5>", html, StringComparison.Ordinal);
        foreach (var own in Own().Matches(html).Select(m => m.Groups["path"].Value).Distinct(StringComparer.Ordinal))
            Assert.Equal(200, (await site.TryAsync(own.Replace("&amp;", "&", StringComparison.Ordinal))).Status);
    }

    [GeneratedRegex("(href|src)=\"?(?<path>/[^\" >]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Own();

    [Fact]
    public async Task The_build_of_a_server_and_what_Exchange_Online_says_about_it_are_shown()
    {
        await using var site = await ServedSite.StartAsync();
        var now = site.Clock.Now;
        await site.ReadAsync(new LogText(now.AddHours(-1))
            .Deliver(now.AddMinutes(-9), TimeSpan.FromSeconds(2))
            .Defer(
                now.AddMinutes(-5), "bob@remote.example",
                "450 4.7.230 Connecting Exchange server version is out-of-date; connection to Exchange Online throttled for 5 mins/hr."));
        var page = System.Net.WebUtility.HtmlDecode(await site.GetAsync("/servers"));
        Assert.Contains(
            "Exchange Online throttles mail from EX01 because its build 15.2.1544.25 (Exchange Server 2019 CU14 Apr25HU) is too old: 5 minutes an hour."
            + " Install CU15 Oct25SU (15.2.1748.39, 2025-10-14), the last public update, and move to Exchange Server SE.",
            page,
            StringComparison.Ordinal);
        Assert.Contains("<b>EX01</b> Exchange Server 2019 CU14 Apr25HU, build 15.2.1544.25, released 2025-04-18", page, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await site.GetAsync("/api/status"));
        var build = Assert.Single(json.RootElement.GetProperty("servers").GetProperty("builds").EnumerateArray().ToList());
        Assert.Equal(
            ("EX01", "15.2.1544.25", "Exchange Server 2019", "newer-exists"),
            (build.GetProperty("server").GetString(), build.GetProperty("build").GetString(), build.GetProperty("product").GetString(),
                build.GetProperty("state").GetString()));
    }
}
