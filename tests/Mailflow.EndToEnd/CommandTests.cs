using System.Text.Json;
using System.Text.RegularExpressions;
using Mailflow.Printing;
using Mailflow.Simulator;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary>The commands on the command line.</summary>
public sealed class CommandTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-commands-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var program = new RunningProgram(arguments);
        var code = await program.ExitAsync(Cancel);
        return (code, program.Output);
    }

    [Fact]
    public async Task Scan_counts_logs_of_every_Exchange_version_correctly()
    {
        foreach (var version in new[] { "2007", "2010", "2013", "2016", "2019" })
        {
            var logs = Path.Combine(_folder, version);
            Assert.Equal(0, (await RunAsync("simulate", logs, "--size", "6MB", "--file-size", "1MB", "--exchange", version, "--seed", version)).Code);
            var (code, output) = await RunAsync("scan", logs, "--format", "json");
            Assert.Equal(1, code);
            var scan = JsonDocument.Parse(output).RootElement;
            var truth = SimulationTruth.Load(logs);
            Assert.Equal(truth.Rows, scan.GetProperty("rows").GetInt64());
            Assert.Equal(truth.Bytes, scan.GetProperty("bytes").GetInt64());
            Assert.Equal(0, scan.GetProperty("unreadable").GetInt64());
            Equal(truth.Events, scan, "events");
            Equal(truth.Noise, scan, "noise");
            Equal(truth.Messages, scan, "messages");
            Equal(truth.Failures, scan, "failures");
            Equal(truth.Deferrals, scan, "deferrals");
            foreach (var (outcome, latency) in truth.LatencyMs)
            {
                var told = scan.GetProperty("latency_seconds").GetProperty(outcome);
                Assert.Equal(latency.Count, told.GetProperty("count").GetInt64());
                Assert.Equal(latency.P95 / 1000.0, told.GetProperty("p95").GetDouble(), tolerance: Math.Max(0.0005, latency.P95 / 1e6));
            }
        }
    }

    [Fact]
    public async Task Scan_masks_addresses_by_default()
    {
        await RunAsync("simulate", Path.Combine(_folder, "logs"), "--size", "2MB");
        foreach (var format in new[] { "text", "json", "csv" })
        {
            var (_, output) = await RunAsync("scan", Path.Combine(_folder, "logs"), "--format", format);
            Assert.DoesNotMatch(@"[a-z]{3,}\.[a-z]{3,}\d*@", output);
        }
    }

    [Fact]
    public async Task Scan_of_a_missing_path_fails_with_a_message()
    {
        var (code, output) = await RunAsync("scan", Path.Combine(_folder, "nothing"));
        Assert.Equal(3, code);
        Assert.Contains("does not exist: expected a log file or a folder of logs", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_fails_with_a_reason_where_nothing_was_read()
    {
        var empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        await FailsAsync($"No log was found in {empty}", empty);
        await File.WriteAllTextAsync(Path.Combine(empty, "old.LOG.gz"), "x", Cancel);
        await FailsAsync(
            $"{empty}/old.LOG.gz cannot be read: it has the name of an archive, but not its first bytes: it is damaged or something else.",
            empty);
        File.Delete(Path.Combine(empty, "old.LOG.gz"));
        await FailsAsync($"{empty}/*.csv matches nothing", empty + "/*.csv");
        await File.WriteAllTextAsync(Path.Combine(empty, "a.LOG"), "junk\nand more\n", Cancel);
        await FailsAsync("a.LOG is ignored: no #Fields: header", empty);
        // A pipe that is given is read until its writer ends; one that lies in a folder is not waited for.
        var pipe = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "pipes")).FullName, "pipe.LOG");
        Assert.Equal(0, System.Diagnostics.Process.Start("mkfifo", pipe) is { } made && made.WaitForExit(5000) ? made.ExitCode : -1);
        await FailsAsync("pipe.LOG is ignored: not a file but a pipe", Path.GetDirectoryName(pipe)!);
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public async Task Scan_reports_unreadable_files_and_fails()
    {
        if (OperatingSystem.IsWindows())
            return;
        if (!File.Exists("/usr/bin/setpriv") || !Environment.IsPrivilegedProcess)
            Assert.Skip("needs root and setpriv, to be somebody whom rights hold");
        const string Text = "#Log-type: Message Tracking Log\r\n#Fields: date-time,source,event-id,recipient-address,recipient-status\r\n"
            + "2026-01-01T00:00:00.000Z,STOREDRIVER,DELIVER,a@b.test,\r\n";
        var shut = Directory.CreateDirectory(Path.Combine(_folder, "shut")).FullName;
        foreach (var file in new[] { "shut/a.LOG", "b.LOG", "good.LOG" })
            await File.WriteAllTextAsync(Path.Combine(_folder, file), Text, Cancel);
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(shut, UnixFileMode.None);
        File.SetUnixFileMode(Path.Combine(_folder, "b.LOG"), UnixFileMode.None);
        foreach (var path in new[] { "shut", "shut/a.LOG", "b.LOG" })
        {
            using var program = new RunningProgram(
                ["setpriv", "--reuid", "65534", "--clear-groups"], ["scan", Path.Combine(_folder, path), Path.Combine(_folder, "good.LOG")]);
            Assert.Equal(3, await program.ExitAsync(Cancel));
            Assert.Contains($"{Path.Combine(_folder, path)} cannot be read: ", program.Output, StringComparison.Ordinal);
            Assert.Contains("denied", program.Output, StringComparison.Ordinal);
            Assert.Contains("1 row in 1 file", program.Output, StringComparison.Ordinal);
        }

        // The exit code says that not all was read, also of what is only found in a named folder.
        using var whole = new RunningProgram(["setpriv", "--reuid", "65534", "--clear-groups"], ["scan", _folder]);
        Assert.Equal(3, await whole.ExitAsync(Cancel));
        Assert.Contains($"{shut} is not read: cannot be listed: Permission denied", whole.Output, StringComparison.Ordinal);
        Assert.Contains($"Ignored: {shut}: cannot be listed: Permission denied", whole.Output, StringComparison.Ordinal);
        Assert.Contains($"Ignored: {Path.Combine(_folder, "b.LOG")}: ", whole.Output, StringComparison.Ordinal);
    }

    static async Task FailsAsync(string says, params string[] paths)
    {
        var (code, output) = await RunAsync(["scan", .. paths]);
        Assert.Contains(says, output, StringComparison.Ordinal);
        Assert.Equal(3, code);
    }

    /// <summary>Unexpanded, as cmd and PowerShell pass them.</summary>
    [Fact]
    public async Task Scan_accepts_wildcards_and_the_arguments_of_run()
    {
        const string Text = "#Log-type: Message Tracking Log\r\n#Fields: date-time,source,event-id,recipient-address,recipient-status\r\n"
            + "2026-01-01T00:00:00.000Z,STOREDRIVER,DELIVER,a@b.test,\r\n";
        var logs = Directory.CreateDirectory(Path.Combine(_folder, "X")).FullName;
        foreach (var name in new[] { "a.LOG", "b.log" })
            await File.WriteAllTextAsync(Path.Combine(logs, name), Text, Cancel);
        foreach (var path in new[] { @"X\*.LOG", "X/*.LOG", "EX01=X", $"EX01={logs}", "?" })
        {
            using var program = new RunningProgram([], ["scan", path], folder: _folder);
            Assert.Equal(0, await program.ExitAsync(Cancel));
            Assert.Contains("2 rows in 2 files", program.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Scan_shows_one_sum_of_failures_from_rows_and_events()
    {
        await RunAsync("simulate", Path.Combine(_folder, "logs"), "--size", "3MB", "--logs", "all", "--exports");
        var scan = JsonDocument.Parse((await RunAsync("scan", Path.Combine(_folder, "logs"), "--format", "json")).Output).RootElement;
        var (rows, events) = (scan.GetProperty("messages").GetProperty("failed").GetInt64(), scan.GetProperty("event_only_failures").GetInt64());
        Assert.True(events > 0);
        Assert.Equal(rows + events, scan.GetProperty("failures").EnumerateObject().Sum(p => p.Value.GetInt64()));
        var (_, text) = await RunAsync("scan", Path.Combine(_folder, "logs"));
        Assert.StartsWith($"{rows + events} recipients failed, {events} of them only in event 2004", text, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^ *failed +│? *{rows + events} *\r?$", text);
        Assert.DoesNotMatch($@"(?m)^ *failed +│? *{rows} *\r?$", text);
    }

    [Fact]
    public async Task Program_without_arguments_shows_help_and_every_version_option_works()
    {
        var (code, help) = await RunAsync();
        Assert.Equal(2, code);
        Assert.Contains("mailflow [command] [options]", help, StringComparison.Ordinal);
        Assert.Equal((0, help), await RunAsync("help"));
        Assert.Equal(await RunAsync("scan", "--help"), await RunAsync("help", "scan"));
        foreach (var version in new[] { "-v", "-V", "version" })
            Assert.Equal(await RunAsync("--version"), await RunAsync(version));
        Assert.Equal((2, "'scna' is not a command. Did you mean scan?\nTry: mailflow --help\n"), await RunAsync("scna"));
    }

    [Fact]
    public async Task Arguments_in_error_messages_are_escaped()
    {
        string[][] commands =
        [
            ["run", "--check", "--logs", _folder, "--set", "Bad\u001b[31m\nKey\u202e=1"],
            ["scan", "no\u001b[2J\nForged\u2066.LOG"],
            ["sc\u001b[31man\nx"],
            ["run", "--config", "/no\u001b\nForged.json"],
            ["check", "x\u001b[1m\nForged y"],
        ];
        foreach (var arguments in commands)
        {
            var (code, output) = await RunAsync(arguments);
            Assert.NotEqual(0, code);
            Assert.DoesNotContain(output, c => c is not ('\r' or '\n') && Printable.Of($"{c}").Length > 1);
            Assert.DoesNotContain(output.Split('\n'), l => l.StartsWith("Forged", StringComparison.Ordinal) || l.StartsWith("Key", StringComparison.Ordinal));
        }

        var (_, masked) = await RunAsync("scan", "/none/john.doe@contoso.test.LOG");
        Assert.StartsWith("/none/j***@contoso.test.LOG does not exist", masked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_check_warns_about_missing_folders()
    {
        var (code, output) = await RunAsync("run", "--check", "--logs", Path.Combine(_folder, "later"), "--logs", _folder + "-none", "--state", _folder);
        Assert.Equal(0, code);
        Assert.Contains($"Warning: {_folder}/later does not exist yet", output, StringComparison.Ordinal);
        Assert.Contains("The configuration is valid, with 2 warning(s).", output, StringComparison.Ordinal);
        (code, output) = await RunAsync("run", "--check", "--logs", "EX01=a,EX02=b");
        Assert.Equal(2, code);
        Assert.Contains("it names several", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_of_another_log_in_the_middle_loses_only_its_own_rows()
    {
        const string Row = "2026-01-01T00:00:00.000Z,STOREDRIVER,DELIVER,a@b.test,\r\n";
        var log = Path.Combine(_folder, "MSGTRK2026010100-1.LOG");
        await File.WriteAllTextAsync(log, "#Log-type: Message Tracking Log\r\n#Fields: date-time,source,event-id,recipient-address,recipient-status\r\n" + Row
            + "#Log-type: Transport Connectivity Log\r\n#Fields: date-time,session,source\r\n2026-01-01T00:00:00.000Z,08DD,SMTP\r\n"
            + "#Fields: date-time,source,event-id,recipient-address,recipient-status\r\n" + Row, Cancel);
        var (code, output) = await RunAsync("scan", log, log, _folder, "--format", "json");
        Assert.Equal(0, code);
        var scan = JsonDocument.Parse(output).RootElement;
        Assert.Equal(2, scan.GetProperty("rows").GetInt64()); // the file is named three times and read once
        Assert.Equal(1, scan.GetProperty("unreadable").GetInt64());
    }

    [Fact]
    public async Task Failure_before_1970_is_read()
    {
        using var http = new HttpClient();
        var url = $"http://127.0.0.1:{RunningProgram.FreePort()}";
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "a.log"),
            "#Log-type: Message Tracking Log\r\n#Fields: date-time,source,event-id,recipient-address,recipient-status\r\n"
            + "1969-12-31T23:59:58.000Z,SMTP,FAIL,a@b.test,550 5.1.1 no\r\n",
            Cancel);
        using var program = new RunningProgram("run", "--logs", _folder + "/", "--state", Path.Combine(_folder, "state"), "--listen", url);
        await program.WaitUntilUpAsync(http, new Uri(url + "/healthz"), Cancel);
        var scraper = new Scraper(http, new Uri(url + "/metrics"));
        await Waiting.UntilAsync(async () => await scraper.ScrapeAsync(Cancel) && scraper.Value("mailflow_failures_total") > 0, () => program.Output);
        Assert.Equal(1, scraper.Value("mailflow_failures_total"));
        Assert.Equal(0, await program.StopAsync(Cancel));
    }

    [Fact]
    public async Task Folders_on_the_command_line_replace_those_in_the_file()
    {
        var config = Path.Combine(_folder, "config.json");
        await File.WriteAllTextAsync(config, """{ "Logs": [ { "Folder": "/elsewhere", "Server": "EXA", "Name": "n0" }, { "Folder": "/other" } ] }""", Cancel);
        var (code, output) = await RunAsync("run", "--check", "--config", config, "--logs", _folder);
        Assert.Equal(0, code);
        Assert.Contains(_folder, output, StringComparison.Ordinal);
        Assert.DoesNotContain("EXA", output, StringComparison.Ordinal);
        Assert.DoesNotContain("/other", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_without_failures_succeeds()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "MSGTRK2026010100-1.LOG"),
            "#Log-type: Message Tracking Log\r\n#Fields: date-time,source,event-id,recipient-address,recipient-status\r\n"
            + "2026-01-01T00:00:00.000Z,STOREDRIVER,DELIVER,a@b.test,\r\n",
            Cancel);
        Assert.Equal(0, (await RunAsync("scan", _folder)).Code);
    }

    [Fact]
    public async Task Explain_writes_one_JSON_object_per_text()
    {
        var (code, output) = await RunAsync("explain", "--format", "json", "550 5.1.1 <x@y.test>: Recipient address rejected: User unknown");
        Assert.Equal(0, code);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            "smtp enhanced cause sub_reason guide_cause permanence fault confidence evidence facts advice commands page text",
            string.Join(' ', json.EnumerateObject().Select(p => p.Name)));
        Assert.Equal("invalid-recipient", json.GetProperty("cause").GetString());
        Assert.Equal(550, json.GetProperty("smtp").GetInt32());
    }

    [Theory]
    [InlineData("550 5.1.1 User unknown", "1 invalid recipient")]
    [InlineData("451 4.4.0 DNS query failed. The error was: SMTPSEND.DNS.NonExistentDomain; nonexistent domain", "2 DNS")]
    [InlineData("550 5.7.1 Unable to relay", "3 relay / not authorised")]
    [InlineData("554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", "4 mailbox full")]
    [InlineData("421 4.4.2 Connection dropped due to SocketError", "5 network")]
    [InlineData("550 5.3.4 ROUTING.SizeLimit; message size exceeds fixed maximum size for route", "6 size exceeded")]
    public async Task Explain_recognises_the_six_causes_of_the_guide(string text, string cause) =>
        Assert.Contains($"\"guide_cause\":\"{cause}\"", (await RunAsync("explain", "--format", "json", text)).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Explain_fills_known_values_into_commands()
    {
        var (_, output) = await RunAsync("explain", "550 5.1.1 <john@contoso.example>: User unknown", "--server", "EX01");
        Assert.Contains("  Get-Recipient 'john@contoso.example' | Format-List", output, StringComparison.Ordinal);
        var (_, domain) = await RunAsync("explain", "550 5.4.310 DNS domain of <john@contoso.example> does not exist");
        Assert.Contains("Resolve-DnsName -Name 'contoso.example' ", domain, StringComparison.Ordinal);
        Assert.Contains("docs/causes/invalid-recipient.md", output, StringComparison.Ordinal);
        Assert.True(
            File.Exists(Regex.Match(output, @"(?m)^details +(?<file>\S.*?)\s*$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Groups["file"].Value),
            output);
    }

    [Fact]
    public async Task Explain_accepts_an_apostrophe_in_an_address()
    {
        string[][] commands =
        [
            ["550 5.1.1 <o'brien@contoso.example>... User unknown"],
            ["550 5.1.1 User unknown", "--recipient", "o'brien@contoso.example"],
        ];
        foreach (var arguments in commands)
        {
            var (_, output) = await RunAsync(["explain", .. arguments]);
            Assert.Contains("Get-Recipient 'o''brien@contoso.example' | Format-List", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("@/etc/hostname")]
    [InlineData("[suggest] 550 5.1.1 User unknown")]
    [InlineData("[diagram]")]
    public async Task Explain_treats_every_argument_as_text(string text)
    {
        var (code, output) = await RunAsync("explain", "--format", "json", text);
        Assert.Equal(0, code);
        Assert.Equal(text, JsonDocument.Parse(output).RootElement.GetProperty("text").GetString());
        Assert.Equal(2, (await RunAsync("[suggest]", "ex")).Code);
    }

    [Fact]
    public async Task Explain_skips_blank_lines_and_reports_empty_input()
    {
        var (code, output) = await RunAsync("explain", "");
        Assert.Equal((2, "Nothing to explain. Give a status text, or one per line on standard input."), (code, output.Trim()));
        using var nothing = RunningProgram.WithInput("\n  \n", "explain");
        Assert.Equal(2, await nothing.ExitAsync(Cancel));
        using var some = RunningProgram.WithInput("\n550 5.1.1 User unknown\n \n\n554 5.2.2 mailbox full\n", "explain", "--format", "json");
        Assert.Equal(0, await some.ExitAsync(Cancel));
        Assert.Equal(2, some.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => l.StartsWith('{')));
        Assert.DoesNotContain("nothing", some.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_says_of_a_folder_that_it_is_one()
    {
        var (code, output) = await RunAsync("explain", "--file", AppContext.BaseDirectory);
        Assert.Equal(2, code);
        Assert.Contains("this is a folder. Expected a file", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--recipient", "*@contoso.example")]
    [InlineData("--domain", "*")]
    [InlineData("--connector", "Internet*")]
    [InlineData("--server", "EX?1")]
    public async Task Explain_refuses_wildcards_in_values(string option, string value)
    {
        var (code, output) = await RunAsync("explain", "550 5.1.1 User unknown", option, value);
        Assert.Equal(2, code);
        Assert.Contains("it has a wildcard", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_does_not_wrap_commands()
    {
        var recipient = new string('a', 200) + "@contoso.example";
        var (_, output) = await RunAsync("explain", "550 5.1.1 User unknown", "--recipient", recipient);
        Assert.Contains(
            output.Split('\n').Select(l => l.TrimEnd('\r')),
            l => l.Contains($" Get-MessageTrackingLog -ResultSize Unlimited -Recipients '{recipient}' ", StringComparison.Ordinal) && l.Length > 350);
    }

    [Fact]
    public async Task Rules_test_checks_a_file_and_tries_it_on_texts_and_on_the_store()
    {
        var (rules, faulty) = (Path.Combine(_folder, "rules.json"), Path.Combine(_folder, "faulty.json"));
        const string Gateway = """[{ "text": "held by the gateway", "cause": "policy-restriction", "fault": "ours", "advice": "Ask for a pass." }]""";
        await File.WriteAllTextAsync(rules, Gateway, Cancel);
        await File.WriteAllTextAsync(faulty, """[{ "text": "held", "cause": "gateway" }]""", Cancel);
        var (code, output) = await RunAsync("rules", "test", rules, "554 5.7.1 Held by the gateway");
        Assert.Equal(0, code);
        Assert.Contains("rule at line 1: policy-restriction, responsible: ours", output, StringComparison.Ordinal);
        Assert.Equal(3, (await RunAsync("rules", "test", rules, "--state", Path.Combine(_folder, "none"))).Code);
        Assert.Equal(1, (await RunAsync("rules", "test", faulty)).Code);
        Assert.Equal(2, (await RunAsync("rules", "test", Path.Combine(_folder, "missing.json"))).Code);
        (code, output) = await RunAsync("explain", "554 5.7.1 Held by the gateway", "--rules", rules);
        Assert.Equal(0, code);
        Assert.Contains("Ask for a pass.", output, StringComparison.Ordinal);
        Assert.Contains("your rule at line 1 of rules.json", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_errors_exit_with_2()
    {
        Assert.Equal(2, (await RunAsync("scan")).Code);
        Assert.Equal(2, (await RunAsync("nonsense")).Code);
        Assert.Equal(2, (await RunAsync("scan", "x", "--format", "xml")).Code);
        Assert.Equal(2, (await RunAsync("run", "--state", _folder)).Code);
    }

    [Theory]
    [InlineData("simulate FOLDER --seconds", "1e300", "-1", "NaN", "0")]
    [InlineData("simulate FOLDER --rate", "1e300", "-1", "NaN", "0")]
    [InlineData("simulate FOLDER --size", "1e300", "-1MB", "0.0001KB", "MB", "5", "")]
    [InlineData("simulate FOLDER --file-size", "1", "many")]
    [InlineData("simulate FOLDER --server", "we\"ird,srv", "a b", "")]
    [InlineData("simulate FOLDER --domain", "a,b", "a..b")]
    [InlineData("demo --seconds", "1e300", "-1", "NaN", "0")]
    [InlineData("demo --rate", "1e300", "-1", "NaN", "0")]
    public async Task Invalid_option_values_are_usage_errors_with_the_allowed_values(string command, params string[] values)
    {
        var words = command.Replace("FOLDER", Path.Combine(_folder, "none"), StringComparison.Ordinal).Split(' ');
        foreach (var value in values)
        {
            var (code, output) = await RunAsync([.. words, value]);
            Assert.Equal(2, code);
            Assert.Matches($"^{words[^1]} .*: expected a ", output);
        }

        Assert.False(Directory.Exists(Path.Combine(_folder, "none")));
    }

    [Fact]
    public async Task Simulation_stops_at_once_at_any_rate_with_bounded_memory()
    {
        var fast = Path.Combine(_folder, "fast");
        // The limit is eight seconds. A busy machine may exceed it, but hardly three times.
        var code = await StopFastAsync(fast);
        for (var again = 0; again < 2 && code != 0; again++)
            code = await StopFastAsync(fast);
        Assert.Equal(0, code);
        Assert.True(SimulationTruth.Load(fast).Finished);
    }

    static async Task<int> StopFastAsync(string fast)
    {
        if (Directory.Exists(fast))
            Directory.Delete(fast, recursive: true);
        using var simulation = new RunningProgram("simulate", fast, "--rate", "1000000");
        await Waiting.UntilAsync(
            () => File.Exists(Path.Combine(fast, SimulationTruth.FileName)) && SimulationTruth.Load(fast).Rows > 300_000, () => simulation.Output);
        using (var process = System.Diagnostics.Process.GetProcessById(simulation.Id))
            Assert.InRange(process.WorkingSet64, 1, 700L << 20);
        return await simulation.StopAsync(Cancel);
    }

    [Fact]
    public async Task Run_reports_all_configuration_errors_and_exits_with_2()
    {
        var (code, output) = await RunAsync(
            "run", "--check", "--logs", _folder, "--set", "Tail:PollInterval=never", "--set", "Store:Keep=1s", "--set", "Nonsense=1");
        Assert.Equal(2, code);
        Assert.Contains("3 error(s)", output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("run", "--check", "--logs", _folder)).Code);
    }

    [Fact]
    public async Task Run_check_finds_invalid_folders_and_leaves_no_files()
    {
        var file = Path.Combine(_folder, "file.log");
        await File.WriteAllTextAsync(file, "", Cancel);
        var (code, output) = await RunAsync("run", "--check", "--logs", file, "--state", Path.Combine(file, "state"), "--set", "Events:File:Path=/");
        Assert.Equal(2, code);
        Assert.Contains("3 error(s)", output, StringComparison.Ordinal);
        Assert.Contains($"Logs: '{file}' is a file: allowed is a folder.", output, StringComparison.Ordinal);
        Assert.Contains($"State:Folder = '{file}/state': {file} is not a folder.", output, StringComparison.Ordinal);
        Assert.Contains("Events:File:Path = '/' is a folder: allowed is a file.", output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("run", "--check", "--logs", _folder, "--state", "/proc/mailflow")).Code);
        Assert.Equal(
            0,
            (await RunAsync(
                "run", "--check", "--logs", Path.Combine(_folder, "later"), "--state", Path.Combine(_folder, "a", "b"),
                "--set", $"Events:File:Path={_folder}/c/events.jsonl")).Code);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("--set", "Store:Keep", "--set Store:Keep: expected KEY=VALUE")]
    [InlineData("--set", "=1", "--set =1: expected KEY=VALUE")]
    [InlineData("--state", "", "--state '': expected a folder.")]
    [InlineData("--config", "/", "--config /: this is a folder. Expected a JSON file with settings.")]
    [InlineData("--config", "/nowhere.json", "--config /nowhere.json: there is no such file. Expected a JSON file with settings.")]
    public async Task Impossible_option_values_are_usage_errors(string option, string value, string says)
    {
        var (code, output) = await RunAsync("run", "--check", "--logs", _folder, option, value);
        Assert.Equal(2, code);
        Assert.StartsWith(says, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"Web\": {\n  \"Listen\": nonsense } }", ", line 2, column 14: 'nonsense } }' is an invalid JSON literal.")]
    [InlineData("{ \"Web\": {\n  \"Listen\": \"http://127.0.0.1:9464\"\n \"a\": 1 } }", ", line 3, column 2: '\"' is invalid after a value.")]
    [InlineData("[]", ": Top-level JSON element must be an object.")]
    [InlineData("{ \"a\": 1, \"A\": 2 }", ": A duplicate key 'A' was found.")]
    public async Task Invalid_JSON_in_the_configuration_is_reported_with_its_position(string text, string says)
    {
        var config = Path.Combine(_folder, "config.json");
        await File.WriteAllTextAsync(config, text, Cancel);
        var (code, output) = await RunAsync("run", "--check", "--logs", _folder, "--config", config);
        Assert.Equal(2, code);
        Assert.StartsWith(config + says, output, StringComparison.Ordinal);
        Assert.Contains("Expected JSON such as {", output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Unknown_environment_variables_are_reported_with_a_suggestion()
    {
        using var program = new RunningProgram(
            [], ["run", "--check", "--logs", _folder, "--state", _folder],
            variables: [("MAILFLOW_Tail__PolInterval", "1s"), ("MAILFLOW_SERVICE_HOST", "10.0.0.1"), ("MAILFLOW_rEAD__workers", "AUTO")]);
        Assert.Equal(0, await program.ExitAsync(Cancel));
        Assert.Contains(
            "MAILFLOW_Tail__PolInterval is not a setting and is ignored. Did you mean MAILFLOW_Tail__PollInterval?",
            program.Output, StringComparison.Ordinal);
        Assert.Contains("MAILFLOW_SERVICE_HOST is not a setting and is ignored. See docs/configuration.md.", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("rEAD", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_instance_on_the_same_state_folder_is_rejected()
    {
        using var http = new HttpClient();
        var url = $"http://127.0.0.1:{RunningProgram.FreePort()}";
        using var first = new RunningProgram("run", "--logs", _folder, "--state", Path.Combine(_folder, "state"), "--listen", url);
        await first.WaitUntilUpAsync(http, new Uri(url + "/healthz"), Cancel);
        var (code, output) = await RunAsync(
            "run", "--logs", _folder, "--state", Path.Combine(_folder, "state"), "--listen", $"http://127.0.0.1:{RunningProgram.FreePort()}");
        Assert.Equal(3, code);
        Assert.Contains("Another Mailflow uses the state folder", output, StringComparison.Ordinal);
        Assert.Equal(0, await first.StopAsync(Cancel));
    }

    [Fact]
    public async Task Port_in_use_is_reported_and_exits_with_3()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        var said = $"Mailflow cannot listen on http://127.0.0.1:{port}: address already in use by another program. Use another address or port: "
            + $"--listen URL, or the setting Web:Listen.";
        var (code, output) = await RunAsync(
            "run", "--logs", _folder, "--state", Path.Combine(_folder, "state"), "--listen", $"http://127.0.0.1:{port}", "--set", "Log:Level=error");
        Assert.Equal(3, code);
        Assert.Equal(said, output.Trim());
        (code, output) = await RunAsync("demo", "--listen", $"http://127.0.0.1:{port}");
        Assert.Equal(3, code);
        Assert.Equal(said, output.Trim());
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        (code, output) = await RunAsync(
            "run", "--logs", _folder, "--state", Path.Combine(_folder, "state"), "--listen", $"http://localhost:{port}", "--set", "Log:Level=error");
        Assert.Equal(3, code);
        Assert.Contains($"Mailflow cannot listen on http://localhost:{port}: address already in use", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_of_another_machine_is_reported_and_exits_with_3()
    {
        var (code, output) = await RunAsync(
            "run", "--logs", _folder, "--state", Path.Combine(_folder, "state"), "--listen", "http://192.0.2.1:9464", "--set", "Log:Level=error");
        Assert.Equal(3, code);
        Assert.Equal(
            "Mailflow cannot listen on http://192.0.2.1:9464: this machine has no such address. Use another address or port: --listen URL, or the "
            + "setting Web:Listen.",
            output.Trim());
    }

    [Theory]
    [InlineData("--listen", "http://example.com:19007")]
    [InlineData("--listen", "http://127.0.0.1")]
    [InlineData("--seq", "foo")]
    public async Task Demo_checks_its_URLs(string option, string value)
    {
        var (code, output) = await RunAsync("demo", option, value);
        Assert.Equal(2, code);
        Assert.Contains($"{option}: expected ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_shows_figures_and_stops_cleanly()
    {
        using var http = new HttpClient();
        var url = $"http://127.0.0.1:{RunningProgram.FreePort()}";
        using var demo = new RunningProgram("demo", "--listen", url);
        await demo.WaitUntilUpAsync(http, new Uri(url + "/readyz"), Cancel);
        // Ready means that the folders were looked at, not that rows are read.
        await Waiting.UntilAsync(
            async () => await http.GetStringAsync(new Uri(url + "/servers"), Cancel) is var page
                && page.Contains("EX01", StringComparison.Ordinal) && page.Contains("EX02", StringComparison.Ordinal),
            () => "the page of the servers does not name both");
        Assert.Contains(url, demo.Output, StringComparison.Ordinal);
        Assert.Equal(0, await demo.StopAsync(Cancel));
    }

    [Fact]
    public async Task Demo_stopped_while_it_writes_history_stops_cleanly()
    {
        using var demo = new RunningProgram("demo", "--listen", $"http://127.0.0.1:{RunningProgram.FreePort()}");
        await Waiting.UntilAsync(() => demo.Output.Contains("Writing the last hour", StringComparison.Ordinal), () => demo.Output);
        Assert.Equal(0, await demo.StopAsync(Cancel));
    }

    [Theory]
    [InlineData("scan", "FOLDER")]
    [InlineData("explain", "550 5.1.1 User unknown")]
    [InlineData("simulate", "FOLDER", "--size", "100KB")]
    public async Task Defaults_shown_in_help_are_accepted(params string[] command)
    {
        var (_, help) = await RunAsync(command[0], "--help");
        var shown = Regex.Matches(
            help, @"(?<option>--[a-z-]+) <[^>]+>.*\[default: (?<value>.+)\]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);
        Assert.NotEmpty(shown);
        Assert.NotEqual(
            2,
            (await RunAsync(
                [
                    .. command.Select(w => w.Replace("FOLDER", _folder, StringComparison.Ordinal)),
                    .. shown.SelectMany(m => new[] { m.Groups["option"].Value, m.Groups["value"].Value }),
                ])).Code);
    }

    [Fact]
    public async Task Option_values_ignore_case()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "MSGTRK2026010100-1.LOG"),
            "#Log-type: Message Tracking Log\r\n#Fields: date-time,source,event-id,recipient-address,recipient-status\r\n"
            + "2026-01-01T00:00:00.000Z,STOREDRIVER,DELIVER,a@b.test,\r\n",
            Cancel);
        var (code, output) = await RunAsync("scan", _folder, "--format", "JSON", "--addresses", "Masked");
        Assert.Equal(0, code);
        Assert.StartsWith("{", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_about_an_unusable_store_have_single_full_stops()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Cancel);
        foreach (var state in new[] { file, "/proc/mailflow", file + "/state" })
        {
            var (code, output) = await RunAsync("run", "--logs", _folder, "--state", state, "--listen", $"http://127.0.0.1:{RunningProgram.FreePort()}");
            Assert.Equal(3, code);
            Assert.Contains("cannot be opened for writing", output, StringComparison.Ordinal);
            Assert.DoesNotContain("..", output, StringComparison.Ordinal);
        }
    }

    static void Equal(SortedDictionary<string, long> truth, JsonElement scan, string name) =>
        Assert.Equal(
            truth,
            new SortedDictionary<string, long>(scan.GetProperty(name).EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt64()), truth.Comparer));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
