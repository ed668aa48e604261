using System.Globalization;
using System.Text.Json;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Notices;
using Mailflow.Printing;
using Spectre.Console;

namespace Mailflow.Commands;

/// <summary>What <c>explain</c> says about one status text: for a person, and as JSON.</summary>
static class Explanation
{
    /// <summary>The cause of what is no failure.</summary>
    const string NoCause = "none";

    public static void Json(Utf8JsonWriter json, Diagnosis diagnosis, StatusNotice notice, AdviceValues given, AdviceJson commands)
    {
        if (notice.Report is { } report)
            Report(json, report);
        var isGood = diagnosis.IsSuccess || notice.IsGood;
        if (diagnosis.Smtp is { } smtp)
            json.WriteNumber("smtp", smtp);
        else
            json.WriteNull("smtp");
        json.WriteString("enhanced", diagnosis.Enhanced);
        json.WriteString("cause", isGood ? NoCause : diagnosis.Cause.Name());
        json.WriteString("sub_reason", diagnosis.SubReason);
        json.WriteString("guide_cause", isGood ? NoCause : CauseTable.Of(diagnosis.Cause).GuideCause);
        json.WriteString("permanence", diagnosis.Permanence.Name());
        json.WriteString("fault", diagnosis.Fault.Name());
        json.WriteNumber("confidence", isGood ? 1 : Math.Round(diagnosis.Confidence, 3));
        json.WriteStartArray("evidence");
        foreach (var evidence in diagnosis.Evidence)
        {
            json.WriteStartObject();
            json.WriteNumber("part", evidence.Part);
            json.WriteString("kind", evidence.Kind);
            json.WriteString("found", evidence.Found);
            json.WriteString("says", evidence.Says);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("facts");
        foreach (var fact in notice.Facts)
            json.WriteString(fact.Name, fact.Value);
        json.WriteEndObject();
        Advice(json, diagnosis, isGood, AdviceValues.Of(diagnosis, notice.Facts, given), commands);
        json.WriteString("text", notice.Text);
    }

    // The fields of a report, word for word. A field that it does not have is null.
    static void Report(Utf8JsonWriter json, RecipientReport report)
    {
        json.WriteString("report", report.Kind);
        json.WriteString("recipient", report.Recipient);
        json.WriteString("original_recipient", report.Original);
        json.WriteString("action", report.Action);
        json.WriteString("status", report.Status);
        json.WriteString("diagnostic", report.Diagnostic);
        json.WriteString("remote_mta", report.RemoteMta);
        json.WriteString("reporting_mta", report.ReportingMta);
    }

    static void Advice(Utf8JsonWriter json, Diagnosis diagnosis, bool isGood, AdviceValues values, AdviceJson commands)
    {
        var choice = AdviceChoice.Of(diagnosis, values);
        json.WriteString("advice", isGood ? Advised.NothingToDo : diagnosis.DecidedBy?.Advice ?? choice.Check);
        json.WritePropertyName("commands");
        if (isGood)
            json.WriteRawValue("[]");
        else
            commands.Write(json, choice, values);
        json.WriteString("page", isGood ? CauseTable.Of(diagnosis.Cause).Page : choice.Row.Page);
    }

    public static void Show(Diagnosis diagnosis, StatusNotice notice, AdviceValues given, IAnsiConsole console)
    {
        if (diagnosis.IsSuccess || notice.IsGood)
        {
            ShowGood(notice, console);
            return;
        }

        var facts = notice.Facts;
        var advised = Advised.Of(diagnosis, facts, AdviceValues.Of(diagnosis, facts, given));
        var kind = diagnosis.SubReason is null ? "" : $" ({diagnosis.SubReason})";
        console.MarkupLine($"[bold]{Markup.Escape(diagnosis.Cause.Name() + kind)}[/]: {Markup.Escape(advised.Meaning)}");
        var grid = new Grid().AddColumn(new GridColumn().PadRight(2).NoWrap()).AddColumn();
        foreach (var line in advised.Facts)
            grid.AddRow(line == advised.Facts[0] ? "the reply says" : "", Markup.Escape(Printable.Of(line)));
        var smtp = diagnosis.Smtp?.ToString(CultureInfo.InvariantCulture) ?? "none";
        grid.AddRow("code", Markup.Escape($"SMTP {smtp}, enhanced status code {diagnosis.Enhanced ?? "none"}"));
        grid.AddRow("permanence", diagnosis.Permanence.Name());
        grid.AddRow("responsible", Side(diagnosis.Fault));
        grid.AddRow("confidence", diagnosis.Confidence.ToString("P0", CultureInfo.InvariantCulture));
        foreach (var evidence in diagnosis.Evidence)
        {
            var part = evidence.Part > 0 ? $" in nested error {evidence.Part}" : "";
            grid.AddRow("evidence", Markup.Escape($"{evidence.Kind} '{Printable.Of(evidence.Found)}'{part}: {evidence.Says}"));
        }

        grid.AddRow("what to do", Markup.Escape(advised.Check));
        grid.AddRow("details", Markup.Escape(Document(CauseTable.Of(diagnosis.Cause).Page)));
        console.Write(grid);
        // Commands are not wrapped at the terminal's width: a line that begins with | cannot be pasted into Windows PowerShell.
        var output = console.Profile.Out.Writer;
        foreach (var group in advised.Commands.GroupBy(c => (c.Purpose, c.Command.Shell)))
        {
            output.WriteLine();
            output.WriteLine($"{group.Key.Purpose.Title()} ({group.Key.Shell.Title()}):");
            foreach (var line in group.SelectMany(c => c.Command.Lines()))
                output.WriteLine("  " + Printable.Of(line));
        }

        output.WriteLine();
    }

    static void ShowGood(StatusNotice notice, IAnsiConsole console)
    {
        console.WriteLine(notice switch
        {
            { Report.Kind: "feedback-report" } => "This is a feedback report (ARF): somebody complains about a message that was delivered. Nothing failed.",
            { Action: DeliveryAction.None } => "This is a read receipt (MDN): the message arrived. Nothing failed.",
            { Action: DeliveryAction.Unknown } => "This is a success reply (2xx): nothing failed.",
            _ => $"The report says '{notice.Action.ToString().ToLowerInvariant()}': nothing failed.",
        });
        if (notice.Facts.Count > 0)
        {
            var grid = new Grid().AddColumn(new GridColumn().PadRight(2).NoWrap()).AddColumn();
            foreach (var fact in notice.Facts)
                grid.AddRow(Markup.Escape(fact.Name), Markup.Escape(Printable.Of(fact.Value)));
            console.Write(grid);
        }

        console.WriteLine();
    }

    static string Side(Fault fault) => fault switch
    {
        Fault.Ours => "our side",
        Fault.Theirs => "remote side",
        Fault.Sender => "sender",
        Fault.Policy => "policy rule",
        _ => "unknown",
    };

    /// <summary>The file of a document in the program's folder; if it does not exist, the address on the page.</summary>
    static string Document(string page)
    {
        var file = Path.GetFullPath(page, AppContext.BaseDirectory);
        return File.Exists(file) ? file : $"/{page} on the Mailflow page";
    }
}
