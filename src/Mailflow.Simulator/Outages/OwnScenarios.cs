namespace Mailflow.Simulator.Outages;

/// <summary>Faults of our own organisation.</summary>
static class OwnScenarios
{
    public static readonly OutageScenario[] All =
    [
        new("egress-listed", "Our address is on a blocklist for 8 hours: a third of all domains reject our mail.", EgressListed),
        new("resolver-down", "One server gets no answers from DNS for 3 hours.", ResolverDown),
        new("own-certificate-expired", "Our certificate has expired: many domains and the partners refuse TLS for 6 hours.", CertificateExpired),
        new("smart-host-password", "The password for the smart host is wrong for 4 hours.", plot => Password(plot, plot.Office(4))),
        new("database-dismounted", "A mailbox database is dismounted for 2 hours.", plot => Dismounted(plot, plot.Office(2))),
        new("disk-full-back-pressure", "The disk of a server is full: it accepts no mail from the other servers for 3 hours.", DiskFull),
        new("connector-firewall", "A firewall blocks a connector for 2 hours: all its connections time out.", Firewall),
        new("slow-leak", "One server loses 2 % of all its mail with an internal error for 3 days.", Leak),
        new("size-limit-lowered", "The smart host accepts only small messages for 30 hours.", SizeLimit),
        new("dead-hop-behind-connectors", "Three connectors have the same smart host, and it is dead for 4 hours.", DeadHop) { Relays = 3 },
        new("spf-broken", "Our SPF record is wrong for 6 hours: many domains reject our mail.", SpfBroken),
        new("relay-denied", "The smart host refuses to relay our mail for 4 hours.", RelayDenied),
        new("tls-required-partner", "A partner requires TLS, and gets none for 6 hours.", PartnerTls),
        new("rule-misconfigured", "A transport rule rejects a third of our users' mail for 3 hours.", Rule),
        new("silence-connector", "The queue of the smart host is suspended for 4 hours: nothing is sent, nothing fails.", SilentConnector),
        new("silence-server", "A server writes nothing for 4 hours; the others do its work.", SilentServer),
        new("slow-delivery", "One server keeps each message for 20 minutes, for 4 hours.", SlowDelivery),
        new("two-at-once", "A dead domain and a dismounted database, at the same time.", plot => AtOnce(plot, three: false)),
        new("three-at-once", "A dead domain, a dismounted database and a wrong password, at the same time.", plot => AtOnce(plot, three: true)),
    ];

    static void AtOnce(OutagePlot plot, bool three)
    {
        var day = plot.Workday();
        var hour = 8 + (plot.Chance.Below(120) / 60.0);
        RemoteScenarios.DomainDead(plot, plot.Span(day, hour, 4));
        Dismounted(plot, plot.Span(day, hour + 0.75, 1.5));
        if (three)
            Password(plot, plot.Span(day, hour + 1.5, 3));
    }

    static void EgressListed(OutagePlot plot)
    {
        var span = plot.Span(plot.Workday(), 7 + (plot.Chance.Below(150) / 60.0), 8);
        var incident = plot.Incident("listed address", span.Until, [OutagePlace.Egress], ["blocklisted"], "ours");
        plot.Strike(
            incident, span, attempt => attempt.Route == plot.World.Internet && attempt.Domain is { IsShared: false, Trait: < 333 },
            attempt => OutageReplies.Of(ReplyKind.Listed, attempt.Domain!.Product));
    }

    static void ResolverDown(OutagePlot plot)
    {
        var (server, span) = (plot.Server, plot.Office(3));
        var incident = plot.Incident("resolver", span.Until, [OutagePlace.Server(server)], ["dns-failure"], "ours");
        var word = OutageReplies.Of(ReplyKind.Resolver, null);
        plot.Strike(incident, span, attempt => attempt.Domain is { Route.SmartHost: null } && attempt.Server == server, _ => word);
    }

    static void CertificateExpired(OutagePlot plot)
    {
        var span = plot.Office(6);
        var incident = plot.Incident(
            "own certificate", span.Until, [OutagePlace.Egress, OutagePlace.Of(plot.World.Internet)], ["tls-failure"], "ours");
        plot.Strike(
            incident, span,
            attempt => attempt.Route == plot.World.Partner || (attempt.Route == plot.World.Internet && attempt.Domain is { IsShared: false, Trait: < 300 }),
            attempt => OutageReplies.Of(ReplyKind.HandshakeFailed, attempt.Domain!.Product));
    }

    static void Password(OutagePlot plot, OutageSpan span)
    {
        var route = plot.World.Relays[0];
        var incident = plot.Incident(
            "smart host password", span.Until, [OutagePlace.Of(route), OutagePlace.Of(plot.World.SmartHost)], ["relay-denied"], "ours");
        var word = OutageReplies.Of(ReplyKind.LoginFailed, plot.Chance.Pick<MailProduct>([MailProduct.Exchange, MailProduct.Postfix, MailProduct.Exim]));
        plot.Strike(incident, span, attempt => attempt.Route == route, _ => word);
    }

    static void Dismounted(OutagePlot plot, OutageSpan span)
    {
        var database = plot.Chance.Below(OutageWorld.Databases);
        var incident = plot.Incident("dismounted database", span.Until, [OutagePlace.Database(database)], ["system-error"], "ours");
        var word = OutageReplies.Of(ReplyKind.DatabaseOffline, null);
        plot.Strike(incident, span, attempt => attempt.Stage == TryStage.Store && attempt.Recipient.Database == database, _ => word);
    }

    static void DiskFull(OutagePlot plot)
    {
        var (server, span) = (plot.Server, plot.Office(3));
        var incident = plot.Incident(
            "back pressure", span.Until, [OutagePlace.Server(server), new("next-hop", OutageWorld.ServerName(server))], ["system-error"], "ours");
        var word = OutageReplies.Of(ReplyKind.BackPressure, null);
        plot.Story.Closed.Add((server, span));
        incident.Proof = row => row.Event == EventId.Send && row.Peer == server && row.Server != server;
        plot.Strike(incident, span, attempt => attempt.Stage == TryStage.Hop && attempt.Peer == server, _ => word);
    }

    static void Firewall(OutagePlot plot)
    {
        var span = plot.Office(2);
        var isInternet = plot.Chance.Percent(60);
        var route = isInternet ? plot.World.Internet : plot.World.Relays[0];
        var incident = plot.Incident(
            "blocked connector", span.Until, [OutagePlace.Of(route), isInternet ? OutagePlace.Egress : OutagePlace.Of(plot.World.SmartHost)],
            ["network-failure"], isInternet ? ["ours"] : ["ours", "theirs"]);
        var word = OutageReplies.Of(ReplyKind.Timeout, null);
        plot.Strike(incident, span, attempt => attempt.Route == route, _ => word);
    }

    static void Leak(OutagePlot plot)
    {
        var (server, span) = (plot.Server, plot.Span(plot.Workday(room: 4), 6 + plot.Chance.Below(6), 72));
        var incident = plot.Incident("leak", span.Until, [OutagePlace.Server(server)], ["system-error"], "ours");
        var word = OutageReplies.Of(ReplyKind.Leak, null);
        incident.Proof = row => row.IsSuccess && row.Mail.Server == server;
        plot.Strike(
            incident, span, attempt => attempt.Stage == TryStage.Routing && attempt.Server == server,
            attempt => Chance.Mix(attempt.Mail.Low) % 100 < 2 ? word : null);
    }

    static void SizeLimit(OutagePlot plot)
    {
        var (route, span) = (plot.World.Relays[0], plot.Span(plot.Workday(), 8 + plot.Chance.Below(4), 30));
        var incident = plot.Incident(
            "size limit", span.Until, [OutagePlace.Of(route), OutagePlace.Of(plot.World.SmartHost)], ["message-too-large"], "ours", "theirs", "sender",
            "policy");
        var word = OutageReplies.Of(ReplyKind.TooLarge, null);
        plot.Strike(incident, span, attempt => attempt.Route == route && attempt.Mail.Size > 250_000, _ => word);
    }

    static void DeadHop(OutagePlot plot)
    {
        var span = plot.Office(4);
        var incident = plot.Incident("dead smart host", span.Until, [OutagePlace.Of(plot.World.SmartHost)], ["network-failure"], "ours", "theirs");
        var word = OutageReplies.Of(ReplyKind.Refused, null);
        plot.Strike(incident, span, attempt => attempt.Domain?.Hop == plot.World.SmartHost, _ => word);
    }

    static void SpfBroken(OutagePlot plot)
    {
        var span = plot.Office(6);
        var incident = plot.Incident(
            "SPF", span.Until, [OutagePlace.Egress, OutagePlace.Of(plot.World.Internet), new("domain", OutageWorld.Own), new("sender", OutageWorld.Own)],
            ["sender-auth-failure"], "ours");
        plot.Strike(
            incident, span,
            attempt => attempt.Route == plot.World.Internet
                && attempt.Domain is { Product: MailProduct.Google or MailProduct.Cloud } or { Trait: < 250 },
            attempt => OutageReplies.Of(ReplyKind.Unauthenticated, attempt.Domain!.Product));
    }

    static void RelayDenied(OutagePlot plot)
    {
        var (route, span) = (plot.World.Relays[0], plot.Office(4));
        var incident = plot.Incident("relay denied", span.Until, [OutagePlace.Of(route), OutagePlace.Of(plot.World.SmartHost)], ["relay-denied"], "ours");
        var word = OutageReplies.Of(ReplyKind.RelayDenied, plot.Chance.Percent(50) ? MailProduct.Postfix : MailProduct.Exchange);
        plot.Strike(incident, span, attempt => attempt.Route == route, _ => word);
    }

    static void PartnerTls(OutagePlot plot)
    {
        var domain = plot.World.Remote.First(remote => remote.Route == plot.World.Partner);
        plot.StrikeDomain("TLS to a partner", domain, [plot.Office(6)], ReplyKind.StartTlsRequired, ["tls-failure"], "ours", "theirs", "policy");
    }

    /// <summary>The rule runs on each server, so the place is the organisation: its domain stands for it.</summary>
    static void Rule(OutagePlot plot)
    {
        var span = plot.Office(3);
        var incident = plot.Incident(
            "transport rule", span.Until,
            [new("domain", OutageWorld.Own), .. Enumerable.Range(0, plot.World.Servers).Select(OutagePlace.Server), OutagePlace.Egress], ["policy-restriction"],
            "ours", "policy");
        var word = OutageReplies.Of(ReplyKind.RejectRule, null);
        incident.Proof = row => row is { IsSuccess: true, Mail.Origin: MailOrigin.Store };
        plot.Strike(
            incident, span, attempt => attempt is { Stage: TryStage.Routing, Mail.Origin: MailOrigin.Store },
            attempt => Chance.Mix(attempt.Mail.Low) % 100 < 33 ? word : null);
    }

    static void SilentConnector(OutagePlot plot)
    {
        var (route, span) = (plot.World.Relays[0], plot.Office(4));
        var incident = plot.Silence("silent connector", span, [OutagePlace.Of(route), OutagePlace.Of(plot.World.SmartHost)], [], "ours", "theirs");
        incident.Proof = row => row.IsSuccess && row.Domain?.Route == route;
        plot.Story.Holds.Add(new(incident, span, attempt => attempt.Route == route, attempt => span.Until + 5_000 + (long)(attempt.Mail.Low % 90_000)));
    }

    static void SilentServer(OutagePlot plot)
    {
        var (server, span) = (plot.Server, plot.Office(4));
        var incident = plot.Silence("silent server", span, [OutagePlace.Server(server)], [], "ours");
        incident.Proof = row => row.IsSuccess && row.Server == server;
        plot.Story.Down.Add((server, span));
    }

    static void SlowDelivery(OutagePlot plot)
    {
        var (server, span) = (plot.Server, plot.Office(4));
        var incident = plot.Silence("slow server", span, [OutagePlace.Server(server)], [], "ours");
        incident.Proof = row => row.IsSuccess && row.Mail.Server == server && row.At - row.Mail.At < 60_000;
        plot.Story.Holds.Add(new(
            incident, span, attempt => attempt.Tries == 0 && attempt.Server == server, attempt => attempt.At + 1_050_000 + (long)(attempt.Mail.Low % 300_000)));
    }
}
