using System.CommandLine;
using System.Globalization;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Rules;
using Microsoft.Data.Sqlite;

namespace Mailflow.Commands;

/// <summary><c>rules test FILE [TEXT...]</c>: checks a rules file and tries it on texts and on the stored failures.</summary>
static class RulesCommand
{
    public static Command Make()
    {
        var file = new Argument<string>("file") { Description = "The rules file (docs/rules.md)." };
        var texts = new Argument<string[]>("text")
        {
            Description = "Status texts to try, each as one argument. Without one, the stored failures are tried.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var state = new Option<string>("--state") { Description = "Folder of the store (State:Folder).", HelpName = "folder" }.NotEmpty("a folder");
        var format = Checked.Word("--format", "text or json.", "text", "text", "json");
        var config = Checked.Config();
        var test = new Command(
            "test",
            "Check a rules file, and show what it would change. Nothing is stored. Exit code 1: the file has a fault; 3: the store cannot be read.")
        {
            file, texts, state, format, config,
        };
        test.SetAction((parsed, stop) => TestAsync(
            parsed.GetValue(file)!, parsed.GetValue(texts)!, parsed.GetValue(state), parsed.GetValue(format) == "json", parsed.GetValue(config), stop));
        return new Command("rules", "Try your own rules for replies (Rules:File).") { test };
    }

    /// <summary>The faults of a rules file, each with its place; empty where it is good.</summary>
    internal static IEnumerable<string> Faults(string path)
    {
        var (content, problem) = RulesFile.Content(path);
        if (content is null)
            return [problem!];
        OwnRulesReader.Read(content, Path.GetFileName(path), out var faults);
        return faults.Select(RulesFile.Place);
    }

    /// <summary>The rules of a file for a command that judges; null, after the faults were printed, where it has some. No file: no rules.</summary>
    internal static async Task<OwnRules?> ReadAsync(string? path)
    {
        if (path is null)
            return OwnRules.None;
        var (content, problem) = RulesFile.Content(path);
        if (content is not null && OwnRulesReader.Read(content, Path.GetFileName(path), out var faults) is { } rules)
            return rules;
        await TellAsync(path, problem is null ? Faults(path) : [problem]);
        return null;
    }

    /// <summary>The option of commands that judge texts.</summary>
    internal static Option<string> Option() =>
        new Option<string>("--rules") { Description = "A file with your own rules for replies (Rules:File).", HelpName = "file" }.NotEmpty("a rules file");

    static async Task TellAsync(string path, IEnumerable<string> faults)
    {
        var all = faults.ToList();
        await Terminal.TellAsync($"{path}: {Count(all.Count, "fault")}. Expected a rules file as in docs/rules.md.");
        foreach (var fault in all)
            await Terminal.TellAsync("  " + fault);
    }

    static async Task<int> TestAsync(string path, string[] texts, string? state, bool asJson, string? config, CancellationToken stop)
    {
        if (RulesFile.Content(path).Problem is { } problem)
        {
            await Terminal.TellAsync($"{path}: {problem}. Expected a rules file as in docs/rules.md.");
            return ExitCode.Usage;
        }

        if (await ReadAsync(path) is not { } rules)
            return ExitCode.BadNews;
        return texts.Length > 0 ? await TextsAsync(rules, texts, asJson) : await StoredAsync(path, rules, state, asJson, config, stop);
    }

    static async Task<int> TextsAsync(OwnRules rules, string[] texts, bool asJson)
    {
        foreach (var text in texts)
        {
            var (with, without) = (Diagnosis.Of(text, rules), Diagnosis.Of(text));
            if (asJson)
                await Console.Out.WriteLineAsync(ReadableJson.Object(json =>
                {
                    json.WriteString("text", text);
                    json.WriteNumber("rule_line", with.DecidedBy?.Line ?? 0);
                    json.WriteString("before", Said(without));
                    json.WriteString("after", Said(with));
                }));
            else if (with.DecidedBy is { } rule)
                await Console.Out.WriteLineAsync($"{Printable.Of(text)}\n  rule at line {rule.Line}: {Said(with)}\n  without your rules: {Said(without)}");
            else
                await Console.Out.WriteLineAsync($"{Printable.Of(text)}\n  no rule matches: {Said(without)}");
        }

        return ExitCode.Good;
    }

    static async Task<int> StoredAsync(string path, OwnRules rules, string? state, bool asJson, string? config, CancellationToken stop)
    {
        var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (state is not null)
            given["State:Folder"] = state;
        MailflowOptions options;
        try
        {
            options = Settings.Read(await RunCommand.SourcesAsync(config, given), out _);
        }
        catch (InvalidDataException e)
        {
            await Terminal.TellAsync(e.Message);
            return ExitCode.Usage;
        }

        var trial = new RulesTrial(rules);
        var isStored = false;
        if (state is not null && GivenStore.Fault(options.StateFolder, others: null) is { } fault)
        {
            await Terminal.TellAsync(fault);
            return ExitCode.Failure;
        }

        try
        {
            foreach (var (status, host, address) in StoredReplies.Read(options.StateFolder) ?? [])
            {
                isStored = true;
                stop.ThrowIfCancellationRequested();
                trial.Add(status, host, address);
            }
        }
        catch (SqliteException e)
        {
            await Terminal.TellAsync($"The store in {options.StateFolder} cannot be read: {e.Message}");
            return ExitCode.Failure;
        }

        if (asJson)
            await Console.Out.WriteLineAsync(Json(trial));
        else
            await ShowAsync(path, trial, isStored ? $"the {trial.Tried:N0} stored failures in {options.StateFolder}" : null, options.StateFolder);
        return ExitCode.Good;
    }

    static async Task ShowAsync(string path, RulesTrial trial, string? tried, string state)
    {
        await Terminal.AnswerAsync($"{path}: {Count(trial.Effects.Count(), "rule")}, no faults.");
        if (tried is null)
        {
            await Terminal.AnswerAsync($"No stored failures in {state} to try them on. Give the folder of the store with --state, or status texts.");
            return;
        }

        await Terminal.AnswerAsync(string.Create(CultureInfo.InvariantCulture, $"They would change {trial.Changed:N0} of {tried}."));
        foreach (var effect in trial.Effects)
        {
            var rule = effect.Rule;
            var from = string.Join(", ", effect.Before.OrderByDescending(b => b.Value)
                .Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Value:N0} from {b.Key.Name()}")));
            await Terminal.AnswerAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  line {rule.Line}: {Named(rule)}: {(effect.Matched == 0 ? "matches none" : $"matches {effect.Matched:N0}, changes {effect.Changed:N0}")}")
                + (from.Length == 0 ? "" : $" ({from})"));
        }
    }

    static string Json(RulesTrial trial) => ReadableJson.Object(json =>
    {
        json.WriteNumber("rules", trial.Effects.Count());
        json.WriteNumber("failures", trial.Tried);
        json.WriteNumber("changed", trial.Changed);
        json.WriteStartArray("by_rule");
        foreach (var effect in trial.Effects)
        {
            json.WriteStartObject();
            json.WriteNumber("line", effect.Rule.Line);
            json.WriteString("cause", effect.Rule.Cause.Name());
            json.WriteString("sub_reason", effect.Rule.SubReason);
            json.WriteNumber("matched", effect.Matched);
            json.WriteNumber("changed", effect.Changed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    static string Count(int n, string what) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} {what}{(n == 1 ? "" : "s")}");

    static string Named(OwnRule rule) => rule.Cause.Name() + (rule.SubReason is null ? "" : $"/{rule.SubReason}");

    static string Said(Diagnosis diagnosis) =>
        $"{diagnosis.Cause.Name()}{(diagnosis.SubReason is null ? "" : $"/{diagnosis.SubReason}")}, responsible: {diagnosis.Fault.Name()}";
}
