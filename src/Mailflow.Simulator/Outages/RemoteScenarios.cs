namespace Mailflow.Simulator.Outages;

/// <summary>Faults of other organisations.</summary>
static class RemoteScenarios
{
    public static readonly OutageScenario[] All =
    [
        new("domain-dead", "The mail server of a domain refuses connections for 5 hours.", plot => DomainDead(plot, plot.Office(5))),
        new("domain-mx-removed", "A domain does not exist in DNS for 4 hours.", plot => plot.StrikeDomain(
            "domain without DNS", plot.Busy(), [plot.Office(4)], ReplyKind.NoSuchDomain, ["dns-failure"], "theirs", "sender")),
        new("provider-outage", "The server of a provider defers mail for all of its domains for 3 hours.", ProviderOutage),
        new("provider-throttles", "A provider limits our rate for 3 hours, and we do not send more than usual.", ProviderThrottles),
        new("mail-loop", "A domain sends its mail in a circle for 6 hours.", plot => plot.StrikeDomain(
            "mail loop", plot.Busy(), [plot.Office(6)], ReplyKind.Loop, ["mail-loop"], "theirs", "ours")),
        new("flapping-host", "A mail server is down and up for 10 minutes each, for 3 hours: one incident.", Flapping),
        new("relapse", "A mail server is dead for 90 minutes, works for 90 minutes, and is dead for an hour again: one incident.", Relapse),
        new("night-outage", "The mail server of a domain refuses connections from 21:00 to 06:00.", plot =>
            plot.StrikeDomain("dead at night", plot.Domain(0, 4), [plot.Span(plot.Workday(), 21, 9)], ReplyKind.Refused, ["network-failure"], "theirs")),
        new("clock-skew", "domain-dead, and the clock of EX02 is 10 minutes ahead.", plot =>
        {
            plot.Story.Ahead[1] = 600_000;
            DomainDead(plot, plot.Office(5));
        }),
        new("server-without-logs", "domain-dead, and the logs of the last server are missing.", plot =>
        {
            plot.Story.Unwritten.Add(plot.World.Servers - 1);
            DomainDead(plot, plot.Office(5));
        }),
        new(
            "greylisted-then-blocklisted",
            "A domain defers our mail as greylisted for 90 minutes, then rejects it as blocklisted for 3 hours: one incident.", TwoCauses),
        new("unknown-words", "A domain rejects all mail for 5 hours, in words that no rule knows.", plot => plot.StrikeDomain(
            "unknown words", plot.Busy(), [plot.Office(5)], ReplyKind.Strange, ["unknown", "policy-restriction"], "theirs", "policy")),
        new("directory-broken", "A domain rejects all recipients, also those that it knew before, for 4 hours.", plot => plot.StrikeDomain(
            "directory of the domain", plot.Busy(), [plot.Office(4)], ReplyKind.UnknownUser, ["invalid-recipient"], "theirs", "sender")),
        new("small-domain", "A domain with three messages a day is dead for 60 hours.", SmallDomain),
    ];

    public static void DomainDead(OutagePlot plot, OutageSpan span) =>
        plot.StrikeDomain("dead domain", plot.Busy(), [span], ReplyKind.Refused, ["network-failure"], "theirs");

    static void ProviderOutage(OutagePlot plot)
    {
        var span = plot.Office(3);
        var incident = plot.Incident("provider", span.Until, [OutagePlace.Of(plot.World.Provider)], ["system-error"], "theirs");
        var word = OutageReplies.Of(ReplyKind.Busy, MailProduct.Google);
        plot.Strike(incident, span, attempt => attempt.Domain?.Hop == plot.World.Provider, _ => word);
    }

    static void ProviderThrottles(OutagePlot plot)
    {
        var span = plot.Office(3);
        var incident = plot.Incident("provider limits the rate", span.Until, [OutagePlace.Of(plot.World.Provider)], ["rate-limited", "blocklisted"], "theirs");
        var word = OutageReplies.Of(ReplyKind.Throttled, MailProduct.Google);
        plot.Strike(
            incident, span, attempt => attempt.Domain?.Hop == plot.World.Provider,
            attempt => Chance.Mix(attempt.Mail.High + (ulong)attempt.Tries) % 100 < 75 ? word : null);
    }

    static void Flapping(OutagePlot plot)
    {
        var span = plot.Office(3);
        OutageSpan[] downs = [.. Enumerable.Range(0, 9).Select(n => new OutageSpan(span.From + (n * 1_200_000), span.From + (n * 1_200_000) + 600_000))];
        var domain = plot.Busy();
        plot.StrikeDomain("flapping host", domain, downs, ReplyKind.Refused, ["network-failure"], "theirs");
        for (var i = 2; i < downs.Length; i += 2)
            plot.Feed(domain, downs[i], 1);
    }

    static void Relapse(OutagePlot plot)
    {
        var day = plot.Workday();
        var hour = 8 + (plot.Chance.Below(90) / 60.0);
        plot.StrikeDomain(
            "dead domain with a relapse", plot.Busy(), [plot.Span(day, hour, 1.5), plot.Span(day, hour + 3, 1)], ReplyKind.Refused, ["network-failure"],
            "theirs");
    }

    static void TwoCauses(OutagePlot plot)
    {
        var (domain, span) = (plot.Busy(), plot.Office(4.5));
        var incident = plot.Incident(
            "reputation at a domain", span.Until, [OutagePlace.Of(domain), OutagePlace.Of(domain.Hop)], ["greylisted", "blocklisted"], "ours", "theirs",
            "policy");
        var middle = span.From + 5_400_000;
        var (first, then) = (OutageReplies.Of(ReplyKind.Greylisted, domain.Product), OutageReplies.Of(ReplyKind.Listed, domain.Product));
        plot.Strike(incident, span, attempt => attempt.Domain == domain, attempt => attempt.At < middle ? first : then);
        plot.Feed(domain, span, 6);
    }

    static void SmallDomain(OutagePlot plot)
    {
        var domain = plot.Domain(50, 65);
        var day = plot.Workday(room: 4);
        var span = plot.Span(day, 8 + plot.Chance.Below(3), 60);
        plot.StrikeDomain("small domain", domain, [span], ReplyKind.Timeout, ["network-failure"], "theirs");
    }
}
