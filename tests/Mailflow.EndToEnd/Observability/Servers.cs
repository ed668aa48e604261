using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mailflow.Tests;

namespace Mailflow.EndToEnd.Observability;

/// <summary>A server process for one test.</summary>
sealed class Server : IDisposable
{
    readonly Process _process;
    readonly StringBuilder _said = new();

    Server(string program, Uri url, IEnumerable<string> arguments)
    {
        Url = url;
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_said)
                _said.AppendLine(e.Data);
        };
        _process.BeginErrorReadLine();
    }

    public Uri Url { get; }

    /// <summary>
    /// Prometheus with the configuration and rules that Mailflow ships. Only intervals are shortened: a scrape and an evaluation per second,
    /// and alerts that fire after two seconds.
    /// </summary>
    public static async Task<Server> PrometheusAsync(
        HttpClient http, string folder, IEnumerable<string> extraJobs, string target, string alertmanager, CancellationToken cancel)
    {
        var rules = Path.Combine(folder, "rules");
        Directory.CreateDirectory(rules);
        foreach (var name in RuleFiles.Names)
        {
            var file = RuleFiles.Load(name);
            foreach (var group in file.Groups)
            {
                group.Interval = null;
                group.Rules.ForEach(r => r.For = r.For is null ? null : "2s");
            }

            RuleFiles.Save(file, Path.Combine(rules, name));
        }

        var config = await File.ReadAllTextAsync(Repository.PathOf($"{RuleFiles.Folder}/prometheus.yml"), cancel);
        config = Swap(config, "scrape_interval: 15s", "scrape_interval: 1s");
        config = Swap(config, "evaluation_interval: 30s", "evaluation_interval: 1s");
        config = Swap(config, "mailflow:9464", target);
        config = Swap(config, "alertmanager:9093", alertmanager);
        await File.WriteAllTextAsync(Path.Combine(rules, "prometheus.yml"), config + string.Concat(extraJobs), cancel);
        var url = Free();
        string[] arguments = [$"--config.file={rules}/prometheus.yml", $"--storage.tsdb.path={folder}/tsdb", $"--web.listen-address={url.Authority}"];
        return await new Server(Tool.Prometheus, url, arguments).ReadyAsync(http, cancel);
    }

    /// <summary>Alertmanager with the configuration that Mailflow ships, with short intervals and another receiver.</summary>
    public static Task<Server> AlertmanagerAsync(HttpClient http, string folder, Uri receiver, CancellationToken cancel)
    {
        var config = Swap(
            File.ReadAllText(Repository.PathOf($"{RuleFiles.Folder}/alertmanager.yml")), "http://127.0.0.1:9095", receiver.ToString().TrimEnd('/'));
        config = Regex.Replace(config, "(?<wait>group_wait|group_interval): [0-9]+[smh]", "${wait}: 1s", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        var path = Path.Combine(folder, "alertmanager.yml");
        File.WriteAllText(path, config);
        var url = Free();
        string[] arguments =
        [
            $"--config.file={path}", $"--storage.path={folder}/alerts", $"--web.listen-address={url.Authority}", "--cluster.listen-address=",
        ];
        return new Server(Tool.Alertmanager, url, arguments).ReadyAsync(http, cancel);
    }

    static Uri Free() => new($"http://127.0.0.1:{RunningProgram.FreePort()}");

    /// <summary>The text to replace must occur.</summary>
    static string Swap(string text, string old, string now)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, now, StringComparison.Ordinal);
    }

    async Task<Server> ReadyAsync(HttpClient http, CancellationToken cancel)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Waiting.Patience && !_process.HasExited; await Task.Delay(100, cancel))
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Url, "/-/ready"), cancel);
                if (answer.IsSuccessStatusCode)
                    return this;
            }
            catch (HttpRequestException)
            {
            }
        }

        Dispose();
        throw new TimeoutException($"{Url} did not become ready:\n{_said}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>Answers every request on loopback with the result of a function.</summary>
sealed class Loopback : IDisposable
{
    readonly HttpListener _listener = new();
    readonly Task _serving;

    public Loopback(Func<HttpListenerRequest, Task<byte[]>> answer)
    {
        Url = new($"http://127.0.0.1:{RunningProgram.FreePort()}/");
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _serving = ServeAsync(answer);
    }

    public Uri Url { get; }

    async Task ServeAsync(Func<HttpListenerRequest, Task<byte[]>> answer)
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                try
                {
                    var body = await answer(context.Request);
                    context.Response.ContentType = "text/plain; version=0.0.4";
                    context.Response.Close(body, willBlock: false);
                }
                catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
                {
                    context.Response.Abort();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }
}

/// <summary>Queries to Prometheus.</summary>
static class Ask
{
    public static async Task<JsonElement> Async(HttpClient http, Uri prometheus, string path, CancellationToken cancel)
    {
        using var answer = await http.GetAsync(new Uri(prometheus, path), cancel);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
        var root = document.RootElement;
        Assert.True(root.GetProperty("status").GetString() == "success" && !root.TryGetProperty("warnings", out _), $"{Uri.UnescapeDataString(path)}: {root}");
        return root.GetProperty("data").Clone();
    }

    public static Task<JsonElement> InstantAsync(HttpClient http, Uri prometheus, string query, CancellationToken cancel) =>
        Async(http, prometheus, "/api/v1/query?query=" + Uri.EscapeDataString(query), cancel);

    public static Task<JsonElement> RangeAsync(HttpClient http, Uri prometheus, string query, TimeSpan back, CancellationToken cancel)
    {
        var now = DateTimeOffset.UtcNow;
        return Async(
            http, prometheus,
            string.Create(
                CultureInfo.InvariantCulture,
                $"/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={(now - back).ToUnixTimeSeconds()}&end={now.ToUnixTimeSeconds()}&step=1"),
            cancel);
    }
}
