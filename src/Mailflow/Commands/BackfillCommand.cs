using System.CommandLine;
using System.Globalization;
using Mailflow.Printing;
using Mailflow.Scan;

namespace Mailflow.Commands;

/// <summary><c>backfill PATH... --output FILE</c>: the history of the counters for Prometheus.</summary>
static class BackfillCommand
{
    public static Command Make()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Logs, or folders with them: the same that the service reads. Wildcards and SERVER=FOLDER are allowed.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The OpenMetrics file to write. It appears when it is complete.",
            HelpName = "file",
            Required = true,
        }.NotEmpty("a file");
        var step = Checked.Word("--step", "Time between two samples: 1m, 2m or 5m. Queries look back 5 minutes.", "1m", "1m", "2m", "5m");
        var job = new Option<string>("--job")
        {
            Description = "The label job of the scrape.",
            HelpName = "name",
            DefaultValueFactory = _ => "mailflow",
        }.NotEmpty("a name");
        var instance = new Option<string>("--instance")
        {
            Description = "The label instance of the scrape: the target, as the configuration of Prometheus has it.",
            HelpName = "host:port",
            DefaultValueFactory = _ => "localhost:9464",
        }.NotEmpty("a target");
        var rules = RulesCommand.Option();
        var command = new Command(
            "backfill",
            "Write the history of the counters as OpenMetrics, for promtool tsdb create-blocks-from openmetrics: see docs/monitoring.md."
            + " Exit code 3: nothing was read, or a given path cannot be read.")
        {
            paths, output, step, job, instance, rules,
        };
        command.SetAction(async (parsed, stop) =>
        {
            if (await RulesCommand.ReadAsync(parsed.GetValue(rules)) is not { } own)
                return ExitCode.Usage;
            using var backfill = new Backfill(
                TimeSpan.FromMinutes(int.Parse(parsed.GetValue(step)!.TrimEnd('m'), CultureInfo.InvariantCulture)),
                [("instance", parsed.GetValue(instance)!), ("job", parsed.GetValue(job)!)], new(), TimeProvider.System, new() { Current = own });
            return await WriteAsync(backfill, parsed.GetValue(paths)!, parsed.GetValue(output)!, stop);
        });
        return command;
    }

    static async Task<int> WriteAsync(Backfill backfill, string[] paths, string file, CancellationToken stop)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is not { } folder || !Directory.Exists(folder) || Directory.Exists(file))
        {
            await Terminal.TellAsync($"--output {file}: expected a file in a folder that exists.");
            return ExitCode.Usage;
        }

        var result = await ScanCommand.WithProgressAsync(progress => backfill.RunAsync(paths, file, progress, stop));
        foreach (var error in result.Report.Errors)
            await Terminal.TellAsync(error);
        if (result.Samples == 0)
        {
            await Terminal.TellAsync("No row with a time was read: expected logs (*.log) or folders with them. No file was written.");
            return ExitCode.Failure;
        }

        await Terminal.TellAsync(
            $"{TextLines.Number(result.Samples)} samples of {TextLines.Number(result.Series)} series, {result.From:yyyy-MM-dd HH:mm} to"
            + $" {result.To:yyyy-MM-dd HH:mm} UTC, from {TextLines.Count(result.Report.Files, "file")}.");
        return result.Report.Errors.Count > 0 ? ExitCode.Failure : ExitCode.Good;
    }
}
