using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Mailflow.Printing;
using Mailflow.Simulator;
using Mailflow.Simulator.Outages;

namespace Mailflow.Commands;

/// <summary><c>simulate FOLDER --scenario NAME</c></summary>
static class ScenarioCommand
{
    /// <summary>A year of normal mail is about a gigabyte.</summary>
    const int MostDays = 365;

    const string ListName = "list";

    public static Option<string?> Option()
    {
        var option = new Option<string?>("--scenario")
        {
            Description = "Write 14 days of normal mail with an outage or something that only looks like one. 'list' prints the names.",
            HelpName = "name",
        };
        option.CompletionSources.Add([ListName, .. OutageScenarios.All.Select(scenario => scenario.Name)]);
        return option;
    }

    /// <summary>A scenario has its own servers, size and mail, so the other options do not apply.</summary>
    public static void Check(CommandResult result, Option scenario, Option<double?> days, Option size, IEnumerable<Option> others)
    {
        if (result.GetResult(scenario) is null)
        {
            if (result.GetResult(days) is not null && result.GetResult(size) is null)
                result.AddError("--days: expected with --size, which says how much is written in this time, or with --scenario.");
            return;
        }
        foreach (var other in others.Prepend(size).Where(other => result.GetResult(other) is { Implicit: false }))
            result.AddError($"--scenario: expected without {other.Name}; only --seed, --days and --servers apply to a scenario.");
        if (result.GetResult(days) is not null && result.GetValue(days) is { } count && (count < OutageOptions.FewestDays || count % 1 != 0))
            result.AddError(string.Create(
                CultureInfo.InvariantCulture,
                $"--days {count}: expected with --scenario a whole number"
                + $" from {OutageOptions.FewestDays} to {MostDays}: nothing happens before the ninth day."));
    }

    public static async Task<int> RunAsync(string folder, string name, int seed, double? days, double? servers)
    {
        if (OutageScenarios.Find(name) is not { } scenario)
        {
            var isList = name == ListName;
            if (!isList)
                await Terminal.TellAsync($"--scenario {name}: there is no such scenario. Expected one of:");
            var width = OutageScenarios.All.Max(one => one.Name.Length) + 2;
            foreach (var line in OutageScenarios.All.Select(one => one.Name.PadRight(width) + one.Sentence))
                await (isList ? Terminal.AnswerAsync(line) : Terminal.TellAsync(line));
            return isList ? ExitCode.Good : ExitCode.Usage;
        }

        var truth = OutageSimulation.Write(new(folder, scenario)
        {
            Seed = seed,
            Days = (int)(days ?? OutageOptions.UsualDays),
            Servers = (int)(servers ?? 3),
        });
        await Terminal.TellAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{truth.Rows:N0} rows, {truth.Bytes / 1e6:N1} MB in {truth.Files} files;"
            + $" incidents: {truth.Incidents.Count}, in {Path.Combine(folder, SimulationTruth.FileName)}"));
        return ExitCode.Good;
    }
}
