using System.CommandLine;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Trace;

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
        var since = new Option<string>("--since") { Description = $"Only incidents that were open at this time or later: {TraceTime.Allowed}.", HelpName = "time" }
            .NotEmpty("a time, for example --since 2d");
        var open = new Option<bool>("--open") { Description = "Only incidents that are open at the end of the logs." };
        var format = Checked.Word("--format", "text or json.", "text", "text", "json");
        var addresses = Checked.Word("--addresses", "How e-mail addresses are shown: masked or plain.", "masked", "masked", "plain");
        var rules = RulesCommand.Option();
        var command = new Command(
            "incidents",
            "Show outages: what is wrong, since when, how bad, on whose side, what to do, and whether it is over."
            + " Exit code 1: an incident is open; 3: nothing was read, or a given path cannot be read.")
        {
            paths, since, open, format, addresses, rules,
        };
        command.SetAction(async (parsed, stop) =>
        {
            DateTime? from = null;
            if (parsed.GetValue(since) is { } text)
            {
                from = TraceTime.Read(text, TimeProvider.System.GetUtcNow(), TimeZoneInfo.Local);
                if (from is null)
                {
                    await Terminal.TellAsync($"--since {text}: expected {TraceTime.Allowed}.");
                    return ExitCode.Usage;
                }
            }

            if (await RulesCommand.ReadAsync(parsed.GetValue(rules)) is not { } own)
                return ExitCode.Usage;
            var masking = parsed.GetValue(addresses) == "plain" ? Masking.Plain : Masking.Default;
            var found = await ScanCommand.WithProgressAsync(progress => IncidentScan.RunAsync(
                parsed.GetValue(paths)!, Math.Clamp(Environment.ProcessorCount - 1, 1, 8), new() { Current = own }, TimeProvider.System, progress, stop));
            IReadOnlyList<Incident> shown =
                [.. found.Incidents.Where(i => i.Closed is null || (!parsed.GetValue(open) && (from is null || i.Closed >= from)))];
            await ShowAsync(shown, from, found.Until, parsed.GetValue(format)!, masking);
            return await EndAsync(found, masking);
        });
        return command;
    }

    static async Task ShowAsync(IReadOnlyList<Incident> incidents, DateTime? since, DateTime? until, string format, Masking masking)
    {
        if (format == "json")
        {
            await using var output = Console.OpenStandardOutput();
            IncidentJson.Write(incidents, until, masking, output);
            return;
        }

        var console = Invocation.Output();
        IncidentText.Write(incidents, since, until, masking, new TextLines(console.Profile.Out.Writer, console.Profile.Capabilities.Unicode));
    }

    static async Task<int> EndAsync(FoundIncidents found, Masking masking)
    {
        foreach (var error in found.Report.Errors)
            await Terminal.TellAsync(error, masking);
        if (found.LeftOut > 0)
            await Terminal.TellAsync($"{TextLines.Number(found.LeftOut)} facts were left out: their time is in the future or before 1970.");
        if (found.Until is null && found.Report.Errors.Count == 0)
            await Terminal.TellAsync("No message tracking row was read: expected message tracking logs (*.log) or folders with them.");
        return found.Report.Errors.Count > 0 || found.Until is null ? ExitCode.Failure
            : found.Incidents.Any(i => i.Closed is null) ? ExitCode.BadNews
            : ExitCode.Good;
    }
}
