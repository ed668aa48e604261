namespace Mailflow.Simulator.Outages;

/// <summary>What looks unusual and is no incident.</summary>
static class QuietScenarios
{
    public static readonly OutageScenario[] All =
    [
        new("quiet-weekend", "A weekend with a third of its usual mail: no incident.", plot =>
        {
            for (var day = 12; day < 14; day++)
                plot.Story.Changes[day] = 0.33;
        }),
        new("newsletter-stale", "A newsletter to 300 recipients, of whom a fifth has left: no incident.", plot =>
            plot.Story.Mails.Add(plot.Mail.Make(
                plot.Time(plot.Workday(), 9 + plot.Chance.Below(6)), MailOrigin.Store, plot.World.Newsletter, plot.Mail.Readers(300, stalePercent: 20)))),
        new("maintenance", "A server does nothing for 45 minutes at night, and the others do its work: no incident.", plot =>
            plot.Story.Down.Add((plot.Server, plot.Span(plot.Workday(), plot.Chance.Between(0, 3), 0.75)))),
        new("holiday", "A working day with as little mail as a Sunday: no incident.", plot => plot.Story.RestDays.Add(plot.Workday())),
        new("monday-rise", "A Monday with nearly twice as much mail as usual: no incident.", plot => plot.Story.Changes[7] = 1.8),
        new("typing-errors", "A user mistypes the same domain six times: no incident.", TypingErrors),
        new("mailbox-full", "A mailbox is full, and four messages to it fail: no incident.", MailboxFull),
        new("short-blip", "The connections of two messages to a domain break within two minutes, and both are sent later: no incident.", Blip),
    ];

    static void TypingErrors(OutagePlot plot)
    {
        var domain = OutageBackground.NoSuch(plot.Busy(), plot.Chance);
        var person = plot.Mail.Person();
        var recipient = new OutageAddress($"{OutageNames.Person(plot.Chance.Below(400))}@{domain.Name}", domain);
        var span = plot.Office(8);
        for (var i = 0; i < 6; i++)
            plot.Story.Mails.Add(plot.Mail.Make(span.From + plot.Chance.Below((int)(span.Until - span.From)), MailOrigin.Store, person, [recipient]));
    }

    static void MailboxFull(OutagePlot plot)
    {
        var person = plot.Mail.Person();
        var full = new OutageAddress(person.Text, null, person.Database) { Trouble = ReplyKind.LocalFull };
        var span = plot.Office(8);
        for (var i = 0; i < 4; i++)
        {
            var at = span.From + plot.Chance.Below((int)(span.Until - span.From));
            plot.Story.Mails.Add(i % 2 == 0
                ? plot.Mail.Make(at, MailOrigin.Store, plot.Mail.Person(), [full])
                : plot.Mail.Make(at, MailOrigin.Internet, plot.Busy().People[0], [full]));
        }
    }

    static void Blip(OutagePlot plot)
    {
        var (domain, span) = (plot.Busy(), plot.Office(1.0 / 30));
        var mails = new HashSet<OutageMail>();
        for (var i = 0; i < 2; i++)
            mails.Add(plot.Mail.Make(span.From + plot.Chance.Below(100_000), MailOrigin.Store, plot.Mail.Person(), [domain.People[i]]));
        plot.Story.Mails.AddRange(mails);
        var word = OutageReplies.Of(ReplyKind.Reset, null);
        plot.Story.Interventions.Add(new(
            null, [new(span.From, span.Until + 60_000)], attempt => attempt is { Stage: TryStage.Remote, Tries: 0 } && mails.Contains(attempt.Mail),
            _ => word));
    }
}
