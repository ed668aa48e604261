using System.Diagnostics;

namespace Mailflow.EndToEnd.Observability;

/// <summary>Runs a program to its end; the paths of the Prometheus and Alertmanager tools.</summary>
static class Tool
{
    static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static string Promtool => Installed("promtool", "prometheus");

    public static string Amtool => Installed("amtool", "prometheus-alertmanager");

    public static string Alertmanager => Installed("prometheus-alertmanager", "prometheus-alertmanager");

    public static string Prometheus => Installed("prometheus", "prometheus");

    public static async Task<(int Code, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancel, TimeSpan? deadline = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        // Fewer garbage collections, which take a sixth of promtool's time.
        start.Environment["GOGC"] = "400";
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        try
        {
            await process.WaitForExitAsync(cancel).WaitAsync(deadline ?? Deadline, cancel);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode, await output + await errors);
    }

    static string Installed(string program, string package)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/" + program), $"Needs {program}: apt-get install {package}");
        return "/usr/bin/" + program;
    }
}
