using Mailflow.Configuration;
using Mailflow.Mailing;
using Mailflow.Ship;

namespace Mailflow.Notify;

/// <summary>Notifications by e-mail.</summary>
sealed class MailReceiver(MailTarget server, IReadOnlyList<string> to, TimeProvider clock, ILogger log) : IReceiver
{
    readonly MailRound _round = new(server, to, clock, log);

    public string Name => "notify-mail";

    public string Target => server.ToString();

    /// <summary>The recipients that the last attempt found refused.</summary>
    public IReadOnlyList<MailResult> Refused => _round.Refused;

    public Task<SinkAnswer> SendAsync(Notification notification, CancellationToken abort) => _round.SendAsync(
        notification.Id,
        new(
            $"Mailflow: {notification.Title}",
            $"{notification.Text}\n",
            Thread: notification.News is [var one] ? $"incident-{one.Incident.Id}" : null,
            IsUrgent: notification.IsUrgent),
        abort);
}
