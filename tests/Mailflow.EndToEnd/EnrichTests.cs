using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Mailflow.Simulator;
using Mailflow.Tests;
using Mailflow.Tests.Enrich;
using Microsoft.Data.Sqlite;

namespace Mailflow.EndToEnd;

/// <summary>Enrichment by the real program with name servers on loopback: with kills in between, and with servers that hang.</summary>
public sealed class EnrichTests(ITestOutputHelper output) : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-enrich-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string Logs => Path.Combine(_folder, "logs");

    RunningProgram Start(Uri url, string state, IPEndPoint resolver, params string[] more) =>
        new(
            [
                "run", "--logs", $"EX01={Logs}", "--state", Path.Combine(_folder, state), "--listen", url.ToString().TrimEnd('/'),
                "--set", "Enrichment:Enabled=true", "--set", $"Enrichment:Resolvers=local={resolver}",
                "--set", "Enrichment:Blocklists=good.bl.test", "--set", $"Events:File:Path={Path.Combine(_folder, state, "events.jsonl")}",
                .. more,
            ]);

    [Fact]
    public async Task Answers_are_neither_lost_nor_counted_twice_under_SIGKILL()
    {
        await using var dns = new FakeDns(_ => 3);
        var url = new Uri($"http://127.0.0.1:{RunningProgram.FreePort()}");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var simulation = new Simulation(
            new SimulationOptions { Folder = Logs, Server = "EX01", Rate = 3000, Duration = TimeSpan.FromSeconds(15) }, TimeProvider.System);
        var writing = simulation.RunAsync(null, Cancel);
        var kills = 0;
        while (!writing.IsCompleted)
        {
            using var killed = Start(url, "state", dns.EndPoint);
            await Task.Delay(Random.Shared.Next(1200, 3000), Cancel);
            killed.Kill();
            kills++;
        }

        await writing;
        var truth = SimulationTruth.Load(Logs);
        var asked = truth.Failures.GetValueOrDefault("dns-failure");
        using var program = Start(url, "state", dns.EndPoint);
        await program.WaitUntilUpAsync(http, new Uri(url, "/healthz"), Cancel);
        var scraper = new Scraper(http, new Uri(url, "/metrics"));
        var events = Path.Combine(_folder, "state", "events.jsonl");
        await Waiting.UntilAsync(
            () => File.Exists(events) && Ids(events).Count >= truth.Failures.Values.Sum(),
            () => $"{truth.Failures.Values.Sum()} failures in the file");
        await Task.Delay(1000, Cancel);
        await scraper.ScrapeAsync(Cancel);
        output.WriteLine($"{kills} kills, {asked} failures of DNS, {dns.Asked} questions");
        Assert.Equal(truth.Failures.Values.Sum(), Ids(events).Count);
        Assert.Equal(asked, scraper.Value("mailflow_enriched_failures_total", "question=\"dns\""));
        Assert.True(asked > 0);
        Assert.True(scraper.Value("mailflow_enriched_failures_total", "question=\"dns\",verdict=\"nxdomain\"") > 0);
        Assert.Equal(0, await program.StopAsync(Cancel));
        foreach (var line in File.ReadLines(events).Select(l => JsonDocument.Parse(l).RootElement).Where(e => e.TryGetProperty("dns", out _)))
            Assert.Equal("nxdomain", line.GetProperty("dns").GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Hanging_DNS_does_not_delay_reading_or_shipping()
    {
        using (var simulation = new Simulation(
            new SimulationOptions { Folder = Logs, Server = "EX01", SizeBytes = 60_000_000, Start = TimeProvider.System.GetUtcNow().AddMinutes(-50) },
            TimeProvider.System))
            await simulation.RunAsync(null, Cancel);
        var truth = SimulationTruth.Load(Logs);
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var off = await SecondsAsync(truth, "off", (IPEndPoint)silent.Client.LocalEndPoint!, "--set", "Enrichment:Enabled=false");
        var hung = await SecondsAsync(truth, "hung", (IPEndPoint)silent.Client.LocalEndPoint!);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{truth.Rows} rows, {truth.Failures.Values.Sum()} failures. Enrichment off: read after {off.Read:0.00} s, events out after "
            + $"{off.Out:0.00} s. DNS hangs: {hung.Read:0.00} s, {hung.Out:0.00} s."));
        // Generous, because the machine may be busy: if reading waited for answers, each of which times out, it would take minutes.
        Assert.InRange(hung.Read, 0, (3 * off.Read) + 15);
        Assert.InRange(hung.Out, 0, (3 * off.Out) + 45);
        using var store = new SqliteConnection($"Data Source={Path.Combine(_folder, "hung", "mailflow.db")};Mode=ReadOnly;Pooling=False");
        store.Open();
        using var query = store.CreateCommand();
        query.CommandText = "SELECT count(*) FROM answers WHERE verdict <> 'timeout' AND question = 'dns'";
        Assert.Equal(0L, query.ExecuteScalar());
    }

    /// <summary>Seconds from the start of the program until everything is read, and until all events are in the file.</summary>
    async Task<(double Read, double Out)> SecondsAsync(Truth truth, string state, IPEndPoint resolver, params string[] more)
    {
        var url = new Uri($"http://127.0.0.1:{RunningProgram.FreePort()}");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var watch = Stopwatch.StartNew();
        using var program = Start(url, state, resolver, more);
        await program.WaitUntilUpAsync(http, new Uri(url, "/healthz"), Cancel);
        var scraper = new Scraper(http, new Uri(url, "/metrics"));
        do
        {
            Assert.True(watch.Elapsed < Waiting.Patience, program.Output);
            await scraper.ScrapeAsync(Cancel);
        }
        while (scraper.Value("mailflow_rows_total") < truth.Rows);
        var read = watch.Elapsed.TotalSeconds;
        var events = Path.Combine(_folder, state, "events.jsonl");
        await Waiting.UntilAsync(() => File.Exists(events) && Ids(events).Count >= truth.Failures.Values.Sum(), () => program.Output);
        var sent = watch.Elapsed.TotalSeconds;
        Assert.Equal(0, await program.StopAsync(Cancel));
        return (read, sent);
    }

    /// <summary>The last line may be incomplete.</summary>
    static HashSet<string> Ids(string events)
    {
        using var file = new FileStream(events, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd();
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(l => l[(l.IndexOf("\"EventId\":\"", StringComparison.Ordinal) + 11)..][..32])];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
