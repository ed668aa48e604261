using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Mailflow.Simulator;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary>A real Prometheus scrapes the real program.</summary>
public sealed class PrometheusTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-prometheus-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prometheus_shows_the_true_counts()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/prometheus"), "Needs Prometheus: apt-get install prometheus");
        var (logs, url) = (Path.Combine(_folder, "logs"), $"127.0.0.1:{RunningProgram.FreePort()}");
        using var http = new HttpClient();
        using var program = new RunningProgram("run", "--logs", $"EX01={logs}", "--state", Path.Combine(_folder, "state"), "--listen", $"http://{url}");
        await program.WaitUntilUpAsync(http, new Uri($"http://{url}/healthz"), Cancel);
        using var prometheus = await StartAsync(http, url);
        try
        {
            await UntilAsync(http, prometheus.Url, "sum(mailflow_failures_total)", 0);
            using (var simulation = new Simulation(
                new SimulationOptions { Folder = logs, Server = "EX01", Rate = 2000, Duration = TimeSpan.FromSeconds(6) }, TimeProvider.System))
                await simulation.RunAsync(null, Cancel);
            var truth = SimulationTruth.Load(logs);
            await UntilAsync(http, prometheus.Url, "sum(mailflow_rows_total)", truth.Rows);
            Assert.Equal(truth.Failures.Values.Sum(), await AskAsync(http, prometheus.Url, "sum(mailflow_failures_total)"));
            Assert.Equal(truth.Failures.Values.Sum(), await AskAsync(http, prometheus.Url, "sum(mailflow_failures_last_hour)"));
            Assert.Equal(truth.Messages["delivered"], await AskAsync(http, prometheus.Url, "sum(mailflow_messages_total{outcome=\"delivered\"})"));
            Assert.Equal(
                truth.LatencyMs["delivered"].Count,
                await AskAsync(http, prometheus.Url, "sum(mailflow_delivery_latency_seconds_count{outcome=\"delivered\"})"));
        }
        finally
        {
            prometheus.Process.Kill();
            await prometheus.Process.WaitForExitAsync(Cancel);
        }

        Assert.Equal(0, await program.StopAsync(Cancel));
    }

    [Fact]
    public async Task Row_is_visible_within_seconds_at_thousands_of_rows_a_second()
    {
        var (logs, url) = (Path.Combine(_folder, "logs"), new Uri($"http://127.0.0.1:{RunningProgram.FreePort()}"));
        using var http = new HttpClient();
        using var program = new RunningProgram(
            "run", "--logs", $"EX01={logs}", "--state", Path.Combine(_folder, "state"), "--listen", url.ToString().TrimEnd('/'));
        await program.WaitUntilUpAsync(http, new Uri(url, "/healthz"), Cancel);
        using var simulation = new Simulation(
            new SimulationOptions { Folder = Path.Combine(logs, "a"), Server = "EX01", Rate = 5000, Duration = TimeSpan.FromSeconds(8) },
            TimeProvider.System);
        var writing = simulation.RunAsync(null, Cancel);
        var scraper = new Scraper(http, new Uri(url, "/metrics"));
        var latencies = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            // A row with its own event, in its own file, so that it is a separate series.
            var file = Path.Combine(logs, $"MSGTRKMA2026010100-{i + 1}.LOG");
            await File.WriteAllTextAsync(
                file,
                $"#Log-type: Message Tracking Log\r\n#Date: 2026-01-01T00:00:0{i}.000Z\r\n"
                + $"#Fields: date-time,source,event-id,recipient-address,recipient-status\r\n2026-01-01T00:00:00.000Z,TEST,MARK{i},a@b.test,\r\n",
                Cancel);
            var watch = Stopwatch.StartNew();
            while (scraper.Value("mailflow_rows_total", $"MARK{i}") == 0 && watch.Elapsed < Waiting.Patience)
                await scraper.ScrapeAsync(Cancel);
            latencies.Add(watch.Elapsed.TotalSeconds);
        }

        await writing;
        latencies.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"visible after {string.Join(", ", latencies.Select(l => l.ToString("0.00", CultureInfo.InvariantCulture)))} s");
        // One second on an idle machine (bench/scale, retention); this one may be busy with other tests.
        Assert.InRange(latencies[latencies.Count / 2], 0, 6);
    }

    sealed record Running(Process Process, Uri Url) : IDisposable
    {
        public void Dispose() => Process.Dispose();
    }

    async Task<Running> StartAsync(HttpClient http, string target)
    {
        var port = RunningProgram.FreePort();
        var config = Path.Combine(_folder, "prometheus.yml");
        await File.WriteAllTextAsync(
            config,
            $"global: {{scrape_interval: 1s}}\nscrape_configs:\n- job_name: mailflow\n  static_configs: [{{targets: ['{target}']}}]\n"
            + $"  metric_relabel_configs:\n  - {{source_labels: [__name__], regex: '.*_created', action: drop}}\n",
            Cancel);
        var start = new ProcessStartInfo("/usr/bin/prometheus") { RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add($"--config.file={config}");
        start.ArgumentList.Add($"--storage.tsdb.path={Path.Combine(_folder, "tsdb")}");
        start.ArgumentList.Add($"--web.listen-address=127.0.0.1:{port}");
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        var url = new Uri($"http://127.0.0.1:{port}");
        await Waiting.UntilAsync(
            async () =>
            {
                Assert.False(process.HasExited, "Prometheus has ended.");
                try
                {
                    using var answer = await http.GetAsync(new Uri(url, "/-/ready"), Cancel);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            () => "Prometheus is ready");
        return new(process, url);
    }

    static async Task<double?> AskAsync(HttpClient http, Uri prometheus, string query)
    {
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(prometheus, "/api/v1/query?query=" + Uri.EscapeDataString(query)), Cancel));
        var result = answer.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? null : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }

    static async Task UntilAsync(HttpClient http, Uri prometheus, string query, double value)
    {
        double? last = null;
        await Waiting.UntilAsync(async () => (last = await AskAsync(http, prometheus, query)) == value, () => $"{query} is {value}, it is {last}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
