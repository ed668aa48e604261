using System.CommandLine;
using Mailflow.Configuration;
using Mailflow.Printing;
using Mailflow.Simulator;
using Mailflow.Tail;

namespace Mailflow.Commands;

/// <summary><c>demo</c>: simulated servers, followed as real ones would be.</summary>
static class DemoCommand
{
    /// <summary>The hour before the demo, so that the page has something to say at once.</summary>
    const long HistoryBytes = 46_000_000;

    public static Command Make()
    {
        var listen = new Option<string>("--listen") { Description = "Where the page and /metrics are.", DefaultValueFactory = _ => new MailflowOptions().Listen.ToString().TrimEnd('/') };
        var rate = Checked.Number("--rate", "Rows a second of each of the two servers.", 0.1, Checked.MostRate, 60);
        var seed = new Option<int>("--seed") { Description = "The same seed, the same mail.", DefaultValueFactory = _ => 1 };
        var seconds = Checked.Number("--seconds", "Stop after so long; without it, Ctrl-C stops.", 0.1, Checked.MostSeconds, null);
        var seq = new Option<string?>("--seq") { Description = "A Seq server that gets every failure as an event.", HelpName = "url" };
        var command = new Command("demo", "Write live, realistic logs of two servers into a temporary folder, follow them, and show the page.") { listen, rate, seed, seconds, seq };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetValue(listen)!, parsed.GetValue(rate)!.Value, parsed.GetValue(seed), parsed.GetValue(seconds), parsed.GetValue(seq), stop));
        return command;
    }

    static async Task<int> RunAsync(string listen, double rate, int seed, double? seconds, string? seq, CancellationToken stop)
    {
        // A stop is heard once the action waits for the first time.
        await Task.Yield();
        if (Settings.ListenUrl(listen) is not { } url)
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

        // Before an hour of mail is written for nothing.
        Service.TryListening(url);
        var folder = Directory.CreateTempSubdirectory("mailflow-demo-").FullName;
        try
        {
            return await RunAsync(folder, url, rate, seed, seconds, target, stop);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<int> RunAsync(string folder, Uri url, double rate, int seed, double? seconds, Uri? seq, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        string[] servers = ["EX01", "EX02"];
        var roots = servers.Select(s => new LogRoot(s, Path.Combine(folder, "logs", s), s)).ToList();
        await Terminal.TellAsync($"Writing an hour of mail of {servers.Length} servers to {Path.Combine(folder, "logs")} ...");
        await Task.WhenAll(roots.Select((root, i) => WriteAsync(root, "history", seed + i, o => o with { SizeBytes = HistoryBytes, Start = TimeProvider.System.GetUtcNow().AddMinutes(-58) }, ended.Token)));
        if (ended.IsCancellationRequested)
            return ExitCode.Good;
        if (seconds is { } n)
            ended.CancelAfter(TimeSpan.FromSeconds(n));
        var live = roots.Select((root, i) => WriteAsync(root, "live", seed + servers.Length + i, o => o with { Rate = rate, Exports = true }, ended.Token)).ToList();
        try
        {
            // Its domains are made up: nobody is asked about them.
            return await Service.RunAsync(new MailflowOptions { Logs = roots, StateFolder = Path.Combine(folder, "state"), Listen = url, LogLevel = LogLevel.Warning, Enrich = new() { Enabled = false }, EventsSeq = seq is null ? null : new(seq, null) }, TimeProvider.System, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(live);
        }
    }

    static async Task WriteAsync(LogRoot root, string part, int seed, Func<SimulationOptions, SimulationOptions> with, CancellationToken stop)
    {
        using var simulation = new Simulation(with(new SimulationOptions { Folder = Path.Combine(root.Folder, part), Server = root.Server!, Seed = seed, AllLogs = true }), TimeProvider.System);
        await simulation.RunAsync(null, stop);
    }
}
