using Mailflow.Configuration;
using Mailflow.Logging;
using Mailflow.Mailing;
using Mailflow.Ship;

namespace Mailflow.Notify;

/// <summary>Notifications by e-mail. A recipient that is refused does not stop the others, and those who have a mail do not get it again.</summary>
sealed class MailReceiver(MailTarget server, IReadOnlyList<string> to, TimeProvider clock, ILogger log) : IReceiver
{
    readonly SmtpSender _sender = new(server, clock);

    /// <summary>Recipients that need no further attempt.</summary>
    readonly HashSet<string> _done = new(StringComparer.Ordinal);

    string _id = "";

    public string Name => "notify-mail";

    public string Target => server.ToString();

    public async Task<SinkAnswer> SendAsync(Notification notification, CancellationToken abort)
    {
        if (_id != notification.Id)
            _done.Clear();
        _id = notification.Id;
        var results = await _sender.SendAsync(LetterOf(notification), [.. to.Where(t => !_done.Contains(t))], abort);
        var isNoneTaken = _done.Count == 0 && results.All(r => r.Verdict == MailVerdict.Refused);
        if (isNoneTaken)
            return new(SinkOutcome.Misconfigured, $"no recipient is accepted: {results[0].Reason}");
        foreach (var result in results)
        {
            if (result.Verdict == MailVerdict.Refused)
                Log.MailRefused(log, result.Recipient, Target, result.Reason);
            if (result.Verdict is MailVerdict.Accepted or MailVerdict.Refused)
                _done.Add(result.Recipient);
        }

        return results.FirstOrDefault(r => r.Verdict is MailVerdict.Later or MailVerdict.Misconfigured) is { } problem
            ? new(problem.Verdict == MailVerdict.Later ? SinkOutcome.Later : SinkOutcome.Misconfigured, problem.Reason)
            : SinkAnswer.Taken;
    }

    static Letter LetterOf(Notification notification) => new(
        $"Mailflow: {notification.Title}",
        $"{notification.Text}\n",
        Thread: notification.News is [var one] ? $"incident-{one.Incident.Id}" : null,
        IsUrgent: notification.IsUrgent);
}
