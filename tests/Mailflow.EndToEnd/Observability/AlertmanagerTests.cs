using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Mailflow.Simulator;
using Mailflow.Tests;

namespace Mailflow.EndToEnd.Observability;

/// <summary>From a log row to the notification: simulator, the real program, Prometheus, Alertmanager, webhook.</summary>
public sealed class AlertmanagerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-alerts-").FullName;

    static string Config => Repository.PathOf($"{RuleFiles.Folder}/alertmanager.yml");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    sealed record Notice(string Receiver, string Status, string Alert, string Severity, string Summary, string Description, string Runbook);

    [Fact]
    public async Task Alertmanager_accepts_the_configuration()
    {
        var (code, output) = await Tool.RunAsync(Tool.Amtool, ["check-config", Config], Cancel);
        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData("on-call", "alertname=MailLogFolderDown", "severity=critical")]
    [InlineData("on-call", "alertname=MailflowDown", "severity=critical")]
    [InlineData("team", "alertname=MailFailureCauseSpike", "severity=warning")]
    [InlineData("record", "alertname=MailNewFailureCause", "severity=info")]
    [InlineData("heartbeat", "alertname=MailflowWatchdog", "severity=none")]
    [InlineData("team", "alertname=SomethingElse")]
    [InlineData("on-call", "alertname=MailIncidentOpen", "severity=critical", "incident=00a1b2c3d4e5")]
    [InlineData("team", "alertname=MailIncidentOpen", "severity=warning", "incident=00a1b2c3d4e5")]
    [InlineData("record", "alertname=MailIncidentOpen", "severity=info", "incident=00a1b2c3d4e5")]
    public async Task Each_severity_is_routed_to_its_receiver(string receiver, params string[] labels)
    {
        var (code, output) = await Tool.RunAsync(
            Tool.Amtool, ["config", "routes", "test", $"--config.file={Config}", $"--verify.receivers={receiver}", .. labels], Cancel);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Alert_is_sent_with_its_text_and_resolved_after_recovery()
    {
        _ = Tool.Prometheus;
        _ = Tool.Alertmanager;
        using var http = new HttpClient();
        var notices = new ConcurrentQueue<Notice>();
        using var receiver = new Loopback(request => ReceiveAsync(request, notices));
        var (logs, away, program) = (Path.Combine(_folder, "logs"), Path.Combine(_folder, "away"), new Uri($"http://127.0.0.1:{RunningProgram.FreePort()}"));
        using (var simulation = new Simulation(
            new SimulationOptions { Folder = logs, Server = "EX01", SizeBytes = 12_000_000, Start = TimeProvider.System.GetUtcNow().AddMinutes(-40) },
            TimeProvider.System))
            await simulation.RunAsync(null, Cancel);
        using var mailflow = new RunningProgram(
            "run", "--logs", $"EX01={logs}", "--state", Path.Combine(_folder, "state"), "--listen", program.ToString().TrimEnd('/'));
        await mailflow.WaitUntilUpAsync(http, new Uri(program, "/healthz"), Cancel);
        using var alertmanager = await Server.AlertmanagerAsync(http, _folder, receiver.Url, Cancel);
        using var prometheus = await Server.PrometheusAsync(http, _folder, [], program.Authority, alertmanager.Url.Authority, Cancel);

        var many = await UntilAsync(notices, n => n is { Alert: "MailDeliveryFailuresHigh", Severity: "critical", Status: "firing" });
        var scraper = new Scraper(http, new Uri(program, "/metrics"));
        Assert.True(await scraper.ScrapeAsync(Cancel));
        var ours = scraper.Value("mailflow_failures_last_hour", "fault=\"ours\"");
        Assert.True(ours > 50, $"{ours} failures on our side");
        Assert.Equal(("on-call", $"Failures on our side: {ours} recipients in the last hour"), (many.Receiver, many.Summary));
        Assert.Equal($"http://{program.Authority}/docs/runbooks/MailDeliveryFailuresHigh.md", many.Runbook);
        Assert.Contains("MailDeliveryFailuresHigh", await http.GetStringAsync(new Uri(many.Runbook!), Cancel), StringComparison.Ordinal);
        Assert.Contains("blocklisted (", many.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("invalid-recipient (", many.Description, StringComparison.Ordinal);
        Assert.Contains($"http://{program.Authority}/", many.Description, StringComparison.Ordinal);
        await UntilAsync(notices, n => n is { Alert: "MailflowWatchdog", Receiver: "heartbeat" });

        Directory.Move(logs, away);
        var down = await UntilAsync(notices, n => n is { Alert: "MailLogFolderDown", Status: "firing" });
        Assert.Equal(("on-call", "critical"), (down.Receiver, down.Severity));
        Directory.Move(away, logs);
        await UntilAsync(notices, n => n is { Alert: "MailLogFolderDown", Status: "resolved", Receiver: "on-call" });

        // A critical alert is not sent as a warning too.
        Assert.DoesNotContain(notices, n => n is { Alert: "MailDeliveryFailuresHigh", Severity: "warning" });
        Assert.Equal(0, await mailflow.StopAsync(Cancel));
    }

    /// <summary>
    /// Alertmanager may not report the end of an alert that ended while it was silenced or inhibited, nor its next firing until repeat_interval is over. The
    /// id of the incident in the alert makes the next outage another alert.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Next_incident_is_reported_although_the_first_one_ended_while_it_was_silenced_or_inhibited(bool silenced)
    {
        using var http = new HttpClient();
        var notices = new ConcurrentQueue<Notice>();
        using var receiver = new Loopback(request => ReceiveAsync(request, notices));
        using var alertmanager = await Server.AlertmanagerAsync(http, _folder, receiver.Url, Cancel);
        var first = """ "alertname": "MailIncidentOpen", "severity": "critical", "job": "mailflow", "instance": "mail:9464", "incident": "first" """;
        var down = """ "alertname": "MailflowDown", "severity": "critical", "job": "mailflow", "instance": "mail:9464" """;
        async Task PostAsync(string path, string json)
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(alertmanager.Url, path), content, Cancel);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        }

        Task SendAsync(string labels, string summary, bool ended = false) => PostAsync(
            "/api/v2/alerts",
            $$"""
            [{"labels": {{{labels}}}, "annotations": {"summary": "{{summary}}"}, "startsAt": "{{DateTime.UtcNow.AddSeconds(-5):O}}",
            "endsAt": "{{DateTime.UtcNow.AddSeconds(ended ? -1 : 600):O}}"}]
            """);
        async Task<string> StateAsync(string filter) => await http.GetStringAsync(
            new Uri(alertmanager.Url, "/api/v2/alerts?filter=" + Uri.EscapeDataString(filter)), Cancel);

        await SendAsync(first, "first");
        await UntilAsync(notices, n => n is { Receiver: "on-call", Status: "firing", Summary: "first" });
        if (silenced)
            await PostAsync(
                "/api/v2/silences",
                $$"""
                {"matchers": [{"name": "incident", "value": "first", "isRegex": false, "isEqual": true}], "startsAt": "{{DateTime.UtcNow.AddSeconds(-1):O}}",
                "endsAt": "{{DateTime.UtcNow.AddHours(1):O}}", "createdBy": "test", "comment": "test"}
                """);
        else
            await SendAsync(down, "down");
        await Waiting.UntilAsync(
            async () => (await StateAsync("incident=first")).Contains("\"suppressed\"", StringComparison.Ordinal),
            () => "the first incident is not suppressed");
        await SendAsync(first, "first", ended: true);
        await Waiting.UntilAsync(async () => (await StateAsync("incident=first")).Trim() == "[]", () => "the first incident has not ended");
        if (!silenced)
        {
            await SendAsync(down, "down", ended: true);
            await UntilAsync(notices, n => n is { Status: "resolved", Summary: "down" });
        }

        await SendAsync(first.Replace("first", "second", StringComparison.Ordinal), "second");
        await UntilAsync(notices, n => n is { Receiver: "on-call", Status: "firing", Summary: "second" });
        if (silenced)
            Assert.DoesNotContain(notices, n => n is { Status: "resolved", Summary: "first" });
    }

    static async Task<byte[]> ReceiveAsync(System.Net.HttpListenerRequest request, ConcurrentQueue<Notice> notices)
    {
        using var body = await JsonDocument.ParseAsync(request.InputStream, cancellationToken: Cancel);
        foreach (var alert in body.RootElement.GetProperty("alerts").EnumerateArray())
        {
            string Text(string part, string name) => alert.GetProperty(part).TryGetProperty(name, out var value) ? value.GetString()! : "";
            notices.Enqueue(new(
                request.Url!.AbsolutePath.Trim('/'), alert.GetProperty("status").GetString()!,
                Text("labels", "alertname"), Text("labels", "severity"), Text("annotations", "summary"),
                Text("annotations", "description"), Text("annotations", "runbook_url")));
        }

        return Encoding.ASCII.GetBytes("ok");
    }

    static async Task<Notice> UntilAsync(ConcurrentQueue<Notice> notices, Func<Notice, bool> wanted)
    {
        Notice? notice = null;
        await Waiting.UntilAsync(
            () => (notice = notices.FirstOrDefault(wanted)) is not null, () => "a notice; those that came:\n" + string.Join('\n', notices));
        return notice!;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
