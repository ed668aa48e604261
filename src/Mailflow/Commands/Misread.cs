using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Mailflow.Analysis.Domains;

namespace Mailflow.Commands;

/// <summary>Finds words of a command line that the parser accepts, but probably not as they were meant.</summary>
static partial class Misread
{
    /// <summary>Translates other usual ways to request help or the version.</summary>
    public static string[] Usual(string[] args) => args switch
    {
        [] => ["--help"],
        ["help", .. var command] => [.. command.Take(1), "--help"],
        ["-v" or "-V" or "version"] => ["--version"],
        _ => args,
    };

    /// <summary>One sentence for each fault.</summary>
    public static IReadOnlyList<string> Faults(ParseResult parsed, string[] args)
    {
        var before = args.TakeWhile(a => a != "--").ToList();
        // The parser would take the next word as the value, even if it is an option.
        var faults = before.Where(a => WithoutValue().IsMatch(a)).Select(a => $"{a}: expected a value after '{a[^1]}' or after a space.").ToList();
        if (faults.Count > 0)
            return faults;
        var command = parsed.CommandResult.Command;
        var words = parsed.Tokens
            .Where(t => t.Type == TokenType.Argument && IsOption().IsMatch(t.Value))
            .Select(t => t.Value)
            .Where(before.Contains)
            .Concat(parsed.UnmatchedTokens)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (words.Count == 0)
            return [.. parsed.Errors.Select(e => e.Message)];
        return [.. words.Select(w => $"'{w}' is not {What(command, w)}.{Advice(command, w)}")];
    }

    static string What(Command command, string word) => (command is RootCommand, word.StartsWith('-')) switch
    {
        (true, true) => "an option of mailflow",
        (true, false) => "a command",
        (false, true) => $"an option of {command.Name}",
        (false, false) => $"an argument of {command.Name}",
    };

    static string Advice(Command command, string word)
    {
        if (Nearest(command, word) is { } near)
            return $" Did you mean {near}?";
        if (command.Name == "run")
            return " Give log folders with --logs.";
        return word.StartsWith('-') && command.Arguments.Count > 0 ? " Put -- before arguments that begin with a dash." : "";
    }

    static string? Nearest(Command command, string word)
    {
        var name = word.Split('=', ':')[0];
        if (name.Length == 0)
            return null;
        List<string> known = [.. name.StartsWith('-') ? command.Options.Where(o => !o.Hidden).Select(o => o.Name) : command.Subcommands.Select(c => c.Name)];
        return known.Find(k => name.Trim('-').Length > 0 && k.Trim('-').StartsWith(name.Trim('-'), StringComparison.OrdinalIgnoreCase))
            ?? NearestDomain.Find(name.ToLowerInvariant(), known);
    }

    [GeneratedRegex("^--[A-Za-z][A-Za-z-]*[=:]$", RegexOptions.NonBacktracking)]
    private static partial Regex WithoutValue();

    [GeneratedRegex("^--?[A-Za-z][A-Za-z-]*([=:].*)?$", RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex IsOption();
}
