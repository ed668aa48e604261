using System.CommandLine;
using Mailflow.Analysis.Tracing;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Trace;

namespace Mailflow.Commands;

/// <summary><c>trace [PATH...]</c>: finds messages in log files, or in the logs that a store knows, and tells their journey.</summary>
static class TraceCommand
{
    /// <summary>A folder that does not answer for this long is given up; there is no limit for the search itself, which shows its progress.</summary>
    static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    static readonly TimeSpan NoDeadline = TimeSpan.FromDays(30);

    public static Command Make()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Message tracking logs, or folders with them. Wildcards are allowed. Without a path: the logs that the store in --state knows.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        paths.Validators.Add(r =>
        {
            if (r.Tokens.Any(t => t.Value.Length == 0))
                r.AddError("path '': expected a message tracking log, or a folder with them.");
        });
        var options = new TraceOptions();
        var command = new Command(
            "trace",
            "Find messages in message tracking logs, and show their way over all servers and the outcome for each recipient."
            + " Exit code 1: nothing found; 3: nothing found, and not everything could be searched.")
        {
            paths,
        };
        foreach (var option in options.All)
            command.Add(option);
        command.SetAction(async (parsed, stop) =>
        {
            var faults = new List<string>();
            var query = options.Query(parsed, TimeProvider.System.GetUtcNow(), TimeZoneInfo.Local, faults);
            var (given, state) = (parsed.GetValue(paths) ?? [], options.StateOf(parsed));
            if (given.Length > 0 && state is not null)
                faults.Add("--state and a path: expected one of them. --state searches the logs that the store knows, a path searches these logs.");
            var missing = given.Length == 0 ? StoreFault(state) : null;
            if (missing is not null && state is null)
                faults.Add(missing);
            foreach (var says in faults)
                await Terminal.TellAsync(says);
            if (faults.Count > 0)
                return ExitCode.Usage;
            if (missing is null)
                return await RunAsync(given, state, query, options.Shown(parsed), stop);
            await Terminal.TellAsync(missing);
            return ExitCode.Failure;
        });
        return command;
    }

    static string StateFolder(string? given) => given ?? Settings.DefaultStateFolder() ?? "";

    static string? StoreFault(string? state)
    {
        var folder = StateFolder(state);
        return state is null && !File.Exists(Path.Combine(folder, Store.FileName))
            ? $"No path is given, and there is no store in {folder}, the default state folder: expected log files or folders, or --state FOLDER."
            : GivenStore.Fault(folder, "log files as paths");
    }

    static async Task<int> RunAsync(string[] paths, string? state, TraceQuery query, TraceShown shown, CancellationToken stop)
    {
        var result = await ScanCommand.WithProgressAsync(progress =>
        {
            var forward = progress is null ? null : new Forward(p => progress.Report(new(p.Done, p.Total, 0, 1)));
            return paths.Length == 0
                ? new StoreTrace(Path.Combine(StateFolder(state), Store.FileName)).FindAsync(query, shown.Limit, NoDeadline, forward, stop)
                : TraceFiles.In(paths, new(NoDeadline, Stall, Math.Clamp(Environment.ProcessorCount, 1, 16)), TimeProvider.System)
                    .FindAsync(query, shown.Limit, after: null, forward, stop);
        });
        var mask = new TraceMask(shown.Masking, query.Asked);
        switch (shown.Format)
        {
            case "json":
                await using (var output = Console.OpenStandardOutput())
                    TraceJson.Write(result, mask, shown.Rows || result.Journeys.Count == 1, output);
                break;
            case "csv":
                TraceCsv.Write(result, mask, Console.Out);
                break;
            default:
                TraceText.Write(result, mask, shown.Rows, Invocation.Output());
                break;
        }

        foreach (var says in result.Incomplete.Concat(result.Remarks))
            await Terminal.TellAsync(says);
        if (result.Searched.Files == 0 && result.Incomplete.Count == 0)
            await Terminal.TellAsync("No log was found: expected message tracking logs (*.log).");
        return result.Journeys.Count > 0 ? ExitCode.Good
            : result.Searched.Files == 0 || result.Incomplete.Count > 0 ? ExitCode.Failure
            : ExitCode.BadNews;
    }

    sealed class Forward(Action<(long Done, long Total)> report) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => report(value);
    }
}
