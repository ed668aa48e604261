using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Mailflow.Analysis.Domains;

namespace Mailflow.Commands;

/// <summary>Words of a command line that stand where the parser takes them for something else than they were meant for.</summary>
static partial class Misread
{
    /// <summary>What people type to be helped.</summary>
    public static string[] Usual(string[] args) => args switch
    {
        [] => ["--help"],
        ["help", .. var command] => [.. command.Take(1), "--help"],
        ["-v" or "-V" or "version"] => ["--version"],
        _ => args,
    };

    /// <summary>A sentence for each fault.</summary>
    public static IReadOnlyList<string> Faults(ParseResult parsed, string[] args)
    {
        var before = args.TakeWhile(a => a != "--").ToList();
        // The parser takes the next word for the value, be it an option.
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
        return [.. words.Select(w => $"'{w}' is not {What(command, w)}.{(Nearest(command, w) is { } near ? $" Did you mean {near}?" : command.Name == "run" ? " Give log folders with --logs." : w.StartsWith('-') && command.Arguments.Count > 0 ? " Put -- before arguments that begin with a dash." : "")}")];
    }

    static string What(Command command, string word) => word.StartsWith('-') ? $"an option of {(command is RootCommand ? "mailflow" : command.Name)}" : command is RootCommand ? "a command" : $"an argument of {command.Name}";

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
