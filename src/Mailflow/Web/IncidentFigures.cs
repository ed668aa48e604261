using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;
using Mailflow.Pipeline;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>An incident as a page shows it, masked.</summary>
/// <param name="Side">The responsible side: `ours`, `theirs`, `sender`, `policy` or `unknown`.</param>
/// <param name="Hit">How many messages and recipients.</param>
/// <param name="Proof">How it is known that it is over; null while it is open.</param>
/// <param name="Advice">What to do next.</param>
/// <param name="Sample">The most frequent reply of its cause; null where it has none.</param>
/// <param name="Page">The path of the document about its cause.</param>
sealed record IncidentFigures(
    Masked Id,
    Masked Title,
    Masked Severity,
    Masked Side,
    Masked Place,
    DateTimeOffset Since,
    DateTimeOffset Last,
    DateTimeOffset? Closed,
    Masked Hit,
    double? Share,
    bool Verified,
    Masked? Proof,
    Masked Advice,
    Masked? Sample,
    Masked Page,
    IReadOnlyList<CommandFigures> Commands)
{
    /// <summary>Ended incidents on the start page.</summary>
    public const int MostClosed = 5;

    /// <summary>Open ones, our side first, then the worst; then those that ended last.</summary>
    public static IReadOnlyList<IncidentFigures> Of(IEnumerable<KnownIncident> known, int mostClosed, Masking masking)
    {
        var all = known.Select(k => k.Incident).ToList();
        return
        [
            .. InOrder(all.Where(i => i.Closed is null)).Select(i => Of(i, masking)),
            .. all.Where(i => i.Closed is not null).OrderByDescending(i => i.Closed).Take(mostClosed).Select(i => Of(i, masking)),
        ];
    }

    /// <summary>Our side first, then the worst.</summary>
    public static IEnumerable<Incident> InOrder(IEnumerable<Incident> incidents) =>
        incidents.OrderByDescending(i => SideOf(i) == "ours").ThenByDescending(i => i.Severity).ThenByDescending(i => i.Recipients);

    public static IncidentFigures Of(Incident incident, Masking masking)
    {
        var advised = IncidentJson.Advice(incident, masking);
        var sample = incident.Replies.FirstOrDefault(r => r.Cause == incident.Cause);
        return new(
            masking.Text(incident.Id),
            masking.Text(IncidentStory.Title(incident)),
            Masked.Name(incident.Severity),
            masking.Text(SideOf(incident)),
            masking.Text(incident.Place.Name),
            Utc(incident.FirstFailure),
            Utc(incident.LastFailure),
            incident.Closed is { } closed ? Utc(closed) : null,
            masking.Text(incident.Recipients == 0 ? "" : IncidentStory.Hit(incident)),
            incident.Share,
            incident.Verified is Analysis.Incidents.Verified.Delivered or Analysis.Incidents.Verified.SignalEnded,
            incident.Closed is null ? null : masking.Text(IncidentStory.Proof(incident)),
            masking.Text(advised.Check),
            sample is null ? null : masking.Status(sample.Words),
            masking.Text(advised.Page),
            [.. advised.Commands.Select(c => CommandFigures.Of(c, masking))]);
    }

    /// <summary>An account that may be stolen, and something of ours that is silent or slow, is for us to look at.</summary>
    public static string SideOf(Incident incident) => incident.NotUs ? Fault.Theirs.Name()
        : incident.Kind is IncidentKind.Account || (incident.Kind is not IncidentKind.Failures && incident.Fault == Fault.Unknown) ? Fault.Ours.Name()
        : incident.Fault.Name();

    public static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
