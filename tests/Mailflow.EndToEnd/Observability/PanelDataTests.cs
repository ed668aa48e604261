using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mailflow.Simulator;
using Mailflow.Tests;
using Mailflow.Tests.Enrich;
using static Mailflow.EndToEnd.Observability.Dashboards;

namespace Mailflow.EndToEnd.Observability;

/// <summary>Every query of every panel, annotation and variable has data in a real Prometheus over the real program, in both exposition formats.</summary>
public sealed partial class PanelDataTests(DnsBed bed) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3), Back = TimeSpan.FromSeconds(60);

    /// <summary>Queries that may have no data in a healthy system after a minute, each with its reason.</summary>
    static readonly IReadOnlyDictionary<string, string> MayBeEmpty =
        File.ReadAllLines(Repository.PathOf("tests/Mailflow.EndToEnd/Observability/may-be-empty.txt"))
            .Select(l => l.Split(" | "))
            .ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal);

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-panels-").FullName;

    static readonly string[] Samples = ["queues", "messages", "send-connectors", "receive-connectors", "certificates", "transport-config", "back-pressure"];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    sealed record Query(string Where, string Text, bool Instant, IReadOnlyList<string> Labels);

    [Fact]
    public async Task Every_dashboard_query_has_data()
    {
        _ = Tool.Prometheus;
        using var http = new HttpClient();
        var (logs, program) = (Path.Combine(_folder, "logs"), new Uri($"http://127.0.0.1:{RunningProgram.FreePort()}"));
        using var certificate = Certificates.For("mx.mail.test");
        await using var mail = new MailServer { Certificate = certificate };
        await File.WriteAllTextAsync(Path.Combine(_folder, "rules.json"), """[{ "text": "held by the gateway", "cause": "policy-restriction" }]""", Cancel);
        using var mailflow = new RunningProgram(
            "run", "--logs", $"EX01={logs}/EX01", "--logs", $"EX02={logs}/EX02", "--state", Path.Combine(_folder, "state"),
            "--listen", program.ToString().TrimEnd('/'), "--set", $"Events:File:Path={_folder}/events.json",
            "--set", $"Rules:File={_folder}/rules.json", "--set", "Enrichment:Enabled=true", "--set", $"Enrichment:Resolvers=local={await bed.StartAsync()}",
            "--set", "Enrichment:Blocklists=good.bl.test", "--set", "Enrichment:EgressIps=192.0.2.25",
            "--set", "Enrichment:OwnDomains=mail.test", "--set", $"Enrichment:SmartHosts=mx.mail.test:{mail.Port}", "--set", "Enrichment:KnockAtMx=false");
        await mailflow.WaitUntilUpAsync(http, new Uri(program, "/healthz"), Cancel);

        // Exports of Exchange, from the samples.
        var samples = Samples.Select(s => Repository.PathOf("tests/Mailflow.Analysis.Tests/Samples/" + s))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateFiles)
            .Where(f => Path.GetExtension(f) is ".csv" or ".json" or ".xml" or ".clixml");
        foreach (var sample in samples)
        {
            var export = Path.Combine(logs, "EX01", Path.GetFileName(Path.GetDirectoryName(sample)!), Path.GetFileName(sample));
            Directory.CreateDirectory(Path.GetDirectoryName(export)!);
            File.Copy(sample, export);
        }

        // Prometheus requests OpenMetrics; through this proxy it gets the text format, as a separate job.
        using var text = new Loopback(_ => http.GetByteArrayAsync(new Uri(program, "/metrics")));
        using var prometheus = await Server.PrometheusAsync(
            http, _folder,
            [$"- job_name: mailflow-text\n  static_configs: [{{targets: ['{text.Url.Authority}']}}]\n"],
            program.Authority, "127.0.0.1:1", Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var writing = Task.WhenAll(Write("EX01", 1), Write("EX02", 2));
        var checkedQueries = 0;
        foreach (var job in new[] { "mailflow", "mailflow-text" })
        {
            var open = All.SelectMany(d => QueriesOf(d.File, d.Json)).DistinctBy(q => (q.Where, q.Text)).ToList();
            checkedQueries += open.Count;
            for (var watch = Stopwatch.StartNew(); open.Count > 0 && watch.Elapsed < Patience; await Task.Delay(1000, Cancel))
                foreach (var query in open.ToList())
                    if (await HasDataAsync(http, prometheus.Url, query, job))
                        open.Remove(query);
                    else if (MayBeEmpty.ContainsKey(query.Where) && watch.Elapsed > TimeSpan.FromSeconds(10))
                        open.Remove(query);
            Assert.True(open.Count == 0, $"No data in {job}:\n" + string.Join('\n', open.Select(q => $"{q.Where}: {q.Text}")));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{checkedQueries} queries");
        Assert.Empty(MayBeEmpty.Keys.Except(All.SelectMany(d => QueriesOf(d.File, d.Json)).Select(q => q.Where), StringComparer.Ordinal));
        await stop.CancelAsync();
        await writing;
        Assert.Equal(0, await mailflow.StopAsync(Cancel));

        async Task Write(string server, int seed)
        {
            using var simulation = new Simulation(
                new SimulationOptions
                {
                    Folder = Path.Combine(logs, server),
                    Server = server,
                    Rate = 150,
                    Seed = seed,
                    AllLogs = true,
                    Exports = server == "EX02",
                },
                TimeProvider.System);
            await simulation.RunAsync(null, stop.Token);
        }
    }

    static IEnumerable<Query> QueriesOf(string file, System.Text.Json.Nodes.JsonNode dashboard)
    {
        foreach (var panel in Panels(dashboard))
            foreach (var target in Targets(panel))
                yield return new(
                    $"{file}: {Text(panel, "title")} {Text(target, "refId")}", Text(target, "expr"),
                    target["instant"]!.GetValue<bool>(),
                    [.. Legend().Matches(Text(target, "legendFormat")).Select(m => m.Groups["label"].Value)]);
        foreach (var annotation in Annotations(dashboard))
            yield return new($"annotation {Text(annotation, "name")}", Text(annotation, "expr"), false, []);
        foreach (var variable in Variables(dashboard).Where(v => Text(v, "type") == "query"))
            yield return new($"variable {Text(variable, "name")}", variable["query"]!["query"]!.GetValue<string>(), true, []);
    }

    /// <summary>Whether there are series with a value, and with the labels in the legend.</summary>
    static async Task<bool> HasDataAsync(HttpClient http, Uri prometheus, Query query, string job)
    {
        var text = query.Text.Replace("$__rate_interval", "10s", StringComparison.Ordinal)
            .Replace("$__range", "1m", StringComparison.Ordinal)
            .Replace("$job", job, StringComparison.Ordinal)
            .Replace("$instance", ".+", StringComparison.Ordinal)
            .Replace("$server", ".+", StringComparison.Ordinal);
        if (LabelValues().Match(text) is { Success: true } variable)
        {
            var values = await Ask.Async(
                http, prometheus,
                $"/api/v1/label/{variable.Groups["label"].Value}/values?match[]={Uri.EscapeDataString(variable.Groups["selector"].Value)}",
                Cancel);
            return values.GetArrayLength() > 0;
        }

        var data = query.Instant ? await Ask.InstantAsync(http, prometheus, text, Cancel) : await Ask.RangeAsync(http, prometheus, text, Back, Cancel);
        var series = data.GetProperty("result").EnumerateArray().ToList();
        foreach (var one in series)
            foreach (var label in query.Labels)
                Assert.True(one.GetProperty("metric").TryGetProperty(label, out _), $"{query.Where}: the legend shows {label}, which no series of {text} has.");
        return series.Any(s => (query.Instant ? [s.GetProperty("value")] : s.GetProperty("values").EnumerateArray().ToArray()).Any(IsNumber));
    }

    static bool IsNumber(JsonElement sample) =>
        double.IsFinite(double.Parse(sample[1].GetString()!.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex(@"\{\{(?<label>[a-z_]+)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Legend();

    [GeneratedRegex(@"^label_values\((?<selector>.+), (?<label>[a-z]+)\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelValues();
}
