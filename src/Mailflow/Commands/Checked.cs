using System.CommandLine;
using System.Globalization;
using Mailflow.Analysis.Domains;
using Mailflow.Configuration;

namespace Mailflow.Commands;

/// <summary>Options whose values are checked during parsing. A value that is not allowed is a usage error that says what is allowed.</summary>
static class Checked
{
    /// <summary>Maximum length of a run in seconds: 30 days.</summary>
    public const double MostSeconds = 30 * 86400;

    /// <summary>Maximum number of simulated rows per second, more than any machine can write.</summary>
    public const double MostRate = 1_000_000;

    public static Option<double?> Number(string name, string description, double least, double most, double? otherwise)
    {
        var option = new Option<double?>(name)
        {
            Description = description,
            HelpName = "n",
            CustomParser = r =>
            {
                var text = r.Tokens[0].Value;
                if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                    return number;
                r.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} {text}: expected a number from {least} to {most}."));
                return null;
            },
        };
        if (otherwise is not null)
            option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    /// <summary>An option with a fixed set of words. Upper and lower case are equal; the value is lower case.</summary>
    public static Option<string?> Word(string name, string description, string? otherwise, params string[] words)
    {
        var option = new Option<string?>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            CustomParser = r =>
            {
                var word = r.Tokens[0].Value.ToLowerInvariant();
                if (!words.Contains(word, StringComparer.Ordinal))
                    r.AddError($"{name} {r.Tokens[0].Value}: expected {string.Join(" or ", words)}.");
                return word;
            },
        };
        option.CompletionSources.Add(words);
        if (otherwise is not null)
            option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    public static Option<string> Config() =>
        new Option<string>("--config")
        {
            Description = "A JSON file with settings. Default: appsettings.json in the current folder, if it exists.",
            HelpName = "file",
        }.NotEmpty("a JSON file with settings");

    /// <summary>Settings as KEY=VALUE. An empty value removes the value from a file or a variable.</summary>
    public static Option<string[]> Settings()
    {
        var option = new Option<string[]>("--set") { Description = "Any setting of docs/configuration.md, as KEY=VALUE.", HelpName = "key=value" };
        option.Validators.Add(r =>
        {
            foreach (var token in r.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
                r.AddError($"--set {token.Value}: expected KEY=VALUE, for example Store:Keep=30d.");
        });
        return option;
    }

    /// <summary>The values of <see cref="Settings"/>, by key.</summary>
    public static Dictionary<string, string?> Given(string[]? pairs)
    {
        var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in pairs ?? [])
            given[pair.Split('=', 2)[0].Trim()] = pair.Split('=', 2)[1];
        return given;
    }

    /// <summary>The zone of times without one in exports.</summary>
    public static Option<TimeZoneInfo?> Zone() => new("--time-zone")
    {
        Description = $"The zone of times without one in exports of message tracking: {ZoneText.Allowed}."
            + " Default: they are taken for UTC, and the report says so.",
        HelpName = "zone",
        CustomParser = r =>
        {
            var zone = ZoneText.Of(r.Tokens[0].Value, TimeZoneInfo.Local);
            if (zone is null)
                r.AddError($"--time-zone {r.Tokens[0].Value}: expected {ZoneText.Allowed}.");
            return zone;
        },
    };

    public static Option<string> NotEmpty(this Option<string> option, string expected)
    {
        option.Validators.Add(r =>
        {
            if (r.Tokens is [var token] && string.IsNullOrWhiteSpace(token.Value))
                r.AddError($"{option.Name} '{token.Value}': expected {expected}.");
        });
        return option;
    }

    /// <summary>Allows only the name of a host or a domain.</summary>
    public static Option<string> HostName(this Option<string> option)
    {
        option.Validators.Add(r =>
        {
            if (r.Tokens is [var token] && (DomainNames.Clean(token.Value) is not { } name || !name.Equals(token.Value, StringComparison.OrdinalIgnoreCase)))
                r.AddError($"{option.Name} '{token.Value}': expected a plain host name of letters, digits, '-', '.' and '_'.");
        });
        return option;
    }
}
