using System.CommandLine;
using Mailflow.Analysis.Advising;
using Mailflow.Printing;
using Command = System.CommandLine.Command;

namespace Mailflow.Commands;

/// <summary><c>explain [TEXT...]</c></summary>
static class ExplainCommand
{
    public static Command Make()
    {
        var text = new Argument<string[]>("text")
        {
            Description = "The status text, for example: 550 5.1.1 User unknown. Without it, standard input is read: an NDR (.eml, mbox, or its text), "
                + "a pasted Get-MessageTrackingLog | Format-List, or a list with one status text per line.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var format = Checked.Word("--format", "text or json. json: one object per line and status text.", "text", "text", "json");
        var rules = RulesCommand.Option();
        var file = new Option<string>("--file") { Description = "Reads this file instead of standard input.", HelpName = "file" };
        var eachLine = new Option<bool>("--each-line", "--lines") { Description = "Each line is a status text, whatever the input looks like." };
        var oneText = new Option<bool>("--one-text") { Description = "The whole input is one text, whatever it looks like." };
        var values = new ValueOptions();
        var command = new Command("explain", "Explain a status text (NDR, queue or log): cause, responsible side, evidence, and what to do.")
        {
            text, format, file, eachLine, oneText, rules,
        };
        values.AddTo(command);
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
            return RunAsync(parsed.GetValue(text)!, parsed.GetValue(file), shape, parsed.GetValue(format)!, values.Of(parsed), parsed.GetValue(rules), stop);
        });
        return command;
    }

    static async Task<int> RunAsync(
        string[] words, string? file, InputShape shape, string format, AdviceValues given, string? rulesFile, CancellationToken stop)
    {
        if (await RulesCommand.ReadAsync(rulesFile) is not { } own || await InputAsync(words, file) is not { } input)
            return ExitCode.Usage;
        (words, file) = input;
        var explained = false;
        var refused = new List<string>();
        var notices = words.Length > 0 ? ExplainInput.Of(words, shape).ToAsyncEnumerable()
            : file is not null ? ExplainInput.OfFileAsync(file, shape, refused, stop) : ExplainInput.OfStandardInputAsync(shape, refused, stop);
        await using var output = format == "json" ? Console.OpenStandardOutput() : Stream.Null;
        using var json = format == "json" ? new JsonLines(output) : null;
        var commands = new AdviceJson();
        await using var next = notices.GetAsyncEnumerator(stop);
        while (true)
        {
            // What is answered is written before the next text is waited for. A terminal makes the call itself wait.
            if (!Console.IsInputRedirected)
                json?.Flush();
            var more = next.MoveNextAsync();
            if (!more.IsCompleted)
                json?.Flush();
            if (!await more)
                break;
            explained = true;
            var (notice, diagnosis) = (next.Current, next.Current.Diagnose(own));
            if (json is null)
                Explanation.Show(diagnosis, notice, given, Invocation.Output());
            else
                json.Add(static (w, a) => Explanation.Json(w, a.diagnosis, a.notice, a.given, a.commands), (diagnosis, notice, given, commands));
        }

        json?.Flush();
        foreach (var why in refused)
            await Terminal.TellAsync(why);
        if (explained)
            return ExitCode.Good;
        if (refused.Count > 0)
            return ExitCode.Usage;
        await Terminal.TellAsync("Nothing to explain. Give a status text, or one per line on standard input.");
        return ExitCode.Usage;
    }

    /// <summary>The words or the file to read; null where the reason is told.</summary>
    static async Task<(string[] Words, string? File)?> InputAsync(string[] words, string? file)
    {
        if (file is null && ExplainInput.FileIn(words) is { } named)
        {
            await Terminal.TellAsync($"Reading the file {named}. (The same: --file {named})");
            (words, file) = ([], named);
        }
        else if (file is null && ExplainInput.MissingFileIn(words) is { } missing)
        {
            await Terminal.TellAsync($"{missing}: there is no such file. If it is a status text and no file, give it on standard input.");
            return null;
        }

        // A single hyphen is standard input, as in other programs.
        if (words is ["-"])
            words = [];
        if (file is not null && !File.Exists(file))
        {
            await Terminal.TellAsync(Directory.Exists(file) ? $"--file {file}: this is a folder. Expected a file with status texts or an NDR."
                : $"--file {file}: there is no such file.");
            return null;
        }

        return (words, file);
    }
}
