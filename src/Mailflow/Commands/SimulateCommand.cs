using System.CommandLine;
using System.Globalization;
using Mailflow.Analysis.Builds;
using Mailflow.Printing;
using Mailflow.Simulator;

namespace Mailflow.Commands;

/// <summary><c>simulate FOLDER</c></summary>
static class SimulateCommand
{
    /// <summary>As many as have two digits in a name and a bit in a mask.</summary>
    const double MostServers = 20;

    public static Command Make()
    {
        var folder = FolderArgument();
        var size = Size(new Option<string?>("--size") { Description = "Write this amount at once instead, for example 400MB or 4GB.", HelpName = "size" });
        var days = Checked.Number("--days", "The time that the logs cover, with --size or --scenario. Default: about 20 rows a second; 14.", 0.01, 365, null);
        var rate = Checked.Number("--rate", "Log rows per second, live.", 0.1, Checked.MostRate, 100);
        var seconds = Checked.Number("--seconds", "Stop after this many seconds. Default: run until Ctrl-C.", 0.1, Checked.MostSeconds, null);
        var seed = new Option<int>("--seed") { Description = "Random seed: the same seed gives the same mail.", DefaultValueFactory = _ => 1 };
        var server = new Option<string>("--server") { Description = "Name of the server.", DefaultValueFactory = _ => "EX01" }.HostName();
        var servers = Checked.Number(
            "--servers", "Mailbox servers EX01, EX02 ..., without --scenario also EDGE01; each in its own folder. Tracking logs only.", 2, MostServers, null);
        var domain = new Option<string>("--domain") { Description = "The organisation's domain.", DefaultValueFactory = _ => "contoso.test" }.HostName();
        var version = Checked.Word(
            "--exchange", "Exchange version of the logs: 2007, 2010, 2013, 2016 or 2019.", "2019", "2007", "2010", "2013", "2016", "2019");
        var build = BuildOption();
        var fileSize = Size(new Option<string?>("--file-size") { Description = "Size at which a new log file begins.", DefaultValueFactory = _ => "10MB" });
        var logs = Checked.Word(
            "--logs",
            "tracking, or all: also connectivity and SMTP protocol logs, in subfolders. Default: all when live, tracking with --size or --servers.",
            null,
            "tracking", "all");
        var exports = new Option<bool>("--exports") { Description = "Also write exports of queues and Windows events, as the export task does." };
        var journeys = new Option<bool>("--journeys") { Description = "Also write the way of each message to journeys.jsonl." };
        var scenario = ScenarioCommand.Option();
        var command = new Command("simulate", "Write realistic Exchange logs, and truth.json with the correct counts.")
        {
            folder, rate, size, days, seconds, seed, server, servers, domain, version, build, fileSize, logs, exports, journeys, scenario,
        };
        command.Validators.Add(r => ScenarioCommand.Check(r, scenario, days, size, [rate, seconds, server, domain, version, build, fileSize, logs, exports,
            journeys]));
        command.Validators.Add(r =>
        {
            if (r.GetResult(servers) is not null && (r.GetResult(server) is { Implicit: false } || r.GetValue(exports) || r.GetValue(logs) == "all"))
                r.AddError("--servers: expected without --server, --exports and --logs all: several servers have fixed names and write tracking logs only.");
        });
        command.SetAction((parsed, stop) =>
        {
            if (parsed.GetValue(scenario) is { } name)
                return ScenarioCommand.RunAsync(
                    Path.GetFullPath(parsed.GetValue(folder)!), name, parsed.GetValue(seed), parsed.GetValue(days), parsed.GetValue(servers));
            var bytes = parsed.GetValue(size) is { } s ? Bytes(s) : null;
            var options = new SimulationOptions
            {
                Folder = Path.GetFullPath(parsed.GetValue(folder)!),
                Rate = parsed.GetValue(rate)!.Value,
                SizeBytes = bytes,
                Duration = parsed.GetValue(seconds) is { } n ? TimeSpan.FromSeconds(n) : null,
                Seed = parsed.GetValue(seed),
                AllLogs = (parsed.GetValue(logs) ?? (bytes is null && parsed.GetValue(servers) is null ? "all" : "tracking")) == "all",
                Server = parsed.GetValue(server)!,
                Servers = (int)(parsed.GetValue(servers) ?? 1),
                Domain = parsed.GetValue(domain)!,
                Version = Enum.Parse<ExchangeVersion>("Exchange" + parsed.GetValue(version)),
                Build = ExchangeBuild.TryParse(parsed.GetValue(build), out var known) ? known : null,
                FileBytes = Bytes(parsed.GetValue(fileSize)!)!.Value,
                Exports = parsed.GetValue(exports),
                Journeys = parsed.GetValue(journeys),
            };
            return RunAsync(parsed.GetValue(days) is { } d ? options.Covering(TimeSpan.FromDays(d)) : options, stop);
        });
        return command;
    }

    static Argument<string> FolderArgument()
    {
        var folder = new Argument<string>("folder") { Description = "Folder for the logs and truth.json." };
        folder.Validators.Add(r =>
        {
            if (r.Tokens is [{ Value: "" }])
                r.AddError("folder '': expected a folder to write to.");
        });
        return folder;
    }

    static Option<string?> BuildOption()
    {
        var build = new Option<string?>("--build")
        {
            Description = "Build in the tracking logs, for example 15.2.2562.37 (Exchange Server SE). Default: a build of the version.",
            HelpName = "build",
        };
        build.Validators.Add(r =>
        {
            if (r.Tokens.Count == 1 && !ExchangeBuild.TryParse(r.Tokens[0].Value, out _))
                r.AddError($"--build {r.Tokens[0].Value}: expected a build of Exchange, for example 15.2.2562.37.");
        });
        return build;
    }

    static Option<string?> Size(Option<string?> option)
    {
        option.Validators.Add(r =>
        {
            if (r.Tokens.Count == 1 && Bytes(r.Tokens[0].Value) is null)
                r.AddError($"{option.Name} {r.Tokens[0].Value}: expected a size with KB, MB or GB, at least 100KB, for example 400MB.");
        });
        return option;
    }

    static async Task<int> RunAsync(SimulationOptions options, CancellationToken stop)
    {
        using var simulation = new Simulation(options, TimeProvider.System);
        if (options.SizeBytes is null)
            await Terminal.TellAsync(
                $"Writing {options.Rate} rows/s to {options.Folder}. {(options.Duration is { } d ? $"For {d.TotalSeconds} s." : "Ctrl-C stops.")}");
        await simulation.RunAsync(null, stop);
        var truth = SimulationTruth.Load(options.Folder);
        await Terminal.TellAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{truth.Rows:N0} rows, {truth.Bytes / 1e6:N1} MB in {truth.Files} files, {truth.Failures.Values.Sum():N0} failed recipients;"
            + $" correct counts: {Path.Combine(options.Folder, SimulationTruth.FileName)}"));
        return ExitCode.Good;
    }

    /// <summary>
    /// <c>400MB</c>: 1 MB is 1,000,000 bytes. Less than 100 KB is rejected: it is only a few rows, and usually means that the unit was forgotten.
    /// </summary>
    static long? Bytes(string text)
    {
        var unit = text.ToUpperInvariant() switch
        {
            [.., 'K', 'B'] => 1_000L,
            [.., 'M', 'B'] => 1_000_000L,
            [.., 'G', 'B'] => 1_000_000_000L,
            _ => 1L,
        };
        var number = unit == 1 ? text : text[..^2];
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n)
            && n * unit is >= 100e3 and < 1e15
            && (unit > 1 || long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)) ? (long)(n * unit) : null;
    }
}
