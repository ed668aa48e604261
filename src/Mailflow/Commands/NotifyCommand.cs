using System.CommandLine;
using Mailflow.Configuration;
using Mailflow.Mailing;
using Mailflow.Notify;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Ship;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Commands;

/// <summary><c>notify --test</c>: sends a made-up incident to every configured receiver.</summary>
static class NotifyCommand
{
    /// <summary>The settings whose faults matter here.</summary>
    static readonly string[] Parts = ["Notify", "Mail:"];

    public static Command Make()
    {
        var test = new Option<bool>("--test") { Description = "Send a test notification to every configured receiver, without delay." };
        var config = Checked.Config();
        var set = Checked.Settings();
        var command = new Command("notify", "Test the receivers of notifications (Notify:*). Exit code 1: a receiver did not accept it.") { test, config, set };
        command.Validators.Add(r =>
        {
            if (!r.GetValue(test))
                r.AddError("notify: expected --test. Notifications themselves are sent by mailflow run.");
        });
        command.SetAction((parsed, stop) => RunAsync(parsed.GetValue(config), Checked.Given(parsed.GetValue(set)), stop));
        return command;
    }

    static async Task<int> RunAsync(string? file, Dictionary<string, string?> given, CancellationToken stop)
    {
        MailflowOptions options;
        var faults = new List<string>();
        try
        {
            options = Settings.Read(await RunCommand.SourcesAsync(file, given), out var found);
            faults.AddRange(found.Where(f => Parts.Any(p => f.StartsWith(p, StringComparison.OrdinalIgnoreCase))));
        }
        catch (InvalidDataException e)
        {
            await Terminal.TellAsync(e.Message);
            return ExitCode.Usage;
        }

        if (faults.Count == 0 && !options.Notify.HasReceiver)
            faults.Add("No receiver is configured. Set Notify:Webhook:Url, Notify:Mail:To or another one of docs/notifications.md.");
        foreach (var fault in faults)
            await Terminal.TellAsync(fault);
        if (faults.Count > 0)
            return ExitCode.Usage;
        return await TestAsync(options, Console.Out, stop);
    }

    /// <summary>Sends the notification, and prints what each receiver answered.</summary>
    internal static async Task<int> TestAsync(MailflowOptions options, TextWriter output, CancellationToken stop)
    {
        var notification = TestNotification.Of(TimeProvider.System.GetUtcNow(), Masking.Default, options.Notify.PageUrl);
        var failed = 0;
        foreach (var receiver in Receivers.All(options, TimeProvider.System, NullLogger.Instance))
        {
            var answer = await SinkTrouble.TryAsync(abort => receiver.SendAsync(notification, abort), stop);
            IReadOnlyList<MailResult> refused = receiver is MailReceiver mail ? mail.Refused : [];
            failed += answer.Outcome == SinkOutcome.Taken && refused.Count == 0 ? 0 : 1;
            var says = answer.Outcome != SinkOutcome.Taken ? $"failed: {answer.Reason}" : refused.Count == 0 ? "accepted" : "accepted for some recipients";
            await output.WriteLineAsync(Masking.Default.Path($"{receiver.Name} ({receiver.Target}): {says}").ToString());
            // The user typed these addresses.
            foreach (var (recipient, _, reason) in refused)
                await output.WriteLineAsync(((Masked)$"  refused: {Masking.Plain.Text(recipient)}: {Masking.Default.Path(reason)}").ToString());
            (receiver as IDisposable)?.Dispose();
        }

        return failed == 0 ? ExitCode.Good : ExitCode.BadNews;
    }
}
