using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mailflow.Configuration;
using Mailflow.Hosting;
using Mailflow.Printing;

namespace Mailflow.Commands;

/// <summary><c>run</c></summary>
static class RunCommand
{
    public static Command Make()
    {
        var logs = new Option<string[]>("--logs")
        {
            Description = "A log folder or a parent of it, or SERVER=FOLDER. Can be given several times.",
            HelpName = "folder",
        };
        var state = new Option<string>("--state") { Description = "Folder of the store (State:Folder).", HelpName = "folder" }.NotEmpty("a folder");
        var listen = new Option<string>("--listen") { Description = "Address of the page and /metrics (Web:Listen).", HelpName = "url" }
            .NotEmpty(Settings.ListenAllowed);
        var config = Checked.Config();
        var set = Checked.Settings();
        var check = new Option<bool>("--check") { Description = "Check the configuration and exit." };
        var command = new Command("run", "Follow the logs until stopped: page, metrics and events.") { logs, state, listen, config, set, check };
        command.SetAction(async (parsed, stop) =>
        {
            var given = Checked.Given(parsed.GetValue(set));
            Give(given, "State:Folder", parsed.GetValue(state));
            Give(given, "Web:Listen", parsed.GetValue(listen));
            GiveRoots(given, parsed.GetValue(logs) ?? []);
            return await RunAsync(parsed.GetValue(config), given, parsed.GetValue(check), stop);
        });
        return command;
    }

    static async Task<int> RunAsync(string? file, Dictionary<string, string?> given, bool onlyCheck, CancellationToken stop)
    {
        MailflowOptions options;
        var faults = new List<string>();
        try
        {
            options = Settings.Read(await SourcesAsync(file, given), out var found);
            faults.AddRange(found);
        }
        catch (InvalidDataException e)
        {
            await Terminal.TellAsync(e.Message);
            return ExitCode.Usage;
        }

        if (options.Logs.Count == 0 && !faults.Exists(f => f.StartsWith("Logs:", StringComparison.Ordinal)))
            faults.Add("No log folder given. Use: mailflow run --logs FOLDER, or set Logs:0:Folder.");
        if (onlyCheck)
            faults.AddRange(Trial.Faults(options));
        if (faults.Count == 0)
            faults.AddRange(await Tail.RootOverlap.FaultsAsync(options.Logs));
        if (faults.Count > 0)
        {
            await Terminal.TellAsync($"The configuration has {faults.Count} error(s):");
            foreach (var fault in faults)
                await Terminal.TellAsync("  " + fault);
            return ExitCode.Usage;
        }

        if (!onlyCheck)
        {
            await Service.RunAsync(options, TimeProvider.System, stop);
            return ExitCode.Good;
        }

        var warnings = Trial.Warnings(options).ToList();
        foreach (var warning in warnings)
            await Terminal.TellAsync("Warning: " + warning);
        await Terminal.AnswerAsync(warnings.Count == 0 ? "The configuration is valid." : $"The configuration is valid, with {warnings.Count} warning(s).");
        foreach (var root in options.Logs)
            await Terminal.AnswerAsync($"  logs: {root.Folder}{(root.Server is null ? "" : $" (server {root.Server})")}");
        await Terminal.AnswerAsync($"  state: {options.StateFolder}");
        await Terminal.AnswerAsync($"  page and metrics: {options.Listen}");
        return ExitCode.Good;
    }

    /// <summary>The sources of settings; later ones override earlier ones.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read. The message says where and why.</exception>
    internal static async Task<IConfiguration> SourcesAsync(string? file, Dictionary<string, string?> given)
    {
        var builder = new ConfigurationBuilder();
        builder.SetFileLoadExceptionHandler(c => throw new InvalidDataException(FileFault(c.Provider.Source, c.Exception), c.Exception));
        if (file is not null && !File.Exists(file))
        {
            var why = Directory.Exists(file) ? "this is a folder" : "there is no such file";
            throw new InvalidDataException($"--config {file}: {why}. Expected a JSON file with settings.");
        }

        if (file is null)
            builder.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
                .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true);
        else
            builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        builder.AddInMemoryCollection(await VariablesAsync());
        var below = Load(builder).AsEnumerable();
        // Folders on the command line replace all folders in files and variables. If they were merged, a folder could get the server name of another one.
        if (given.Keys.Any(IsRoot))
            below = below.Where(p => !IsRoot(p.Key));
        return new ConfigurationBuilder().AddInMemoryCollection(below).AddInMemoryCollection(given).Build();
    }

    static IConfigurationRoot Load(ConfigurationBuilder builder)
    {
        try
        {
            return builder.Build();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{e.Message.TrimEnd('.')}: expected a JSON file with settings that this user may read.", e);
        }
    }

    static string FileFault(FileConfigurationSource source, Exception fault)
    {
        while (fault is not JsonException && fault.InnerException is { } inner)
            fault = inner;
        var path = source.FileProvider?.GetFileInfo(source.Path ?? "").PhysicalPath ?? source.Path;
        var why = fault.Message.Split([" Path:", " LineNumber:"], StringSplitOptions.None)[0].TrimEnd('.');
        var where = fault is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
            ? string.Create(CultureInfo.InvariantCulture, $", line {line + 1}, column {column + 1}")
            : "";
        return $$"""{{path}}{{where}}: {{why}}. Expected JSON such as { "Web": { "Listen": "http://127.0.0.1:9464" } }.""";
    }

    static bool IsRoot(string key) => key.StartsWith("Logs:", StringComparison.OrdinalIgnoreCase) || key.Equals("Logs", StringComparison.OrdinalIgnoreCase);

    /// <summary>A variable that is not a setting is reported, but no fault: Kubernetes sets variables such as MAILFLOW_SERVICE_HOST.</summary>
    static async Task<List<KeyValuePair<string, string?>>> VariablesAsync()
    {
        var known = new List<KeyValuePair<string, string?>>();
        var variables = new ConfigurationBuilder().AddEnvironmentVariables(Settings.VariablePrefix).Build();
        foreach (var variable in variables.AsEnumerable().Where(v => v.Value is not null))
        {
            if (Settings.IsKnown(variable.Key))
            {
                known.Add(variable);
                continue;
            }

            var advice = Settings.Nearest(variable.Key) is { } near ? $"Did you mean {Variable(near)}?" : "See docs/configuration.md.";
            await Terminal.TellAsync($"{Variable(variable.Key)} is not a setting and is ignored. {advice}");
        }

        return known;
    }

    static string Variable(string key) => Settings.VariablePrefix + key.Replace(":", "__", StringComparison.Ordinal);

    static void GiveRoots(Dictionary<string, string?> given, string[] logs)
    {
        for (var i = 0; i < logs.Length; i++)
        {
            var equal = logs[i].IndexOf('=', StringComparison.Ordinal);
            var named = equal > 0 && logs[i].AsSpan(0, equal).IndexOfAny('/', '\\', ':') < 0;
            given[$"Logs:{i}:Folder"] = named ? logs[i][(equal + 1)..] : logs[i];
            if (named)
                given[$"Logs:{i}:Server"] = logs[i][..equal];
        }
    }

    static void Give(Dictionary<string, string?> given, string key, string? value)
    {
        if (value is not null)
            given[key] = value;
    }
}
