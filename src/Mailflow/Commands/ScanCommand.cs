using System.CommandLine;
using Mailflow.Configuration;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Scan;
using Spectre.Console;

namespace Mailflow.Commands;

/// <summary><c>scan PATH...</c></summary>
static class ScanCommand
{
    public static Command Make()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Log files, exports, NDR mails, or folders with them (*.log, *.csv, *.json, *.xml, *.clixml, *.evtx, *.eml, *.mbox)."
                + " Wildcards and SERVER=FOLDER are allowed.",
            Arity = ArgumentArity.OneOrMore,
        };
        paths.Validators.Add(r =>
        {
            if (r.Tokens.Any(t => t.Value.Length == 0))
                r.AddError("path '': expected a log file, an export, or a folder with them.");
        });
        var format = Checked.Word("--format", "text, json or csv.", "text", "text", "json", "csv");
        var addresses = Checked.Word("--addresses", "How e-mail addresses are shown: masked or plain.", "masked", "masked", "plain");
        var rules = RulesCommand.Option();
        var zone = Checked.Zone();
        var command = new Command(
            "scan",
            "Read logs and exports once and print a report: failures, deliveries, connections."
            + " Exit code 1: recipients failed; 3: nothing was read, or a given path cannot be read.")
        {
            paths, format, addresses, rules, zone,
        };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetValue(paths)!,
            parsed.GetValue(format)!,
            parsed.GetValue(addresses) == "plain" ? Masking.Plain : Masking.Default,
            parsed.GetValue(rules),
            parsed.GetValue(zone),
            stop));
        return command;
    }

    static async Task<int> RunAsync(string[] paths, string format, Masking masking, string? rulesFile, TimeZoneInfo? zone, CancellationToken stop)
    {
        if (await RulesCommand.ReadAsync(rulesFile) is not { } own)
            return ExitCode.Usage;
        using var scanning = new Scanning(
            Math.Clamp(Environment.ProcessorCount - 1, 1, 8), new TailOptions(), TimeProvider.System, new() { Current = own }, zone: zone);
        var report = await WithProgressAsync(progress => scanning.RunAsync(paths, progress, stop));
        switch (format)
        {
            case "json":
                await using (var output = Console.OpenStandardOutput())
                    ScanJson.Write(report, masking, output);
                break;
            case "csv":
                ScanCsv.Write(report, masking, Console.Out);
                break;
            default:
                ScanText.Write(report, masking, Invocation.Output());
                break;
        }

        foreach (var error in report.Errors)
            await Terminal.TellAsync(error, masking);
        if (report.Errors.Count > 0)
            return ExitCode.Failure;
        return report.Sum(Counters.Failures) > 0 ? ExitCode.BadNews : ExitCode.Good;
    }

    /// <summary>Shows a progress bar on standard error if it is a terminal. Standard output contains only the report.</summary>
    internal static async Task<T> WithProgressAsync<T>(Func<IProgress<ScanProgress>?, Task<T>> scan)
    {
        if (Console.IsErrorRedirected)
            return await scan(null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("Reading");
                return await scan(new Forward(
                    p => (task.MaxValue, task.Value, task.Description) = (Math.Max(1, p.TotalBytes), p.Bytes, $"File {p.Files + 1} of {p.TotalFiles}")));
            });
    }

    sealed class Forward(Action<ScanProgress> report) : IProgress<ScanProgress>
    {
        public void Report(ScanProgress value) => report(value);
    }
}
