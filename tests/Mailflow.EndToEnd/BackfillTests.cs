using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Mailflow.EndToEnd.Observability;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary>History written by <c>mailflow backfill</c>, as a real Prometheus returns it.</summary>
public sealed class BackfillTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-backfill-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string Logs => Path.Combine(_folder, "logs");

    string Text => Path.Combine(_folder, "history.om");

    [Fact]
    public async Task Back_filled_series_end_where_the_service_begins()
    {
        await SimulateAsync();
        var url = $"http://127.0.0.1:{RunningProgram.FreePort()}";
        await BackfillAsync(new Uri(url).Authority);
        using var http = new HttpClient();
        using var program = new RunningProgram("run", "--logs", Logs, "--state", Path.Combine(_folder, "state"), "--listen", url);
        await program.WaitUntilUpAsync(http, new Uri($"{url}/healthz"), Cancel);
        var last = await LastAsync();
        var rows = last.Where(s => s.Key.StartsWith("mailflow_rows_total{", StringComparison.Ordinal)).Sum(s => s.Value);
        Dictionary<string, double> live = [];
        await Waiting.UntilAsync(
            async () =>
            {
                live = await ScrapeAsync(http, url);
                return live.Where(s => s.Key.StartsWith("mailflow_rows_total", StringComparison.Ordinal)).Sum(s => s.Value) >= rows;
            },
            () => "all rows are read");
        Assert.True(last.Count > 200, $"{last.Count} series");
        foreach (var (series, value) in last)
            Assert.True(live.TryGetValue(series, out var now) && now == value, $"{series}: {value} in the history, {now} in /metrics");
        // What is not in the history stayed 0.
        string[] names = [.. last.Keys.Select(k => k.Split('{')[0]).Distinct()];
        Assert.DoesNotContain(live, s => names.Contains(s.Key.Split('{')[0]) && s.Value != 0 && !last.ContainsKey(s.Key));
        Assert.Equal(0, await program.StopAsync(Cancel));
    }

    [Fact]
    public async Task Every_sample_that_a_query_returns_is_the_truth_of_its_minute()
    {
        _ = Tool.Prometheus;
        await SimulateAsync();
        await BackfillAsync("localhost:9464");
        var blocks = Path.Combine(_folder, "tsdb");
        var (code, said) = await Tool.RunAsync(
            Tool.Promtool, ["tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=1000h", Text, blocks], Cancel);
        Assert.True(code == 0, said);
        using var http = new HttpClient();
        var port = RunningProgram.FreePort();
        var config = Path.Combine(_folder, "prometheus.yml");
        await File.WriteAllTextAsync(config, "global: {}\n", Cancel);
        using var prometheus = Process.Start(new ProcessStartInfo(Tool.Prometheus,
            [$"--config.file={config}", $"--storage.tsdb.path={blocks}", "--storage.tsdb.retention.time=10y", $"--web.listen-address=127.0.0.1:{port}"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        prometheus.BeginErrorReadLine();
        try
        {
            await Waiting.UntilAsync(async () => await IsUpAsync(http, new Uri($"http://127.0.0.1:{port}/-/ready")), () => "Prometheus is ready");
            foreach (var (query, wanted) in new (string, Func<string[], bool>)[]
            {
                ("sum(mailflow_rows_total)", _ => true),
                ("sum(mailflow_rows_total{event=\"FAIL\"})", f => f.Contains("FAIL")),
                ("sum(mailflow_rows_total{event=\"DELIVER\",source=\"STOREDRIVER\"})", f => f.Contains("DELIVER") && f.Contains("STOREDRIVER")),
            })
            {
                var truth = Truth(wanted);
                var (from, to) = (truth.Keys.Min(), truth.Keys.Max() + 1);
                var compared = 0;
                foreach (var (time, value) in await RangeAsync(http, port, query, from * 60, to * 60))
                {
                    Assert.Equal(truth.Where(t => t.Key < time / 60).Sum(t => t.Value), value);
                    compared++;
                }

                // A series begins with its first row; from then on no minute is missing.
                Assert.Equal(to - truth.First(t => t.Value > 0).Key, compared);
            }
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync(Cancel);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    async Task SimulateAsync() => await RunAsync("simulate", Logs, "--size", "4MB", "--days", "0.5", "--logs", "all");

    async Task BackfillAsync(string instance) => await RunAsync("backfill", Logs, "--output", Text, "--instance", instance);

    static async Task RunAsync(params string[] arguments)
    {
        var (code, said) = await Tool.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "mailflow.dll"), .. arguments], Cancel);
        Assert.True(code == 0, said);
    }

    /// <summary>Rows of all logs by minute since 1970.</summary>
    SortedDictionary<long, long> Truth(Func<string[], bool> wanted)
    {
        var minutes = new SortedDictionary<long, long>();
        foreach (var line in Directory.EnumerateFiles(Logs, "*.LOG", SearchOption.AllDirectories).SelectMany(File.ReadLines))
            if (DateTimeOffset.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                var minute = time.ToUnixTimeSeconds() / 60;
                minutes[minute] = minutes.GetValueOrDefault(minute) + (wanted(line.Split(',')) ? 1 : 0);
            }

        return minutes;
    }

    /// <summary>The last sample of each series, without the labels of the scrape.</summary>
    async Task<Dictionary<string, double>> LastAsync()
    {
        var last = new Dictionary<string, double>(StringComparer.Ordinal);
        await foreach (var line in File.ReadLinesAsync(Text, Cancel))
            if (line[0] != '#' && line.Split(' ') is [.., var value, _])
                last[Key(line[..line[..line.LastIndexOf(' ')].LastIndexOf(' ')])] = double.Parse(value, CultureInfo.InvariantCulture);
        return last;
    }

    static async Task<Dictionary<string, double>> ScrapeAsync(HttpClient http, string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{url}/metrics"));
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text; version=1.0.0");
        using var answer = await http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        return text.Split('\n').Where(l => l.StartsWith("mailflow_", StringComparison.Ordinal)).ToDictionary(
            l => Key(l[..l.LastIndexOf(' ')]), l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    /// <summary>The labels in one order. No label of the simulator has a comma.</summary>
    static string Key(string series)
    {
        var open = series.IndexOf('{', StringComparison.Ordinal);
        return open < 0 ? series : series[..open] + '{' + string.Join(',', series[(open + 1)..].TrimEnd('}').Split(',')
            .Where(l => !l.StartsWith("job=", StringComparison.Ordinal) && !l.StartsWith("instance=", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    static async Task<List<(long Time, double Value)>> RangeAsync(HttpClient http, int port, string query, long from, long to)
    {
        var url = new Uri($"http://127.0.0.1:{port}/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={from}&end={to}&step=60");
        using var answer = JsonDocument.Parse(await http.GetStringAsync(url, Cancel));
        var series = Assert.Single(answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray());
        return
        [
            .. series.GetProperty("values").EnumerateArray().Select(
                v => ((long)v[0].GetDouble(), double.Parse(v[1].GetString()!, CultureInfo.InvariantCulture))),
        ];
    }

    static async Task<bool> IsUpAsync(HttpClient http, Uri url)
    {
        try
        {
            using var answer = await http.GetAsync(url, Cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
