using System.Diagnostics;
using System.Text;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary>The real program as a child process.</summary>
sealed class RunningProgram : IDisposable
{
    /// <summary>Its working directory, with nothing in it: what lies in that of the tests, or in the machine's temporary folder, is no part of a test.</summary>
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-run-").FullName;
    readonly Process _process;
    readonly StringBuilder _errors = new();

    public RunningProgram(params ReadOnlySpan<string> arguments)
        : this([], arguments)
    {
    }

    /// <param name="under">The command that starts it, which must become it: `strace -D`.</param>
    /// <param name="arguments">The program's own.</param>
    /// <param name="input">Its standard input; null: that of the tests.</param>
    /// <param name="variables">Of its environment.</param>
    /// <param name="folder">Where it runs; null: a folder of its own.</param>
    public RunningProgram(ReadOnlySpan<string> under, ReadOnlySpan<string> arguments, string? input = null, string? folder = null, params (string Name, string Value)[] variables)
    {
        string[] command = [.. under, "dotnet"];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = input is not null, UseShellExecute = false, WorkingDirectory = folder ?? _folder };
        // Nor are the settings of whoever runs the tests.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MAILFLOW_", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        // Simulated domains are asked about nowhere; a test of enrichment switches it on, and names a resolver on loopback.
        start.Environment["MAILFLOW_Enrichment__Enabled"] = "false";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        foreach (var argument in command.AsSpan(1))
            start.ArgumentList.Add(argument);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "mailflow.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) => Append(e.Data);
        _process.OutputDataReceived += (_, e) => Append(e.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        if (input is null)
            return;
        using var standard = _process.StandardInput;
        standard.Write(input);
    }

    public static RunningProgram WithInput(string input, params ReadOnlySpan<string> arguments) => new([], arguments, input);

    public string Output
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    /// <summary>SIGKILL: no handler runs.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancel)
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(cancel);
        await _process.WaitForExitAsync(cancel).Soon();
        return _process.ExitCode;
    }

    public async Task<int> ExitAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel).Soon();
        return _process.ExitCode;
    }

    /// <summary>Asks until it answers with success.</summary>
    public async Task WaitUntilUpAsync(HttpClient http, Uri url, CancellationToken cancel)
    {
        var started = Stopwatch.StartNew();
        while (started.Elapsed < Waiting.Patience)
        {
            if (_process.HasExited)
                Assert.Fail($"The program ended with {_process.ExitCode}:\n{Output}");
            try
            {
                using var answer = await http.GetAsync(url, cancel);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                // Not up yet, or too busy for the client's patience.
            }

            await Task.Delay(20, cancel);
        }

        Assert.Fail($"{url} did not answer within {Waiting.Patience.TotalSeconds} s:\n{Output}");
    }

    public static int FreePort() => Ports.Claim();

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    void Append(string? line)
    {
        // The end of a stream is told as null.
        if (line is null)
            return;
        lock (_errors)
            _errors.AppendLine(line);
    }
}
