using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Mailflow.Configuration;
using Mailflow.Ship;

namespace Mailflow.Notify;

/// <summary>
/// Starts a program for each notification, without a shell: the same JSON as for a webhook on its standard input, a summary in variables. Exit code 0
/// means that it has the notification.
/// </summary>
sealed class CommandReceiver(string path, TimeProvider clock) : IReceiver
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>For the rest of the output, after the program has ended. A child in the background may keep it open.</summary>
    public static readonly TimeSpan OutputWait = TimeSpan.FromSeconds(1);

    public string Name => "notify-command";

    public string Target => path;

    public async Task<SinkAnswer> SendAsync(Notification notification, CancellationToken abort)
    {
        using var deadline = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, abort);
        Process process;
        try
        {
            process = Process.Start(StartOf(notification))!;
        }
        catch (Win32Exception e)
        {
            return new(SinkOutcome.Misconfigured, $"it cannot be started ({e.Message}); Notify:Command must be a program that this user may run");
        }

        using var reading = CancellationTokenSource.CreateLinkedTokenSource(either.Token);
        using (process)
            try
            {
                // Its output is read, so that it does not wait, and not kept.
                var output = Task.WhenAll(
                    process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, reading.Token),
                    process.StandardError.BaseStream.CopyToAsync(Stream.Null, reading.Token));
                await WriteAsync(process, NotificationJson.Of(notification), either.Token);
                await process.WaitForExitAsync(either.Token);
                await output.WaitAsync(OutputWait, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return process.ExitCode == 0
                    ? SinkAnswer.Taken
                    : new(SinkOutcome.Later, string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}"));
            }
            catch (OperationCanceledException) when (!abort.IsCancellationRequested)
            {
                return new(SinkOutcome.Later, string.Create(CultureInfo.InvariantCulture, $"it did not end within {Deadline.TotalSeconds:0} s and was ended"));
            }
            finally
            {
                await reading.CancelAsync();
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
    }

    ProcessStartInfo StartOf(Notification notification)
    {
        var start = new ProcessStartInfo(path)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        // The settings of this program may be in variables, with their secrets.
        foreach (var own in start.Environment.Keys.Where(k => k.StartsWith(Settings.VariablePrefix, StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(own);
        start.Environment["MAILFLOW_ID"] = notification.Id;
        start.Environment["MAILFLOW_TITLE"] = notification.Title.ToString();
        start.Environment["MAILFLOW_SEVERITY"] = notification.Worst is { } worst ? Analysis.Incidents.IncidentNames.Name(worst) : "none";
        start.Environment["MAILFLOW_URGENT"] = notification.IsUrgent ? "true" : "false";
        start.Environment["MAILFLOW_INCIDENTS"] = string.Join(',', notification.InFull.Select(n => n.Incident.Id));
        return start;
    }

    /// <summary>A program that does not read its input is right too.</summary>
    static async Task WriteAsync(Process process, ReadOnlyMemory<byte> json, CancellationToken cancel)
    {
        try
        {
            await using var input = process.StandardInput.BaseStream;
            await input.WriteAsync(json, cancel);
        }
        catch (IOException)
        {
            // It closed its input.
        }
    }
}
