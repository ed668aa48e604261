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
