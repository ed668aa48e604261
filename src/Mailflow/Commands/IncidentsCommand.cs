using System.CommandLine;
using Mailflow.Incidents;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Commands;

/// <summary><c>incidents PATH...</c>: the outages that logs show.</summary>
static class IncidentsCommand
{
    public static Command Make()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Message tracking logs, or folders with them. Wildcards and SERVER=FOLDER are allowed.",
            Arity = ArgumentArity.OneOrMore,
        };
        paths.Validators.Add(r =>
        {
            if (r.Tokens.Any(t => t.Value.Length == 0))
                r.AddError("path '': expected a message tracking log, or a folder with them.");
        });
        var format = Checked.Word("--format", "text or json.", "text", "text", "json");
        var addresses = Checked.Word("--addresses", "How e-mail addresses are shown: masked or plain.", "masked", "masked", "plain");
        var rules = RulesCommand.Option();
        var command = new Command("incidents", "Show outages: what is wrong, since when, how bad, on whose side, what to do, and whether it is over.")
        {
            paths, format, addresses, rules,
        };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetValue(paths)!, parsed.GetValue(addresses) == "plain" ? Masking.Plain : Masking.Default, parsed.GetValue(rules), stop));
        return command;
    }

    static async Task<int> RunAsync(string[] paths, Masking masking, string? rulesFile, CancellationToken stop)
    {
        if (await RulesCommand.ReadAsync(rulesFile) is not { } own)
            return ExitCode.Usage;
        var found = await ScanCommand.WithProgressAsync(progress => IncidentScan.RunAsync(
            paths, Math.Clamp(Environment.ProcessorCount - 1, 1, 8), new() { Current = own }, TimeProvider.System, progress, stop));
        await using (var output = Console.OpenStandardOutput())
            IncidentJson.Write(found.Incidents, masking, output);
        foreach (var error in found.Report.Errors)
            await Terminal.TellAsync(error, masking);
        if (found.Report.Errors.Count > 0)
            return ExitCode.Failure;
        return found.Incidents.Any(i => i.Closed is null) ? ExitCode.BadNews : ExitCode.Good;
    }
}
