using System.CommandLine;
using Mailflow.Commands;

namespace Mailflow.Tests.Commands;

public sealed class MisreadTests
{
    static IReadOnlyList<string> Faults(params string[] args)
    {
        RootCommand root =
        [
            RunCommand.Make(), ScanCommand.Make(), ExplainCommand.Make(), CheckCommand.Make(), DemoCommand.Make(), SimulateCommand.Make(),
            CompletionCommand.Make(),
        ];
        root.Directives.Clear();
        return Misread.Faults(root.Parse(Misread.Usual(args), new ParserConfiguration { ResponseFileTokenReplacer = null }), args);
    }

    [Theory]
    [InlineData("scna", "'scna' is not a command. Did you mean scan?")]
    [InlineData("explian x", "'explian' is not a command. Did you mean explain?")]
    [InlineData("nonsense", "'nonsense' is not a command.")]
    [InlineData("scan -f json X", "'-f' is not an option of scan. Did you mean --format?")]
    [InlineData("scan --logs X", "'--logs' is not an option of scan. Put -- before arguments that begin with a dash.")]
    [InlineData("scan X --fromat=json", "'--fromat=json' is not an option of scan. Did you mean --format?")]
    [InlineData("explain -f json x", "'-f' is not an option of explain. Did you mean --format?")]
    [InlineData("check --resovler 192.0.2.1 x", "'--resovler' is not an option of check. Did you mean --resolver?")]
    [InlineData("run --chekc", "'--chekc' is not an option of run. Did you mean --check?")]
    [InlineData("run /logs", "'/logs' is not an argument of run. Give log folders with --logs.")]
    [InlineData("run --logs= --check", "--logs=: expected a value after '=' or after a space.")]
    [InlineData("scan ", "path '': expected a log file, an export, or a folder with them.")]
    [InlineData("simulate X --exchange 2020", "--exchange 2020: expected 2007 or 2010 or 2013 or 2016 or 2019.")]
    [InlineData("simulate X --days 3", "--days: expected with --size, which says how much is written in this time, or with --scenario.")]
    [InlineData("simulate X --scenario holiday --size 1MB", "--scenario: expected without --size; only --seed, --days and --servers apply to a scenario.")]
    [InlineData(
        "simulate X --scenario holiday --days 3",
        "--days 3: expected with --scenario a whole number from 12 to 365: nothing happens before the ninth day.")]
    [InlineData("completion tcsh", "tcsh: expected bash, zsh, pwsh or fish.")]
    [InlineData("run --check --set= --state: x", "--set=: expected a value after '=' or after a space.")]
    public void Misread_arguments_get_a_suggestion(string typed, string says) => Assert.Equal(says, Faults(typed.Split(' '))[0]);

    [Theory]
    [InlineData("scan", "X", "--format", "json")]
    [InlineData("scan", "--", "-f")]
    [InlineData("completion", "bash")]
    [InlineData("explain", "-- Original message --")]
    [InlineData("explain", "--", "--logs=")]
    [InlineData("explain", "550 5.1.1 <a@b.test>: --x=")]
    [InlineData("run", "--logs", "EX01=/logs", "--set", "Store:Keep=")]
    [InlineData("run", "--logs=/logs", "--check")]
    [InlineData("help", "scan")]
    [InlineData("help")]
    [InlineData("-v")]
    [InlineData("version")]
    public void Correct_arguments_get_no_suggestion(params string[] args) => Assert.Empty(Faults(args));
}
