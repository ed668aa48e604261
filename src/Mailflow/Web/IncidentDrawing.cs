using System.Globalization;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Incidents as cards and lines, on the start page and elsewhere.</summary>
static class IncidentDrawing
{
    /// <summary>Open incidents in full; more of them are lines of the same list.</summary>
    const int InFull = 3;

    public static void Open(Html html, IReadOnlyList<IncidentFigures> open, View view, DateTimeOffset now)
    {
        foreach (var incident in open.Take(InFull))
            Card(html, incident, view, now);
        if (open.Count > InFull)
        {
            html.Add($"<ul class=lines>\n");
            foreach (var incident in open.Skip(InFull))
                Line(html, incident, view, now);
            html.Add($"</ul>\n");
        }
    }

    /// <summary>Title, who, since, hit, the next step, and its commands.</summary>
    static void Card(Html html, IncidentFigures incident, View view, DateTimeOffset now)
    {
        html.Add($"<article class=incident>\n<h3><a href={Raw.Link(Url(incident))}>{incident.Title}</a></h3>\n<p class=facts>{Raw.Side(incident)} ");
        html.Add($"{Raw.Severity(incident.Severity)} Since {Raw.Time(incident.Since, view.Clock(incident.Since, now))}");
        html.Add($" ({Say.Span(Later(now, incident.Since) - incident.Since)}){(incident.Hit.IsEmpty ? "" : ": ")}{incident.Hit}{Share(incident)}.</p>\n");
        html.Add($"<p class=do><b>Next step:</b> {incident.Advice} <a class=doc href=\"/{incident.Page}\">Details</a></p>\n");
        if (incident.Sample is { } sample)
            html.Add($"<p class=sample><code>{sample}</code></p>\n");
        Commands(html, incident.Commands, $"d-{incident.Id}");
        html.Add($"</article>\n");
    }

    /// <summary>Incidents in one line each.</summary>
    public static void Lines(Html html, IEnumerable<IncidentFigures> incidents, View view, DateTimeOffset now)
    {
        html.Add($"<ul class=lines>\n");
        foreach (var incident in incidents)
            Line(html, incident, view, now);
        html.Add($"</ul>\n");
    }

    static void Line(Html html, IncidentFigures incident, View view, DateTimeOffset now)
    {
        html.Add($"<li>{(incident.Closed is null ? Raw.Side(incident) : Raw.Ended(incident.Verified))} <a href={Raw.Link(Url(incident))}>{incident.Title}</a>");
        html.Add($"<span class=soft> {Raw.Time(incident.Since, view.Clock(incident.Since, now))}");
        if (incident.Closed is { } closed)
            html.Add($" to {Raw.Time(incident.Last, view.Clock(incident.Last, now))}, ended {Raw.Time(closed, view.Clock(closed, now))}: {incident.Proof}");
        html.Add($"{(incident.Hit.IsEmpty ? "" : "; ")}{incident.Hit}.</span>\n");
    }

    /// <summary>Commands by purpose and shell, in a part that can be opened.</summary>
    public static void Commands(Html html, IReadOnlyList<CommandFigures> commands, Masked id, bool isOpen = false)
    {
        if (commands.Count == 0)
            return;
        html.Add($"<details id=\"{id}\"{Raw.Opened(isOpen)}><summary>Commands to look, to change and to verify</summary>\n");
        foreach (var group in commands.GroupBy(c => c.Heading))
        {
            html.Add($"<p>{group.Key}</p><pre>");
            foreach (var line in group.SelectMany(c => c.Lines))
                html.Add($"{line}\n");
            html.Add($"</pre>\n");
        }

        html.Add($"</details>\n");
    }

    /// <summary>The list of incidents, as it is downloaded.</summary>
    public static Listing List(IEnumerable<IncidentFigures> incidents) => new(
        "incidents", "Incidents",
        [
            new("Incident"), new("Severity"), new("Side"), new("Place"), new("First failure", "time"), new("Last failure", "time"), new("Closed", "time"),
            new("Hit"), new("Proof"), new("Id"),
        ],
        [
            .. incidents.Select(i => (IReadOnlyList<ListCell>)
            [
                new(i.Title, Url(i)), i.Severity, i.Side, i.Place, ListCell.At(i.Since), ListCell.At(i.Last), ListCell.At(i.Closed), i.Hit,
                i.Proof ?? default, i.Id,
            ]),
        ]);

    public static string Url(IncidentFigures incident) => "/incidents/" + Uri.EscapeDataString(incident.Id.ToString());

    public static string Share(IncidentFigures incident) => incident.Share is { } share and > 0
        ? string.Create(CultureInfo.InvariantCulture, $", {Math.Clamp(share, 0, 1):0.#%} of its mail")
        : "";

    static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
