using System.CommandLine;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Trace;

namespace Mailflow.Commands;

/// <summary><c>incidents (--state FOLDER | PATH...)</c>: the outages that logs show, or those that a store has.</summary>
static class IncidentsCommand
{
    /// <summary>What is shown, and how.</summary>
    sealed record Shown(DateTime? Since, bool OnlyOpen, string Format, Masking Masking);

    public static Command Make()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Message tracking logs, or folders with them. Wildcards and SERVER=FOLDER are allowed.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        paths.Validators.Add(r =>
        {
            if (r.Tokens.Any(t => t.Value.Length == 0))
                r.AddError("path '': expected a message tracking log, or a folder with them.");
        });
        var state = new Option<string>("--state")
        {
            Description = "Folder of a store (State:Folder), of a running or a stopped program: its incidents are shown, and no log is read.",
            HelpName = "folder",
        }.NotEmpty("a folder");
        var since = new Option<string>("--since")
        {
            Description = $"Only incidents that were open at this time or later: {TraceTime.Allowed}.",
            HelpName = "time",
        }.NotEmpty("a time, for example --since 2d");
        var open = new Option<bool>("--open") { Description = "Only incidents that are open at the end of the logs." };
        var format = Checked.Word("--format", "text or json.", "text", "text", "json");
        var addresses = Checked.Word("--addresses", "How e-mail addresses are shown: masked or plain.", "masked", "masked", "plain");
        var rules = RulesCommand.Option();
        var zone = Checked.Zone();
        var command = new Command(
            "incidents",
            "Show outages: what is wrong, since when, how severe, on whose side, what to do, and whether it is over."
            + " Exit code 1: an incident is open; 3: nothing was read, or a given path or an incident of the store cannot be read.")
        {
            paths, state, since, open, format, addresses, rules, zone,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var (given, folder, faults) = (parsed.GetValue(paths) ?? [], parsed.GetValue(state), new List<string>());
            if (given.Length > 0 && folder is not null)
                faults.Add("--state and a path: expected one of them. --state shows the incidents of a store, a path reads these logs.");
            else if (given.Length == 0 && folder is null)
                faults.Add("No path is given: expected message tracking logs or folders with them, or --state FOLDER.");
            DateTime? from = parsed.GetValue(since) is { } text ? Time(text, faults) : null;
            foreach (var fault in faults)
                await Terminal.TellAsync(fault);
            if (faults.Count > 0)
                return ExitCode.Usage;
            var masking = parsed.GetValue(addresses) == "plain" ? Masking.Plain : Masking.Default;
            var shown = new Shown(from, parsed.GetValue(open), parsed.GetValue(format)!, masking);
            return folder is null ? await OfLogsAsync(given, parsed.GetValue(rules), parsed.GetValue(zone), shown, stop) : await OfStoreAsync(folder, shown);
        });
        return command;
    }

    static DateTime? Time(string text, List<string> faults)
    {
        var time = TraceTime.Read(text, TimeProvider.System.GetUtcNow(), TimeZoneInfo.Local);
        if (time is null)
            faults.Add($"--since {text}: expected {TraceTime.Allowed}.");
        return time;
    }

    static async Task<int> OfLogsAsync(string[] paths, string? rulesFile, TimeZoneInfo? zone, Shown shown, CancellationToken stop)
    {
        if (await RulesCommand.ReadAsync(rulesFile) is not { } own)
            return ExitCode.Usage;
        var found = await ScanCommand.WithProgressAsync(progress => IncidentScan.RunAsync(
            paths, Math.Clamp(Environment.ProcessorCount - 1, 1, 8), new() { Current = own }, TimeProvider.System, progress, stop, zone: zone));
        await ShowAsync(found.Incidents, found.Until, shown);
        foreach (var error in found.Report.Errors)
            await Terminal.TellAsync(error, shown.Masking);
        if (found.LeftOut > 0)
            await Terminal.TellAsync($"{TextLines.Number(found.LeftOut)} failures and deliveries were ignored: their time is in the future or before 1970.");
        if (found.Until is null && found.Report.Errors.Count == 0)
            await Terminal.TellAsync("No message tracking row was read: expected message tracking logs (*.log) or folders with them.");
        return found.Report.Errors.Count > 0 || found.Until is null ? ExitCode.Failure : EndOf(found.Incidents);
    }

    static async Task<int> OfStoreAsync(string folder, Shown shown)
    {
        if (GivenStore.Fault(folder, "logs as paths") is { } fault)
        {
            await Terminal.TellAsync(fault);
            return ExitCode.Failure;
        }

        var stored = StoreIncidents.Read(Path.Combine(folder, Store.FileName));
        await ShowAsync(stored.Incidents, stored.Until, shown);
        if (stored.Unread > 0)
            await Terminal.TellAsync($"{TextLines.Number(stored.Unread)} incidents cannot be read: they are damaged or were written by a newer version.");
        return stored.Unread > 0 ? ExitCode.Failure : EndOf(stored.Incidents);
    }

    static int EndOf(IReadOnlyList<Incident> incidents) => incidents.Any(i => i.Closed is null) ? ExitCode.BadNews : ExitCode.Good;

    static async Task ShowAsync(IReadOnlyList<Incident> incidents, DateTime? until, Shown shown)
    {
        IReadOnlyList<Incident> some = [.. incidents.Where(i => i.Closed is null || (!shown.OnlyOpen && (shown.Since is null || i.Closed >= shown.Since)))];
        if (shown.Format == "json")
        {
            await using var output = Console.OpenStandardOutput();
            IncidentJson.Write(some, until, shown.Masking, output);
            return;
        }

        var console = Invocation.Output();
        IncidentText.Write(some, shown.Since, until, shown.Masking, new TextLines(console.Profile.Out.Writer, console.Profile.Capabilities.Unicode));
    }
}
