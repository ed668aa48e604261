namespace Mailflow.Simulator.Outages;

/// <summary>Faults of single senders of ours.</summary>
static class SenderScenarios
{
    public static readonly OutageScenario[] All =
    [
        new("backscatter", "Thousands of reports about undeliverable spam go to forged senders for 6 hours, and fail.", Backscatter),
        new("compromised-account", "An account sends to 3,000 recipients at night, within 2 hours; a fifth is rejected.", Compromised),
    ];

    static void Backscatter(OutagePlot plot)
    {
        const int Reports = 2_400;
        var span = plot.Span(plot.Workday(), plot.Chance.Between(0, 14), 6);
        var reports = plot.World.Reports;
        var incident = plot.Incident(
            "backscatter", span.Until, [OutagePlace.Of(reports), new("sender", "<>"), new("sender", $"postmaster@{OutageWorld.Own}")],
            ["invalid-recipient", "spam-content", "dns-failure"], "ours", "sender");
        for (var i = 0; i < Reports; i++)
        {
            var domain = plot.Chance.Percent(60)
                ? plot.Chance.Pick<RemoteDomain>(plot.World.Remote)
                : OutageBackground.NoSuch(plot.World.Remote[i % 20], plot.Chance);
            var at = span.From + plot.Chance.Below((int)(span.Until - span.From));
            plot.Story.Mails.Add(plot.Mail.Make(at, MailOrigin.Report, reports, [OutageBackground.Wrong(domain, plot.Chance)], plot.Chance.Next()));
        }
        plot.Strike(
            incident, new OutageSpan(span.From, span.Until + MailDay.HourMs), attempt => attempt.Mail.Sender == reports && attempt.Domain is not null,
            attempt => (attempt.Mail.Low % 100) switch
            {
                _ when attempt.Domain!.Trouble is { } trouble => OutageReplies.Of(trouble, attempt.Domain.Product),
                < 70 => OutageReplies.Of(ReplyKind.UnknownUser, attempt.Domain.Product),
                < 85 => OutageReplies.Of(ReplyKind.Spam, attempt.Domain.Product),
                _ => null,
            });
    }

    static void Compromised(OutagePlot plot)
    {
        const int Messages = 300, RecipientsOfEach = 10;
        var span = plot.Span(plot.Workday(), plot.Chance.Between(0, 3), 2);
        var sender = plot.Mail.Person();
        var incident = plot.Incident("compromised account", span.Until, [OutagePlace.Of(sender)], ["spam-content", "invalid-recipient"], "sender", "ours");
        var mails = new HashSet<OutageMail>();
        for (var i = 0; i < Messages; i++)
        {
            var at = span.From + plot.Chance.Below((int)(span.Until - span.From));
            mails.Add(plot.Mail.Make(at, MailOrigin.Store, sender, plot.Mail.Readers(RecipientsOfEach, stalePercent: 11)));
        }
        plot.Story.Mails.AddRange(mails);
        plot.Strike(
            incident, new OutageSpan(span.From, span.Until + MailDay.HourMs), attempt => attempt.Stage == TryStage.Remote && mails.Contains(attempt.Mail),
            attempt => attempt.Recipient.Trouble is { } trouble ? OutageReplies.Of(trouble, attempt.Domain!.Product)
                : Chance.Mix(attempt.Mail.Low + (ulong)attempt.Domain!.Trait) % 100 < 10 ? OutageReplies.Of(ReplyKind.Spam, attempt.Domain.Product)
                : null);
        incident.Proof = row => row.IsSuccess && row.Mail.Sender == sender && !mails.Contains(row.Mail);
    }
}
