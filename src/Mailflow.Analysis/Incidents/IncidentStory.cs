using System.Globalization;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Incidents;

/// <summary>An incident in plain words. Addresses are unmasked: what shows the texts masks them.</summary>
public static class IncidentStory
{
    /// <summary>Names in one list.</summary>
    const int Named = 3;

    /// <summary>What is wrong, without a full stop: <c>Mail to contoso.com is refused: our address or domain is on a blocklist</c>.</summary>
    public static string Title(Incident incident)
    {
        var place = PlaceWords.Of(incident.Place);
        switch (incident.Kind)
        {
            case IncidentKind.Silence:
                return place.Silence;
            case IncidentKind.Slow:
                return $"{place.Mail} is slow";
            case IncidentKind.Account:
                return $"The account {incident.Place.Name} may be compromised";
            case IncidentKind.Signal:
                return incident.Evidence is [var says, ..] ? says.TrimEnd('.') : $"Something is wrong {place.Way}";
            default:
                var cause = IncidentReason.Of(incident);
                return incident.NotUs ? $"{place.Mail} {cause.Verb}, probably by a problem on their side" : $"{place.Mail} {cause.Verb}: {cause.Reason}";
        }
    }

    /// <summary>One paragraph: what, since when, how severe, on whose side, and whether it is over.</summary>
    /// <param name="until">The end of what is known: how long it has lasted is said up to then.</param>
    public static string Paragraph(Incident incident, DateTime until) => string.Join(' ', Sentences(incident, until).Where(s => s.Length > 0));

    /// <summary>How severe it is, as a sentence.</summary>
    public static string Severity(Incident incident) => incident switch
    {
        { Kind: IncidentKind.Account } => $"It is {incident.Severity.ToString().ToLowerInvariant()}: the refused mail damages the reputation of our addresses.",
        { Severity: IncidentSeverity.Critical } => "It is critical: a large share of all mail is hit, or something of ours is down.",
        { Severity: IncidentSeverity.Major } => "It is major: many recipients are hit, or a considerable share of the mail.",
        _ => "It is minor: few recipients are hit, or a single place.",
    };

    /// <summary>Which side must act, as a sentence.</summary>
    public static string Side(Incident incident) => incident switch
    {
        { NotUs: true } => "It is probably on their side: addresses of ours that are on no list are deferred by one provider, and we do not send more than "
            + "usual. Do not change DNS.",
        { Kind: IncidentKind.Account } => "The sender or an intruder sends this mail.",
        { Fault: Fault.Ours } => "It is on our side.",
        { Fault: Fault.Theirs } => "It is on the remote side.",
        { Fault: Fault.Sender } => "It is for the senders to correct.",
        { Fault: Fault.Policy } => "A policy rule decides this.",
        _ => "It is not known which side is responsible.",
    };

    /// <summary>Whether it is over, and how that is known, without a full stop.</summary>
    public static string Ending(Incident incident, DateTime until)
    {
        if (incident.Closed is not { } closed)
            return incident.Kind is IncidentKind.Failures or IncidentKind.Account
                ? $"It is open: the last failure was on {Time(incident.LastFailure)}"
                : $"It is open, for {Spans.Words(until > incident.FirstFailure ? until - incident.FirstFailure : TimeSpan.Zero)}";
        var since = Clock(incident.ProofSince ?? closed, incident.FirstFailure);
        return incident.Verified switch
        {
            Verified.Delivered => $"It is over, verified: {Proof(incident)} since {since}",
            Verified.SignalEnded => $"It is over since {Clock(closed, incident.FirstFailure)}: {Proof(incident)}",
            _ => $"It is quiet for {Spans.Words(closed > incident.LastFailure ? closed - incident.LastFailure : TimeSpan.Zero)}, not verified: "
                + Proof(incident),
        };
    }

    /// <summary>How it is known that it is over, within a sentence and without a time.</summary>
    public static string Proof(Incident incident)
    {
        var way = PlaceWords.Of(incident.Place).Way;
        return incident.Verified switch
        {
            Verified.Delivered => $"{Count(incident.ProofMessages, "message")} delivered {way}{Over(incident)}",
            Verified.SignalEnded => "what reported it says so",
            _ => incident.Place.Kind == PlaceKind.Domain ? "nothing was sent there" : $"no mail went {way}",
        };
    }

    /// <summary>The moments of its life, oldest first: time and sentence.</summary>
    public static IEnumerable<(DateTime At, string Says)> Timeline(Incident incident)
    {
        IEnumerable<(DateTime, string)> own =
        [
            (incident.FirstFailure, incident.Kind is IncidentKind.Failures or IncidentKind.Account ? "First failure." : "It begins."),
            (incident.Opened, "There is enough evidence: the incident is opened."),
            .. incident.Closed is { } closed ? [(closed, Ending(incident, closed) + ".")] : Array.Empty<(DateTime, string)>(),
        ];
        return own.Where(o => !incident.Timeline.Any(t => t.At == o.Item1)).Concat(incident.Timeline.Select(t => (t.At, t.Says))).OrderBy(t => t.Item1);
    }

    /// <summary>A text for the support of the other side; empty where the incident is not theirs.</summary>
    public static IReadOnlyList<string> ForSupport(Incident incident)
    {
        if (!incident.NotUs && (incident.Fault != Fault.Theirs || incident.Kind != IncidentKind.Failures || incident.Replies.Count == 0))
            return [];
        var hosts = incident.Place.Kind == PlaceKind.NextHop ? incident.Place.Name : Names(incident.Hops);
        string[] lines =
        [
            $"Since {Time(incident.FirstFailure)}{(incident.Closed is { } closed ? $" until {Time(closed)}" : "")}, your servers have "
                + $"{(incident.Failed > 0 ? "refused" : "deferred")} mail from us: {Hit(incident)}.",
            incident.Place.Kind == PlaceKind.Egress ? $"Our address: {incident.Place.Name}" : "Our address: <the address that our mail leaves from>",
            hosts.Length > 0 ? $"Your servers: {hosts}" : "",
            incident.Domains.Count > 0 ? $"Recipient domains: {Names(incident.Domains)}" : "",
            .. incident.Replies.Take(Named).Select(r => $"Your reply: {r.Words}"),
            incident.NotUs ? "We do not send more than usual, and our addresses are on no blocklist that we know." : "",
            "Please tell us whether you know of a problem on your side, or what we must change.",
        ];
        return [.. lines.Where(l => l.Length > 0)];
    }

    /// <summary>A time as all texts have it.</summary>
    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    static IEnumerable<string> Sentences(Incident incident, DateTime until)
    {
        yield return Title(incident) + ".";
        if (incident is { Kind: IncidentKind.Failures, NotUs: false } && !IncidentReason.Of(incident).IsExact
            && SubReasons.Of(incident.Cause, incident.Sub)?.Meaning is { } meaning)
            yield return meaning;
        if (incident.Kind == IncidentKind.Account)
            yield return "It sends far more than ever before, and much of it is refused.";
        yield return Extent(incident);
        yield return Scope(incident);
        yield return Severity(incident);
        yield return Side(incident);
        if (incident.Relapses > 0)
            yield return incident.Relapses == 1 ? "It came back once." : $"It came back {TextOf(incident.Relapses)} times.";
        yield return Ending(incident, until) + ".";
    }

    static string Extent(Incident incident)
    {
        var seen = incident.Opened > incident.FirstFailure ? $", and it was certain at {Clock(incident.Opened, incident.FirstFailure)}" : "";
        var begin = $"It began on {Time(incident.FirstFailure)}{seen}";
        if (incident.Recipients == 0)
            return begin + ".";
        string[] parts =
        [
            incident.Failed > 0 ? $"{TextOf(incident.Failed)} will not get it" : "",
            incident.Waiting > 0 ? $"{TextOf(incident.Waiting)} {(incident.Waiting == 1 ? "waits" : "wait")}" : "",
            incident.Late > 0 ? $"{TextOf(incident.Late)} got it late" : "",
        ];
        var most = incident.Messages >= Incident.MostCounted ? "at least " : "";
        var split = string.Join(", ", parts.Where(p => p.Length > 0));
        var share = incident.Share is { } s and > 0
            ? string.Create(CultureInfo.InvariantCulture, $" That is {Math.Clamp(s, 0, 1):0.#%} of the mail {PlaceWords.Of(incident.Place).Way} in this time.")
            : "";
        return $"{begin}: {most}{Hit(incident)}{(split.Length > 0 ? $" ({split})" : "")}.{share}";
    }

    /// <summary>How many messages and recipients are hit.</summary>
    public static string Hit(Incident incident) => $"{Count(incident.Messages, "message")} to {Count(incident.Recipients, "recipient")}";

    /// <summary>What is hit besides the place itself.</summary>
    static string Scope(Incident incident)
    {
        var kind = incident.Place.Kind;
        string[] parts =
        [
            kind == PlaceKind.Domain ? "" : List("domains", incident.Domains),
            kind == PlaceKind.Sender ? "" : List("senders", incident.Senders),
            kind == PlaceKind.Server ? "" : List("servers", incident.Servers),
            kind == PlaceKind.Connector ? "" : List("connectors", incident.Connectors),
            kind == PlaceKind.NextHop ? "" : List("next hops", incident.Hops),
        ];
        var all = string.Join("; ", parts.Where(p => p.Length > 0));
        return all.Length == 0 ? "" : $"Most recipients are hit in: {all}.";
    }

    static string List(string what, IReadOnlyList<NamedCount> counts) => counts.Count == 0 ? "" : $"{what} {Names(counts)}";

    static string Names(IReadOnlyList<NamedCount> counts)
    {
        var known = counts.Where(c => c.Name.Length > 0).ToList();
        return string.Join(", ", known.Take(Named).Select(c => c.Name)) + (known.Count > Named ? $" and {TextOf(known.Count - Named)} more" : "");
    }

    static string Over(Incident incident) => incident.ProofConnector.Length == 0 || incident.Place.Kind == PlaceKind.Connector ? ""
        : incident.Connectors.Any(c => c.Name == incident.ProofConnector) ? " over the same connector"
        : $" over the connector {incident.ProofConnector}";

    /// <summary>The time of day; with the date where it is another day.</summary>
    static string Clock(DateTime time, DateTime reference) =>
        time.Date == reference.Date ? time.ToString("HH:mm", CultureInfo.InvariantCulture) : Time(time);

    static string Count(long n, string what) => $"{TextOf(n)} {what}{(n == 1 ? "" : "s")}";

    static string TextOf(long n) => n.ToString("N0", CultureInfo.InvariantCulture);
}
