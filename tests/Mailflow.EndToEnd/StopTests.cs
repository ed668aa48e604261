using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mailflow.Simulator;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary>SIGTERM at random moments, while DNS, a smart host, the event server and the log server accept data and never answer.</summary>
public sealed class StopTests(ITestOutputHelper output)
{
    const int Rounds = 20;

    /// <summary>Supervisors kill after ten seconds. On a busy machine single stops may take longer, but not half of them.</summary>
    static readonly TimeSpan Allowed = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Twenty_stops_are_clean_and_in_time_without_loss()
    {
        var cancel = TestContext.Current.CancellationToken;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("STOP_SEED"), System.Globalization.CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"STOP_SEED={seed}");
        var random = new Random(seed);
        var folder = Directory.CreateTempSubdirectory("mailflow-stop-").FullName;
        var (logs, state, events) = (Path.Combine(folder, "logs"), Path.Combine(folder, "state"), Path.Combine(folder, "events.jsonl"));
        var url = new Uri($"http://127.0.0.1:{RunningProgram.FreePort()}");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var seq = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        using var dns = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string[] hanging =
        [
            "--set", "Enrichment:Enabled=true",
            "--set", $"Enrichment:Resolvers=silent={dns.Client.LocalEndPoint}", "--set", "Enrichment:EgressIps=192.0.2.25",
            "--set", "Enrichment:OwnDomains=contoso.test", "--set", $"Enrichment:SmartHosts={silent.LocalEndpoint}",
        ];
        RunningProgram Start(params string[] more) =>
            new(
                [
                    "run", "--logs", $"EX01={logs}", "--state", state, "--listen", url.ToString().TrimEnd('/'),
                    "--set", $"Events:File:Path={events}", "--set", "Log:Level=warning", .. hanging, .. more,
                ]);
        try
        {
            using var simulation = new Simulation(
                new SimulationOptions { Folder = logs, Server = "EX01", Rate = 500, Duration = TimeSpan.FromSeconds(60), Seed = seed },
                TimeProvider.System);
            var writing = simulation.RunAsync(null, cancel);
            var stops = new List<TimeSpan>();
            for (var round = 0; round < Rounds; round++)
            {
                using var program = Start("--set", $"Events:Seq:Url={seq}", "--set", $"Log:Seq:Url={seq}");
                // One in four is stopped during its start, when SIGTERM is not handled yet and ends it at once.
                var starting = round % 4 == 3;
                if (!starting)
                    await program.WaitUntilUpAsync(http, new Uri(url, "/healthz"), cancel);
                await Task.Delay(random.Next(500, 1500), cancel);
                var watch = Stopwatch.StartNew();
                var code = await program.StopAsync(cancel);
                Assert.True(code == 0 || (starting && code == 128 + 15), $"Round {round} ended with {code}.");
                stops.Add(watch.Elapsed);
            }

            stops.Sort();
            output.WriteLine(
                $"stops: {string.Join(", ", stops.Select(s => s.TotalSeconds.ToString("F1", System.Globalization.CultureInfo.InvariantCulture)))} s");
            Assert.True(stops[Rounds / 2] < Allowed, $"Half of the stops took {stops[Rounds / 2]} or longer.");
            await writing;
            var truth = SimulationTruth.Load(logs);
            var failed = truth.Failures.Values.Sum();
            var scraper = new Scraper(http, new Uri(url, "/metrics"));
            using var last = Start();
            await last.WaitUntilUpAsync(http, new Uri(url, "/healthz"), cancel);
            await Waiting.UntilAsync(
                async () =>
                    await scraper.ScrapeAsync(cancel)
                        && scraper.Value("mailflow_rows_total") >= truth.Rows
                        && File.Exists(events)
                        && File.ReadLines(events).Count() >= failed,
                () => $"{truth.Rows} rows and {failed} failures; there are {scraper.Value("mailflow_rows_total")} rows");
            Assert.Equal(truth.Rows, scraper.Value("mailflow_rows_total"));
            Assert.Equal(failed, scraper.Value("mailflow_failures_total"));
            Assert.Equal(0, await last.StopAsync(cancel));
            Assert.Equal(
                failed,
                File.ReadLines(events)
                    .Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("EventId").GetString())
                    .Distinct(StringComparer.Ordinal)
                    .Count());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
