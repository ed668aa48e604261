using System.Diagnostics;
using System.Text;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary>The real program as a child process.</summary>
sealed class RunningProgram : IDisposable
{
    /// <summary>An empty working directory, so that files of the tests or of the machine have no influence.</summary>
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-run-").FullName;
    readonly Process _process;
    readonly StringBuilder _errors = new();

    public RunningProgram(params ReadOnlySpan<string> arguments)
        : this([], arguments)
    {
    }

    /// <param name="under">A command that starts it and is replaced by it, for example <c>strace -D</c>.</param>
    /// <param name="arguments">Arguments of the program.</param>
    /// <param name="input">Its standard input; null: inherited from the tests.</param>
    /// <param name="variables">Additional environment variables.</param>
    /// <param name="folder">Its working directory; null: an empty one.</param>
    public RunningProgram(
        ReadOnlySpan<string> under, ReadOnlySpan<string> arguments, string? input = null, string? folder = null,
        params (string Name, string Value)[] variables)
    {
        string[] command = [.. under, "dotnet"];
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = input is not null,
            UseShellExecute = false,
            WorkingDirectory = folder ?? _folder,
        };
        // Settings from the environment of the tests are removed.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MAILFLOW_", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        // No queries about simulated domains; tests of enrichment enable it with a resolver on loopback.
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

    /// <summary>Sends SIGTERM; returns the exit code.</summary>
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

    /// <summary>Polls until the response is a success.</summary>
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
                // Not up yet, or too busy to answer within the client's timeout.
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
        // Null is the end of the stream.
        if (line is null)
            return;
        lock (_errors)
            _errors.AppendLine(line);
    }
}
