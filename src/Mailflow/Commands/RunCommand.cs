using System.CommandLine;

namespace Mailflow.Commands;

/// <summary><c>run</c></summary>
static class RunCommand
{
    public static Command Make()
    {
        var logs = new Option<string[]>("--logs") { Description = "A folder of logs, or one above it, or SERVER=FOLDER. May be given several times.", HelpName = "folder" };
        var state = new Option<string>("--state") { Description = "Where the store lies (State:Folder).", HelpName = "folder" };
        var listen = new Option<string>("--listen") { Description = "Where the page and /metrics are (Web:Listen).", HelpName = "url" };
        var config = new Option<string>("--config") { Description = "A JSON file of settings. Default: appsettings.json here, if there is one.", HelpName = "file" };
        var set = new Option<string[]>("--set") { Description = "Any setting, as KEY=VALUE; docs/configuration.md lists them.", HelpName = "key=value" };
        var check = new Option<bool>("--check") { Description = "Check the configuration and exit." };
        var command = new Command("run", "Follow the logs: metrics, events and a page, until it is stopped.") { logs, state, listen, config, set, check };
        command.SetAction(async (parsed, stop) =>
        {
            var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            foreach (var pair in parsed.GetValue(set) ?? [])
                given[pair.Split('=', 2)[0].Trim()] = pair.Contains('=', StringComparison.Ordinal) ? pair.Split('=', 2)[1] : "";
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
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            await Console.Error.WriteLineAsync($"{e.Message} {e.InnerException?.Message}");
            return ExitCode.Usage;
        }

        if (options.Logs.Count == 0 && !faults.Exists(f => f.StartsWith("Logs:", StringComparison.Ordinal)))
            faults.Add("Logs:0:Folder is not set: allowed is a folder of message tracking logs. Or give it as: run --logs FOLDER");
        if (faults.Count > 0)
        {
            await Console.Error.WriteLineAsync($"The configuration has {faults.Count} fault(s):");
            foreach (var fault in faults)
                await Console.Error.WriteLineAsync("  " + fault);
            return ExitCode.Usage;
        }

        if (!onlyCheck)
            return await Service.RunAsync(options, TimeProvider.System, stop);
        await Console.Out.WriteLineAsync("The configuration is good.");
        foreach (var root in options.Logs)
            await Console.Out.WriteLineAsync($"  logs: {root.Folder}{(root.Server is null ? "" : $" (server {root.Server})")}{(Directory.Exists(root.Folder) ? "" : ": does not exist yet")}");
        await Console.Out.WriteLineAsync($"  state: {options.StateFolder}");
        await Console.Out.WriteLineAsync($"  page and metrics: {options.Listen}");
        return ExitCode.Good;
    }

    /// <summary>Where settings come from, the later the stronger.</summary>
    internal static async Task<IConfiguration> SourcesAsync(string? file, Dictionary<string, string?> given)
    {
        var builder = new ConfigurationBuilder();
        if (file is null)
            builder.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true);
        else
            builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        builder.AddInMemoryCollection(await VariablesAsync());
        var below = builder.Build().AsEnumerable();
        // Folders on the command line take the place of all those in files and variables: with a part of each, a label could get on another's folder.
        if (given.Keys.Any(IsRoot))
            below = below.Where(p => !IsRoot(p.Key));
        return new ConfigurationBuilder().AddInMemoryCollection(below).AddInMemoryCollection(given).Build();
    }

    static bool IsRoot(string key) => key.StartsWith("Logs:", StringComparison.OrdinalIgnoreCase) || key.Equals("Logs", StringComparison.OrdinalIgnoreCase);

    /// <summary>A variable that is no setting is only told: Kubernetes makes MAILFLOW_SERVICE_HOST and the like by itself.</summary>
    static async Task<List<KeyValuePair<string, string?>>> VariablesAsync()
    {
        var known = new List<KeyValuePair<string, string?>>();
        foreach (var variable in new ConfigurationBuilder().AddEnvironmentVariables(Settings.VariablePrefix).Build().AsEnumerable().Where(v => v.Value is not null))
        {
            if (Settings.IsKnown(variable.Key))
                known.Add(variable);
            else
                await Console.Error.WriteLineAsync($"{Settings.VariablePrefix}{variable.Key.Replace(":", "__", StringComparison.Ordinal)} is no setting, and is ignored.");
        }

        return known;
    }

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
