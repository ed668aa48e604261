using System.Diagnostics;
using System.Globalization;
using Mailflow.Simulator;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary>Failing disks and shares, with the real program: strace makes its system calls fail or hang.</summary>
public sealed class FaultTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-fault-").FullName;
    readonly Uri _url = new($"http://127.0.0.1:{RunningProgram.FreePort()}");
    readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    readonly Scraper _scraper;

    public FaultTests() => _scraper = new(_http, new Uri(_url, "/metrics"));

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string Logs => Path.Combine(_folder, "logs");

    string State => Path.Combine(_folder, "state");

    string[] Arguments => ["run", "--logs", $"EX01={Logs}", "--state", State, "--listen", _url.ToString().TrimEnd('/'), "--set", "Log:Level=warning"];

    [Fact]
    public async Task D02_Hanging_share_is_reported_and_blocks_no_other()
    {
        SkipWithoutStrace();
        var share = Path.Combine(_folder, "share");
        Directory.CreateDirectory(Logs);
        Directory.CreateDirectory(share);
        Write(Logs, 0, 3);
        Write(share, 0, 3);
        using var program = new RunningProgram([.. Arguments, "--logs", $"EX02={share}"]);
        await program.WaitUntilUpAsync(_http, new Uri(_url, "/healthz"), Cancel);
        await UntilAsync(() => _scraper.Value("mailflow_rows_total") == 6, "all rows are counted");

        using (var hanging = await AttachAsync(program, "-P", share, "-e", "inject=openat,newfstatat,statx,getdents64:delay_enter=600s"))
        {
            Write(Logs, 3, 7);
            Write(share, 3, 7);
            await UntilAsync(() => _scraper.Value("mailflow_rows_total") == 10, "the other folder is read on");
            await UntilAsync(() => _scraper.Value("mailflow_root_up", share) == 0, "the share is said to be down");
            Assert.Equal(1, _scraper.Value("mailflow_root_up", Logs));
            Assert.Equal(10, _scraper.Value("mailflow_rows_total"));
            Assert.Contains("it has not answered for", await _http.GetStringAsync(_url, Cancel), StringComparison.Ordinal);
        }

        await UntilAsync(() => _scraper.Value("mailflow_rows_total") == 14 && _scraper.Value("mailflow_root_up", share) == 1, "the share is read on");

        // A thread held by strace keeps an ended process in the process table.
        Task<int> stopped;
        using (await AttachAsync(program, "-P", share, "-e", "inject=openat,newfstatat,statx,getdents64:delay_enter=600s"))
        {
            await Task.Delay(1000, Cancel);
            stopped = program.StopAsync(Cancel);
            var watch = Stopwatch.StartNew();
            while (!HasEnded(program.Id))
            {
                // The hanging call takes ten minutes.
                Assert.True(watch.Elapsed < Waiting.Patience, $"{watch.Elapsed} to stop while the share hangs");
                await Task.Delay(100, Cancel);
            }
        }

        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task K07_Failing_fsync_ends_the_program_without_loss_or_double_counting()
    {
        SkipWithoutStrace();
        using var simulation = new Simulation(new SimulationOptions { Folder = Logs, Server = "EX01", Rate = 1000 }, TimeProvider.System);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var writing = simulation.RunAsync(null, enough.Token);
        for (var round = 0; round < 2; round++)
        {
            using var program = new RunningProgram(Arguments);
            await program.WaitUntilUpAsync(_http, new Uri(_url, "/healthz"), Cancel);
            await UntilAsync(() => _scraper.Value("mailflow_rows_total") > 500 * (round + 1), "rows are counted");
            using var failing = await AttachAsync(program, "-P", Path.Combine(State, "mailflow.db-wal"), "-e", "inject=fsync,fdatasync:error=EIO");
            Assert.Equal(3, await program.ExitAsync(Cancel));
            Assert.Contains("disk I/O error", program.Output, StringComparison.Ordinal);
        }

        await enough.CancelAsync();
        await writing;
        var truth = SimulationTruth.Load(Logs);
        using var last = new RunningProgram(Arguments);
        await last.WaitUntilUpAsync(_http, new Uri(_url, "/healthz"), Cancel);
        await UntilAsync(() => _scraper.Value("mailflow_rows_total") >= truth.Rows, "all rows are counted");
        Assert.Equal(truth.Rows, _scraper.Value("mailflow_rows_total"));
        Assert.Equal(truth.Failures.Values.Sum(), _scraper.Value("mailflow_failures_total"));
        Assert.Equal(0, await last.StopAsync(Cancel));
    }

    /// <summary>A renamed file keeps its name after a crash only once its folder was synchronised; no commit to it may happen before.</summary>
    [Fact]
    public async Task K08_New_store_is_durable_before_the_first_commit()
    {
        SkipWithoutStrace();
        Directory.CreateDirectory(Logs);
        Write(Logs, 0, 3);
        var trace = Path.Combine(_folder, "trace");
        using (var program = new RunningProgram(
            ["strace", "-D", "-f", "-qq", "-y", "-e", "trace=rename,renameat,renameat2,fsync,fdatasync", "-o", trace], Arguments))
        {
            await program.WaitUntilUpAsync(_http, new Uri(_url, "/healthz"), Cancel);
            await UntilAsync(() => _scraper.Value("mailflow_rows_total") == 3, "all rows are counted");
            Assert.Equal(0, await program.StopAsync(Cancel));
        }

        var calls = await File.ReadAllLinesAsync(trace, Cancel);
        var renamed = Array.FindIndex(calls, l => l.Contains("mailflow.db.new\", ", StringComparison.Ordinal));
        var content = Array.FindIndex(calls, l => l.Contains($"<{State}/mailflow.db.new>)", StringComparison.Ordinal));
        var folder = Array.FindIndex(calls, Math.Max(0, renamed), l => l.Contains($"<{State}>)", StringComparison.Ordinal));
        var commits = Array.FindLastIndex(calls, l => l.Contains($"<{State}/mailflow.db-wal>)", StringComparison.Ordinal));
        Assert.True(
            content >= 0 && content < renamed && renamed < folder && folder < commits,
            $"content {content}, rename {renamed}, folder {folder}, last commit {commits}:\n{string.Join('\n', calls)}");
    }

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    static void SkipWithoutStrace()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "Needs strace: apt-get install strace");
        string[] arguments = ["-qq", "-e", "trace=none", "-e", "inject=getppid:error=EIO", "true"];
        using var allowed = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        allowed.WaitForExit();
        Assert.SkipUnless(allowed.ExitCode == 0, "strace may not trace here");
    }

    static bool HasEnded(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/status").Contains("(zombie)", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Rows from one number up to another, appended as Exchange does.</summary>
    static void Write(string folder, int from, int to)
    {
        var path = Path.Combine(folder, "MSGTRK2024050607-1.LOG");
        if (!File.Exists(path))
        {
            File.WriteAllText(
                path,
                "#Software: Microsoft Exchange Server\r\n#Version: 15.02.1118.040\r\n#Log-type: Message Tracking Log\r\n"
                + "#Date: 2024-05-06T07:00:00.000Z\r\n#Fields: date-time,source,event-id,message-id\r\n");
        }
        File.AppendAllLines(
            path,
            Enumerable.Range(from, to - from).Select(
                n => $"{DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)},SMTP,RECEIVE,{n}\r"));
    }

    /// <summary>Attaches strace to all threads of the program.</summary>
    static async Task<Strace> AttachAsync(RunningProgram program, params string[] options)
    {
        string[] arguments = ["-f", "-o", "/dev/null", .. options, "-p", program.Id.ToString(CultureInfo.InvariantCulture)];
        var strace = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var attached = await strace.StandardError.ReadLineAsync(Cancel).AsTask().Soon();
        Assert.Contains("attached", attached, StringComparison.Ordinal);
        _ = strace.StandardError.ReadToEndAsync(Cancel);
        return new(strace);
    }

    /// <summary>System calls are unchanged again once strace has ended.</summary>
    sealed class Strace(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    Task UntilAsync(Func<bool> holds, string what) => Waiting.UntilAsync(async () => await _scraper.ScrapeAsync(Cancel) && holds(), () => what);
}
