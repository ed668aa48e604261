using System.Threading.Channels;
using Mailflow.Analysis.Incidents;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Exposition;
using Mailflow.Hosting;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Mailflow.Privacy;
using Mailflow.Tests.Ledger;
using Mailflow.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Web;

/// <summary>The served site over a real store, filled from real logs.</summary>
sealed class ServedSite : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-web-").FullName;
    readonly Store _store;
    readonly Flow _flow;
    readonly WebApplication _app;
    int _files;

    ServedSite(
        StillClock clock, MailflowOptions options, string? server, IReadOnlyList<SinkState> sinks, Func<WatchState>? watch, ILoggerFactory? logs,
        string? rulesProblem, IReadOnlyList<Incident>? incidents)
    {
        Clock = clock;
        Logs = Path.Combine(_folder, "logs");
        var state = State = Directory.CreateDirectory(Path.Combine(_folder, "state")).FullName;
        options = options with
        {
            Tail = options.Tail with { ListInterval = TimeSpan.Zero, MaxSweepInterval = TimeSpan.Zero },
            Logs = options.Logs.Count > 0 ? options.Logs : [new LogRoot("tracking", Logs, server)],
            StateFolder = state,
            Listen = options.Listen == new MailflowOptions().Listen ? new("http://127.0.0.1:0") : options.Listen,
            // Given ones have no evidence: they would be closed.
            Incidents = options.Incidents && incidents is null,
        };
        _store = new(Path.Combine(state, "mailflow.db"));
        if (incidents is not null)
            _store.Commit(
                [
                    new IncidentDelta { ReadAt = default, Until = DateTime.UnixEpoch, Incidents = [.. incidents.Select(i => new KnownIncident(i, true))] },
                ],
                new Totals(new()), false, false, default);
        _flow = new(options, _store, clock, NullLoggerFactory.Instance);
        _app = Site.Build(
            options, _flow.Tailers, _flow.Committer, _store, Masking.Default, clock, logs ?? NullLoggerFactory.Instance, () => sinks,
            watch: watch, rules: () => new("rules.json", 2, rulesProblem, clock.GetUtcNow()), meterName: $"Mailflow.{Path.GetFileName(_folder)}");
    }

    public IServiceProvider Services => _app.Services;

    public Telemetry Telemetry => _app.Services.GetRequiredService<Telemetry>();

    public StillClock Clock { get; }

    public string Logs { get; }

    public string State { get; }

    public HttpClient Http { get; private set; } = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ServedSite> StartAsync(
        StillClock? clock = null, MailflowOptions? options = null, string? server = "EX01",
        IReadOnlyList<SinkState>? sinks = null, Func<WatchState>? watch = null, ILoggerFactory? logs = null,
        string? rulesProblem = null, IReadOnlyList<Incident>? incidents = null)
    {
        var site = new ServedSite(clock ?? new(), options ?? new(), server, sinks ?? [], watch, logs, rulesProblem, incidents);
        await site._app.StartAsync(Cancel);
        site.Http = new() { BaseAddress = new(site._app.Urls.Single()) };
        return site;
    }

    /// <summary>Writes the log to the folder and reads it to its end. Can only be called once: a flow cannot be restarted.</summary>
    /// <param name="others">Rows of other logs that were written too.</param>
    public async Task ReadAsync(LogText log, int others = 0)
    {
        Write($"MSGTRK2026030410-{++_files}.LOG", log.ToString());
        await ReadAsync(log.Rows + others);
    }

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Logs);
        File.WriteAllText(Path.Combine(Logs, name), text);
    }

    /// <summary>Writes an export with an old modification time, by default ten minutes ago, so that it is read.</summary>
    public void Export(string name, string text, DateTimeOffset? taken = null)
    {
        Write(name, text);
        File.SetLastWriteTimeUtc(Path.Combine(Logs, name), (taken ?? Clock.Now.AddMinutes(-10)).UtcDateTime);
    }

    /// <summary>Writes one export of each kind.</summary>
    public void ExportAll()
    {
        Export("queues.csv", SampleExports.Queues);
        Export("messages.csv", SampleExports.Messages(Clock.Now.AddHours(-2)));
        Export("send-connectors.csv", SampleExports.SendConnectors);
        Export("receive-connectors.csv", SampleExports.ReceiveConnectors);
        Export("certificates.csv", SampleExports.Certificates(Clock.Now.AddDays(20)));
        Export("transport-config.csv", SampleExports.TransportConfig);
        Export("transport-service.csv", SampleExports.TransportService);
        Export("back-pressure.csv", SampleExports.BackPressure);
    }

    /// <summary>Reads until this many more rows, and this many snapshots in total, are committed.</summary>
    public async Task ReadAsync(int rows, int snapshots = 0, int events = 0)
    {
        var until = _flow.Committer.Current.Sum(Counters.Rows) + rows;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = _flow.RunAsync(stop.Token, Cancel);
        while (true)
        {
            var next = _flow.Committer.NewEvents.Next;
            if (_flow.Committer.Current.Sum(Counters.Rows) >= until
                && _flow.Committer.Current.Servers.Length >= snapshots
                && _flow.Committer.Current.Sum(Counters.WindowsEvents) >= events)
                break;
            await next.Soon();
        }

        await stop.CancelAsync();
        await running;
    }

    /// <summary>Deletes the logs, as an administrator may do.</summary>
    /// <summary>The index was measured.</summary>
    public void MeasureIndex() => _store.IndexCoverage = new(1000, 150_000, 500);

    public void DeleteStore() => File.Delete(_store.Path);

    /// <summary>Runs retention as the committer does.</summary>
    public void Prune() => _store.Prune(Clock.Now, new LedgerOptions().Keep, new LedgerOptions().MaxBytes);

    /// <summary>Polls the folder; the data read does not reach the ledger.</summary>
    public async Task LookAsync() =>
        await _flow.Tailers[0].PollAsync([Channel.CreateUnbounded<LogBlock>().Writer], Channel.CreateUnbounded<ExportBlock>().Writer, Cancel);

    public Task<string> GetAsync(string path) => Http.GetStringAsync(new Uri(path, UriKind.Relative), Cancel);

    public async Task<(int Status, string Text)> TryAsync(string path, string? host = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Host = host;
        using var answer = await Http.SendAsync(request, Cancel);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>The value of the series with this prefix; null where there is none.</summary>
    public async Task<double?> MetricAsync(string series)
    {
        var line = (await GetAsync("/metrics")).Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? null : double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await _app.DisposeAsync();
        _flow.Dispose();
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
