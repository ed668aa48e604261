using System.CommandLine;
using System.Globalization;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Reports;
using Mailflow.Trace;

namespace Mailflow.Commands;

/// <summary><c>report (--state FOLDER | PATH...)</c>: how mail flowed in a time.</summary>
static class ReportCommand
{
    /// <summary>What is asked for.</summary>
    sealed record Asked(string[] Paths, string? State, ReportTime? Time, string Format, double Objective, string? Rules, Masking Masking, TimeZoneInfo? Zone);

    public static Command Make()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Message tracking logs, or folders with them. Wildcards and SERVER=FOLDER are allowed.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var state = new Option<string>("--state") { Description = "Folder of a store (State:Folder), of a running or a stopped program.", HelpName = "folder" }
            .NotEmpty("a folder");
        var since = new Option<string>("--since")
        {
            Description = $"Start of the time: {TraceTime.Allowed}. Default: yesterday; of paths, all that they have.",
            HelpName = "time",
        };
        var until = new Option<string>("--until")
        {
            Description = "End of the time. Default: now; if --since is not given or is yesterday, today.",
            HelpName = "time",
        };
        var against = Checked.Word("--against", "What it is compared with: previous (the time just before) or last-week.", "previous", "previous", "last-week");
        var format = Checked.Word("--format", "text, markdown, html or json.", "text", "text", "markdown", "html", "json");
        var objective = Checked.Number("--objective", "The percentage of recipients that must be reached.", 50, 99.999, 99);
        var addresses = Checked.Word("--addresses", "How e-mail addresses are shown: masked or plain.", "masked", "masked", "plain");
        var rules = RulesCommand.Option();
        var zone = Checked.Zone();
        var command = new Command(
            "report",
            "Report of a day or another time: verdict, volumes, incidents, changes, reasons with advice, what ends soon."
            + " Exit code 1: action is needed on our side, or the objective was missed; 3: nothing was read, or a given path cannot be read.")
        {
            paths, state, since, until, against, format, objective, addresses, rules, zone,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var (given, folder, faults) = (parsed.GetValue(paths) ?? [], parsed.GetValue(state), new List<string>());
            if (given.Length > 0 && folder is not null)
                faults.Add("--state and a path: expected one of them. --state reports from a store, a path from these logs.");
            else if (given.Length == 0 && folder is null)
                faults.Add("No path is given: expected message tracking logs or folders with them, or --state FOLDER.");
            var time = TimeOf(parsed.GetValue(since), parsed.GetValue(until), parsed.GetValue(against) == "last-week", folder is not null, faults);
            foreach (var fault in faults)
                await Terminal.TellAsync(fault);
            if (faults.Count > 0)
                return ExitCode.Usage;
            var masking = parsed.GetValue(addresses) == "plain" ? Masking.Plain : Masking.Default;
            return await RunAsync(
                new(given, folder, time, parsed.GetValue(format)!, parsed.GetValue(objective)!.Value / 100, parsed.GetValue(rules), masking,
                    parsed.GetValue(zone)),
                stop);
        });
        return command;
    }

    /// <summary>The period; null: all that the paths have.</summary>
    static ReportTime? TimeOf(string? since, string? until, bool lastWeek, bool ofStore, List<string> faults)
    {
        if (since is null && until is null && !ofStore)
            return null;
        var isYesterday = since?.Equals("yesterday", StringComparison.OrdinalIgnoreCase) ?? true;
        var from = Time("--since", since ?? "yesterday", faults);
        var to = Time("--until", until ?? (isYesterday ? "today" : "now"), faults);
        if (faults.Count > 0)
            return null;
        var latest = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1);
        if (from > latest)
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"--since {from:yyyy-MM-ddTHH:mmZ} is in the future: expected an earlier time."));
        if (to > latest)
            to = latest;
        if (from >= to && faults.Count == 0)
            faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"--since {from:yyyy-MM-ddTHH:mmZ} is not before --until {to:yyyy-MM-ddTHH:mmZ}: expected an earlier time."));
        if (faults.Count > 0)
            return null;
        // What is counted is what the report says: the history has quarters of an hour, in a store only hours where it is older.
        var step = ofStore && from < latest - RollupTables.KeepQuarters ? RollupTables.Hour : RollupTables.Quarter;
        var end = until is null or "now" ? to!.Value : Down(to!.Value.Add(step).AddTicks(-1), step);
        return ReportTime.Of(Down(from!.Value, step), end, lastWeek);
    }

    static DateTime Down(DateTime time, TimeSpan step) => time.AddTicks(-(time.Ticks % step.Ticks));

    static DateTime? Time(string option, string text, List<string> faults)
    {
        var time = TraceTime.Read(text, TimeProvider.System.GetUtcNow(), TimeZoneInfo.Local);
        if (time is null)
            faults.Add($"{option} {text}: expected {TraceTime.Allowed}.");
        return time;
    }

    static async Task<int> RunAsync(Asked asked, CancellationToken stop)
    {
        MailReport report;
        FoundIncidents? found = null;
        if (asked.State is { } folder)
        {
            if (GivenStore.Fault(folder, "logs as paths") is { } fault)
            {
                await Terminal.TellAsync(fault);
                return ExitCode.Failure;
            }

            var path = Path.Combine(folder, Store.FileName);
            report = StoreReport.Read(path, asked.Time!, checks: null, TimeProvider.System.GetUtcNow(), TimeZoneInfo.Local);
        }
        else
        {
            if (await RulesCommand.ReadAsync(asked.Rules) is not { } own)
                return ExitCode.Usage;
            (report, found) = await ScanCommand.WithProgressAsync(progress => LogReport.RunAsync(
                asked.Paths, asked.Time, Math.Clamp(Environment.ProcessorCount - 1, 1, 8), new() { Current = own }, TimeProvider.System, TimeZoneInfo.Local,
                progress, stop, asked.Zone));
        }

        report = report with { Objective = asked.Objective };
        await ShowAsync(report, asked);
        foreach (var error in found?.Report.Errors ?? [])
            await Terminal.TellAsync(error, asked.Masking);
        if (found is not null && (found.Report.Errors.Count > 0 || found.Until is null))
            return ExitCode.Failure;
        return ReportVerdict.Of(report).IsGood ? ExitCode.Good : ExitCode.BadNews;
    }

    static async Task ShowAsync(MailReport report, Asked asked)
    {
        if (asked.Format == "json")
        {
            await using var output = Console.OpenStandardOutput();
            ReportJson.Write(report, asked.Masking, output);
            return;
        }

        var document = ReportWriting.Of(report, asked.Masking);
        var console = Invocation.Output();
        if (asked.Format == "text")
            ReportText.Write(document, new TextLines(console.Profile.Out.Writer, console.Profile.Capabilities.Unicode));
        else
            await Console.Out.WriteAsync(asked.Format == "html" ? ReportHtml.Write(document) : ReportText.Markdown(document));
    }
}
