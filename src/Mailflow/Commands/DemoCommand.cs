using System.CommandLine;
using System.Globalization;
using Mailflow.Analysis.Builds;
using Mailflow.Configuration;
using Mailflow.Hosting;
using Mailflow.Printing;
using Mailflow.Simulator;

namespace Mailflow.Commands;

/// <summary>
/// <c>demo</c>: follows two simulated servers like real ones. The last hour is a normal day; then an outage begins, and later ends.
/// </summary>
static class DemoCommand
{
    static readonly string[] Servers = ["EX01", "EX02"];

    /// <summary>The page shows one hour by default; a start may take up to two minutes of it.</summary>
    static readonly TimeSpan History = TimeSpan.FromMinutes(58);

    /// <summary>Short enough to wait for, and long enough to see the normal day first.</summary>
    static readonly TimeSpan OutageAfter = TimeSpan.FromSeconds(75);

    /// <summary>Longer than the delay of the critical alerts (deploy/prometheus/alerts.yml), so that they fire.</summary>
    static readonly TimeSpan OutageLasts = TimeSpan.FromMinutes(8);

    /// <summary>Maximum number of rows of history: at a high rate the history is shorter, so that it is written within seconds.</summary>
    const double MostHistoryRows = 300_000;

    static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    public static Command Make()
    {
        var listen = new Option<string>("--listen")
        {
            Description = "Address of the page and /metrics.",
            DefaultValueFactory = _ => new MailflowOptions().Listen.ToString().TrimEnd('/'),
        };
        var rate = Checked.Number("--rate", "Log rows per second for each of the two servers.", 0.1, Checked.MostRate, 20);
        var seed = new Option<int>("--seed") { Description = "Random seed: the same seed gives the same mail.", DefaultValueFactory = _ => 1 };
        var seconds = Checked.Number("--seconds", "Stop after this many seconds. Default: run until Ctrl-C.", 0.1, Checked.MostSeconds, null);
        var seq = new Option<string?>("--seq") { Description = "A Seq server that receives each failure as an event.", HelpName = "url" };
        var command = new Command("demo", "Demonstration: write live, realistic logs of two servers to a temporary folder, follow them, and show the page.")
        {
            listen, rate, seed, seconds, seq,
        };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetValue(listen)!,
            new() { Folder = "", Rate = parsed.GetValue(rate)!.Value, Seed = parsed.GetValue(seed), AllLogs = true, Exports = true },
            parsed.GetValue(seconds),
            parsed.GetValue(seq),
            stop));
        return command;
    }

    static async Task<int> RunAsync(string listen, SimulationOptions simulated, double? seconds, string? seq, CancellationToken stop)
    {
        // System.CommandLine handles Ctrl-C only after the action has returned its task.
        await Task.Yield();
        if (Settings.ListenUrl(listen) is not { Scheme: "http" } url)
        {
            await Terminal.TellAsync($"--listen: expected {Settings.ListenAllowed}, for example http://127.0.0.1:9464");
            return ExitCode.Usage;
        }

        var target = seq is null ? null : Settings.HttpUrl(seq);
        if (seq is not null && target is null)
        {
            await Terminal.TellAsync("--seq: expected an http or https URL, for example http://127.0.0.1:5341");
            return ExitCode.Usage;
        }

        // A port in use is reported before anything is written.
        Service.TryListening(url);
        var folder = Directory.CreateTempSubdirectory("mailflow-demo-").FullName;
        try
        {
            var logs = Path.Combine(folder, "logs");
            await Terminal.TellAsync($"Starting the demo: {Servers.Length} simulated Exchange servers write their logs to {logs}");
            var options = new MailflowOptions
            {
                Logs = [.. Servers.Select(server => new LogRoot(server, Path.Combine(logs, server), server))],
                StateFolder = Path.Combine(folder, "state"),
                Listen = url,
                // Nothing in it is real.
                Access = new() { AllowAnonymous = true },
                LogLevel = LogLevel.Warning,
                // The demo's domains do not exist: no DNS queries for them.
                Enrich = new() { Enabled = false },
                EventsSeq = target is null ? null : new(target, null),
            };
            // Mailflow follows the folders before the first log is written: a missing folder would be reported.
            foreach (var root in options.Logs)
                Directory.CreateDirectory(root.Folder);
            return await RunAsync(options, simulated, seconds, stop);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<int> RunAsync(MailflowOptions options, SimulationOptions simulated, double? seconds, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (seconds is { } n)
            ended.CancelAfter(TimeSpan.FromSeconds(n));
        // First the page is ready, then the logs are written.
        var listening = new TaskCompletionSource();
        var telling = TellStoryAsync(options.Logs, simulated, listening.Task, ended.Token);
        try
        {
            await Service.RunAsync(options, TimeProvider.System, ended.Token, listening.SetResult);
            return ExitCode.Good;
        }
        finally
        {
            await ended.CancelAsync();
            await telling;
        }
    }

    /// <summary>Writes the logs of all servers, and reports in the terminal what happens.</summary>
    static async Task TellStoryAsync(IReadOnlyList<LogRoot> roots, SimulationOptions simulated, Task listening, CancellationToken stop)
    {
        var time = TimeProvider.System;
        await listening.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stop.IsCancellationRequested)
            return;
        var begins = time.GetUtcNow() + OutageAfter;
        var story = new DemoStory(begins, begins + OutageLasts);
        var history = TimeSpan.FromSeconds(Math.Min(History.TotalSeconds, MostHistoryRows / simulated.Rate));
        var simulations = roots.Index().Select(root => new Simulation(
            simulated with
            {
                Folder = root.Item.Folder,
                Server = root.Item.Server!,
                Seed = simulated.Seed + root.Index,
                Story = story,
                // On a normal day no server is out of support or behind.
                Build = ExchangeBuilds.ExchangeSE.Newest!.Build,
            },
            time)).ToList();
        var writing = Task.WhenAll(simulations.Select(s => s.WriteHistoryAsync(history, stop)));
        try
        {
            await Terminal.TellAsync("Writing the last hour of mail, a normal day ...");
            var rows = simulations.Count * simulated.Rate * history.TotalSeconds;
            while (await Task.WhenAny(writing, Task.Delay(ProgressEvery, time, stop)) != writing && !stop.IsCancellationRequested)
                await Terminal.TellAsync(
                    string.Create(CultureInfo.InvariantCulture, $"  {Math.Min(99, 100 * simulations.Sum(s => s.Rows) / rows):N0} % written"));
            await writing;
            writing = Task.WhenAll(simulations.Select(s => s.RunAsync(null, stop)));
            await SayAsync("A normal day: some recipients are mistyped, some mailboxes are full, some mail is deferred. Nothing needs action.");
            await SayAsync($"At {At(story.OutageBegins)} an outage will begin.");
            await UntilAsync(story.OutageBegins);
            await SayAsync($"The demo's outage begins: the blocklist {DemoStory.Blocklist} lists our sending address. A third of all domains reject our mail.");
            await UntilAsync(story.OutageEnds);
            await SayAsync(
                "The demo's outage ends: our address is off the list. The page reports failures of the last hour, so it shows them until they are older.");
        }
        catch (OperationCanceledException)
        {
        }

        await writing;
        foreach (var simulation in simulations)
            simulation.Dispose();

        Task SayAsync(string text) => Terminal.TellAsync($"{At(time.GetUtcNow())} {text}");

        string At(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, time.LocalTimeZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

        Task UntilAsync(DateTimeOffset at) => Task.Delay(TimeSpan.FromTicks(Math.Max(0, (at - time.GetUtcNow()).Ticks)), time, stop);
    }
}
