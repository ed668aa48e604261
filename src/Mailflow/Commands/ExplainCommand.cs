using System.CommandLine;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Notices;
using Mailflow.Printing;
using Spectre.Console;

namespace Mailflow.Commands;

/// <summary><c>explain [TEXT...]</c></summary>
static class ExplainCommand
{
    public static Command Make()
    {
        var text = new Argument<string[]>("text")
        {
            Description = "The status text, for example: 550 5.1.1 User unknown. Without it, standard input is read: an NDR (.eml, or its text), "
                + "a pasted Get-MessageTrackingLog | Format-List, or a list with one status text per line.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var format = Checked.Word("--format", "text or json. json: one object per line and status text.", "text", "text", "json");
        var rules = RulesCommand.Option();
        var file = new Option<string>("--file") { Description = "Reads this file instead of standard input.", HelpName = "file" };
        var eachLine = new Option<bool>("--each-line") { Description = "Each line is a status text, whatever the input looks like." };
        var oneText = new Option<bool>("--one-text") { Description = "The whole input is one text, whatever it looks like." };
        Option<string>[] places = [Place("recipient"), Place("domain"), Place("connector"), Place("server")];
        var command = new Command("explain", "Explain a status text (NDR, queue or log): cause, responsible side, evidence, and what to do.")
        {
            text, format, file, eachLine, oneText, rules,
        };
        foreach (var place in places)
            command.Add(place);
        command.Validators.Add(r =>
        {
            if (r.GetValue(eachLine) && r.GetValue(oneText))
                r.AddError("--each-line and --one-text exclude each other: give one of them.");
            if (r.GetValue(file) is not null && r.GetValue(text) is { Length: > 0 })
                r.AddError("--file and a status text exclude each other: give one of them.");
        });
        command.SetAction((parsed, stop) =>
        {
            var shape = parsed.GetValue(eachLine) ? InputShape.EachLine : parsed.GetValue(oneText) ? InputShape.OneText : InputShape.Auto;
            return RunAsync(parsed.GetValue(text)!, parsed.GetValue(file), shape, parsed.GetValue(format)!, [.. places.Select(parsed.GetValue)],
                parsed.GetValue(rules), stop);
        });
        return command;
    }

    static Option<string> Place(string name) => new("--" + name) { Description = $"Value for {{{name}}} in the commands." };

    /// <param name="places">Recipient, domain, connector and server; null if not given.</param>
    static async Task<int> RunAsync(
        string[] words, string? file, InputShape shape, string format, string?[] places, string? rulesFile, CancellationToken stop)
    {
        if (await RulesCommand.ReadAsync(rulesFile) is not { } own)
            return ExitCode.Usage;
        if (file is null && ExplainInput.FileIn(words) is { } named)
        {
            await Terminal.TellAsync($"Reading the file {named}. (The same: --file {named})");
            (words, file) = ([], named);
        }

        if (file is not null && !File.Exists(file))
        {
            await Terminal.TellAsync($"--file {file}: there is no such file.");
            return ExitCode.Usage;
        }

        var explained = false;
        var notices = words.Length > 0 ? ExplainInput.Of(words, shape).ToAsyncEnumerable()
            : file is not null ? ExplainInput.OfFileAsync(file, shape, stop) : ExplainInput.OfStandardInputAsync(shape, stop);
        await foreach (var notice in notices.WithCancellation(stop))
        {
            explained = true;
            await WriteAsync(notice, format, places, own);
        }

        if (explained)
            return ExitCode.Good;
        await Terminal.TellAsync("Nothing to explain. Give a status text, or one per line on standard input.");
        return ExitCode.Usage;
    }

    static async Task WriteAsync(StatusNotice notice, string format, string?[] places, OwnRules own)
    {
        var diagnosis = notice.Diagnose(own);
        if (format == "json")
            await Console.Out.WriteLineAsync(Json(diagnosis, notice.Text, notice.Facts));
        else
            Show(diagnosis, notice.Facts, places, Invocation.Output());
    }

    internal static string Json(Diagnosis diagnosis, string text, IReadOnlyList<Fact> facts) =>
        ReadableJson.Object(json =>
        {
            if (diagnosis.Smtp is { } smtp)
                json.WriteNumber("smtp", smtp);
            else
                json.WriteNull("smtp");
            json.WriteString("enhanced", diagnosis.Enhanced);
            json.WriteString("cause", diagnosis.Cause.Name());
            json.WriteString("sub_reason", diagnosis.SubReason);
            json.WriteString("guide_cause", CauseTable.Of(diagnosis.Cause).GuideCause);
            json.WriteString("permanence", diagnosis.Permanence.Name());
            json.WriteString("fault", diagnosis.Fault.Name());
            json.WriteNumber("confidence", Math.Round(diagnosis.Confidence, 3));
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
            foreach (var fact in facts)
                json.WriteString(fact.Name, fact.Value);
            json.WriteEndObject();
            json.WriteString("text", text);
        });

    static void Show(Diagnosis diagnosis, IReadOnlyList<Fact> said, string?[] places, IAnsiConsole console)
    {
        if (diagnosis.IsSuccess)
        {
            console.WriteLine("This is a success reply (2xx): nothing failed.");
            console.WriteLine();
            return;
        }
        var facts = CauseTable.Of(diagnosis.Cause);
        var kind = diagnosis.SubReason is null ? "" : $" ({diagnosis.SubReason})";
        console.MarkupLine($"[bold]{Markup.Escape(facts.Name + kind)}[/]: {Markup.Escape(facts.Summary)}");
        var grid = new Grid().AddColumn(new GridColumn().PadRight(2).NoWrap()).AddColumn();
        var smtp = diagnosis.Smtp?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none";
        grid.AddRow("code", Markup.Escape($"SMTP {smtp}, enhanced status code {diagnosis.Enhanced ?? "none"}"));
        grid.AddRow("permanence", diagnosis.Permanence.Name());
        grid.AddRow("responsible", Side(diagnosis.Fault));
        grid.AddRow("confidence", diagnosis.Confidence.ToString("P0", System.Globalization.CultureInfo.InvariantCulture));
        foreach (var fact in said)
            grid.AddRow(Markup.Escape(fact.Name), Markup.Escape($"{Printable.Of(fact.Value)}: {fact.Says}"));
        foreach (var evidence in diagnosis.Evidence)
        {
            var part = evidence.Part > 0 ? $" in nested error {evidence.Part}" : "";
            grid.AddRow("evidence", Markup.Escape($"{evidence.Kind} '{Printable.Of(evidence.Found)}'{part}: {evidence.Says}"));
        }

        if (diagnosis.DecidedBy?.Advice is { } advice)
            grid.AddRow("your advice", Markup.Escape(Printable.Of(advice)));
        grid.AddRow("what to do", Markup.Escape(facts.Advice));
        grid.AddRow("details", Markup.Escape(Document(facts.Page)));
        console.Write(grid);
        // Commands are not wrapped at the terminal's width: a line that begins with | cannot be pasted into Windows PowerShell.
        var recipient = places[0] ?? said.Value("recipient") ?? AddressIn(diagnosis.Text);
        foreach (var line in facts.CommandsFor(places[1] ?? recipient?[(recipient.LastIndexOf('@') + 1)..], places[2], recipient, places[3]))
            console.Profile.Out.Writer.WriteLine("  " + Printable.Of(line));
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

    /// <summary>The first address in the text, usually the recipient's.</summary>
    internal static string? AddressIn(string text)
    {
        var word = text.Split([' ', '\t', '\r', '\n', '<', '>', '"', '(', ')', '[', ']', ',', ';', ':'], StringSplitOptions.RemoveEmptyEntries)
            .Select(w => w.Trim('\''))
            .FirstOrDefault(w => w.IndexOf('@', StringComparison.Ordinal) > 0);
        if (word is null)
            return null;
        // After a letter, an apostrophe is part of a name (o'brien). Elsewhere it is a quotation mark (user='ann@contoso.com').
        var start = word.IndexOf('@', StringComparison.Ordinal);
        while (start > 0 && (word[start - 1] != '\'' || (start > 1 && char.IsLetterOrDigit(word[start - 2]))))
            start--;
        var end = word.IndexOf('\'', word.IndexOf('@', StringComparison.Ordinal));
        return word[start..(end < 0 ? word.Length : end)].TrimEnd('.') is { Length: > 1 } address && address[0] != '@' ? address : null;
    }
}
