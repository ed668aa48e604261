using System.CommandLine;
using Mailflow.Analysis.Domains;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Printing;
using Spectre.Console;

namespace Mailflow.Commands;

/// <summary><c>check DOMAIN|IP|HOST...</c></summary>
static class CheckCommand
{
    /// <summary>Maximum number of probed mail servers of a domain.</summary>
    const int MaxHosts = 3;

    public static Command Make()
    {
        var targets = new Argument<string[]>("target")
        {
            Description = "A domain, an IP address, or HOST:PORT of a mail server.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var ours = new Option<bool>("--ours") { Description = "Check all configured IP addresses, domains and smart hosts once." };
        var resolvers = new Option<string?>("--resolver")
        {
            Description = "DNS resolvers, separated by commas, for example 192.0.2.53 or name=192.0.2.53:5353 (Enrichment:Resolvers).",
            HelpName = "address",
        };
        var format = Checked.Word("--format", "text or json.", "text", "text", "json");
        var config = Checked.Config();
        var set = Checked.Settings();
        var command = new Command(
            "check",
            "Check a domain, an IP address or a mail server: DNS, blocklists, SMTP, TLS."
            + " Exit code 1: problem found; 3: nothing could be checked.")
        {
            targets, ours, resolvers, format, config, set,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var given = Checked.Given(parsed.GetValue(set));
            if (parsed.GetValue(resolvers) is { } asked)
                given["Enrichment:Resolvers"] = asked;
            return await RunAsync(parsed.GetValue(targets)!, parsed.GetValue(ours), parsed.GetValue(format)!, parsed.GetValue(config), given, stop);
        });
        return command;
    }

    static async Task<int> RunAsync(string[] targets, bool ours, string format, string? file, Dictionary<string, string?> given, CancellationToken stop)
    {
        EnrichOptions options;
        IReadOnlyList<string> faults;
        try
        {
            options = Settings.Read(await RunCommand.SourcesAsync(file, given), out faults).Enrich;
        }
        catch (InvalidDataException e)
        {
            await Terminal.TellAsync(e.Message);
            return ExitCode.Usage;
        }

        var wrong = faults.Where(f => f.StartsWith("Enrichment:", StringComparison.OrdinalIgnoreCase)).ToList();
        if (targets.Length == 0 && !ours)
            wrong.Add("Nothing to check: give a domain, an IP address or HOST:PORT, or --ours.");
        if (ours && options is { EgressIps.Count: 0, OwnDomains.Count: 0, SmartHosts.Count: 0 })
            wrong.Add("--ours: nothing is configured. Set Enrichment:EgressIps, Enrichment:OwnDomains or Enrichment:SmartHosts.");
        wrong.AddRange(targets.Where(t => !IsTarget(t)).Select(t => $"{(t.Length == 0 ? "''" : t)}: expected a domain, an IP address or HOST:PORT."));
        if (wrong.Count > 0)
        {
            foreach (var fault in wrong)
                await Terminal.TellAsync(fault);
            return ExitCode.Usage;
        }

        using var checks = new Checks(options, TimeProvider.System);
        if (checks.Resolver.Servers.Count == 0)
        {
            await Terminal.TellAsync("No DNS resolver is configured on this system. Give one with --resolver.");
            return ExitCode.Usage;
        }

        var found = (await Task.WhenAll(targets.Select(t => CheckAsync(checks, t, stop)))).SelectMany(f => f).ToList();
        if (ours)
            found.AddRange((await WatchRound.RunAsync(checks, TimeProvider.System, stop)).Findings);
        if (format == "json")
            await Console.Out.WriteLineAsync(Json(found));
        else
            Show(found, Invocation.Output());
        if (found.Exists(f => f.Severity == Severity.Trouble))
            return ExitCode.BadNews;
        if (!NothingKnown(found))
            return ExitCode.Good;
        await Terminal.TellAsync("Nothing could be checked: the resolver did not answer. Give another one with --resolver.");
        return ExitCode.Failure;
    }

    /// <summary>Whether no check had a result. An unknown result never counts as good.</summary>
    static bool NothingKnown(List<Finding> found) =>
        found.Exists(f => f.Severity == Severity.Unknown) && found.TrueForAll(f => f.Severity is Severity.Unknown or Severity.Note);

    static bool IsTarget(string text) => Settings.AddressOf(text) is not null || Settings.HostOf(text, 25) is not null;

    /// <summary>Checks an address, a host (if a port is given), or else a domain with its mail servers.</summary>
    static async Task<IReadOnlyList<Finding>> CheckAsync(Checks checks, string target, CancellationToken stop)
    {
        if (Settings.AddressOf(target) is { } address)
            return await checks.Addresses.CheckAsync(address, stop);
        var host = Settings.HostOf(target, 25)!;
        if (target.Contains(':', StringComparison.Ordinal) || !DomainNames.IsMailDomain(host.Host))
            return (await checks.Hosts.CheckAsync(host, stop)).Findings;
        var domain = checks.Domains.CheckAsync(host.Host, checks.Options.OwnDomains.Contains(host.Host, StringComparer.Ordinal), stop);
        var route = await MailRoute.FindAsync(checks.Resolver, null, host.Host, stop);
        var hosts = await Task.WhenAll(
            route.Verdict == RouteVerdict.Resolves ? route.Hosts.Take(MaxHosts).Select(h => checks.Hosts.CheckAsync(new(h, 25), stop)) : []);
        return [.. await domain, .. hosts.SelectMany(h => h.Findings)];
    }

    static string Json(List<Finding> found) =>
        ReadableJson.Object(json =>
        {
            json.WriteBoolean("trouble", found.Exists(f => f.Severity == Severity.Trouble));
            json.WriteStartArray("findings");
            foreach (var finding in found)
            {
                json.WriteStartObject();
                json.WriteString("subject", finding.Subject);
                json.WriteString("check", finding.Check);
                json.WriteString("verdict", finding.Severity.ToString().ToLowerInvariant());
                json.WriteString("says", finding.Says);
                json.WriteString("advice", finding.Advice);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }, indented: true);

    static void Show(List<Finding> found, IAnsiConsole console)
    {
        foreach (var subject in found.GroupBy(f => f.Subject, StringComparer.Ordinal))
        {
            var table = new Table { Title = new(Cell(subject.Key)), Border = TableBorder.Rounded }.AddColumns("check", "result", "details").Expand();
            foreach (var finding in subject)
                table.AddRow(
                    Cell(finding.Check), Verdict(finding.Severity),
                    Cell(finding.Says) + (finding.Advice is null ? "" : $"\n[italic]{Cell(finding.Advice)}[/]"));
            console.Write(table);
        }

        var (trouble, unknown) = (found.Count(f => f.Severity == Severity.Trouble), found.Count(f => f.Severity == Severity.Unknown));
        if (NothingKnown(found))
            return;
        console.MarkupLine((trouble, unknown) switch
        {
            (0, 0) => "[green]No problem found.[/]",
            (0, _) => $"[yellow]No problem found, but {unknown} of {found.Count} checks could not be made.[/]",
            (_, 0) => $"[red]{trouble} of {found.Count} checks found a problem[/].",
            _ => $"[red]{trouble} of {found.Count} checks found a problem[/]; {unknown} could not be checked.",
        });
    }

    /// <summary>A table cell with text that may be untrusted.</summary>
    static string Cell(string text) => Markup.Escape(Printable.Of(text));

    static string Verdict(Severity severity) => severity switch
    {
        Severity.Good => "[green]good[/]",
        Severity.Note => "note",
        Severity.Unknown => "[yellow]not checked[/]",
        Severity.Warning => "[yellow]warning[/]",
        _ => "[red]problem[/]",
    };
}
