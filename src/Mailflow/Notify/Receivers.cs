using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Privacy;

namespace Mailflow.Notify;

/// <summary>The configured receivers of notifications, each with its own notifier.</summary>
static class Receivers
{
    /// <summary>One notifier for each receiver.</summary>
    public static IReadOnlyList<Notifier> Create(
        MailflowOptions options, Store store, Wakeup newEvents, Masking masking, TimeProvider clock, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Mailflow.Notify");
        return [.. All(options, clock, log).Select(r => new Notifier(r, new(store, r.Name), options.Notify, newEvents, masking, clock, log))];
    }

    public static IEnumerable<IReceiver> All(MailflowOptions options, TimeProvider clock, ILogger log)
    {
        var notify = options.Notify;
        if (notify.Webhook is { } webhook)
            yield return new WebhookReceiver("notify-webhook", "Notify:Webhook", webhook, NotificationJson.Of, clock);
        if (notify.Teams is { } teams)
            yield return new WebhookReceiver("notify-teams", "Notify:Teams", teams, NotificationJson.Teams, clock);
        if (notify.Slack is { } slack)
            yield return new WebhookReceiver("notify-slack", "Notify:Slack", slack, NotificationJson.Slack, clock);
        if (notify.Ntfy is { Url: { } url } ntfy)
        {
            // The last part of the path is the topic; JSON is posted to the part before it.
            var path = url.AbsolutePath.TrimEnd('/');
            var topic = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
            var server = ntfy with { Url = new(url, path[..(path.LastIndexOf('/') + 1)] + url.Query) };
            yield return new WebhookReceiver("notify-ntfy", "Notify:Ntfy", server, n => NotificationJson.Ntfy(n, topic), clock);
        }

        if (notify.MailTo.Count > 0)
            yield return new MailReceiver(options.Mail, notify.MailTo, clock, log);
        if (notify.Command is { } command)
            yield return new CommandReceiver(command, clock);
    }
}
