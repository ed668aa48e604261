using Mailflow.Analysis.Incidents;
using Mailflow.Ledger;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Renders the list of incidents, and one incident: its story, what to do, the timeline, the evidence, and its failures.</summary>
/// <param name="until">The newest row: how long an open incident lasts is said up to then.</param>
sealed class IncidentPage(View view, Masking masking, DateTimeOffset until)
{
    public const string Path = "/incidents";

    public static string List(IReadOnlyList<IncidentFigures> all, View view)
    {
        var html = Frame.Begin("Incidents", "", view, Path, view.Now);
        var open = all.Where(i => i.Closed is null).ToList();
        var ended = all.Count - open.Count;
        html.Add($"<div class=title><h1>{(open.Count == 0 ? "No incident is" : open.Count == 1 ? "1 incident is" : $"{open.Count} incidents are")} open");
        html.Add($"{(ended > 0 ? $", {Say.Number(ended)} {(ended == 1 ? "is" : "are")} over" : "")}</h1></div>\n");
        if (open.Count > 0)
        {
            html.Add($"<section class=card aria-labelledby=open>\n<h2 id=open>Open</h2>\n");
            IncidentDrawing.Open(html, open, view, view.Now);
            html.Add($"</section>\n");
        }

        if (ended > 0)
        {
            html.Add($"<section class=card aria-labelledby=ended>\n<h2 id=ended>Over, the last first</h2>\n");
            IncidentDrawing.Lines(html, all.Where(i => i.Closed is not null), view, view.Now);
            html.Add($"</section>\n");
        }

        IncidentDrawing.List(all).Links(html, view.Here);
        html.Add($"<p class=hint><a href=/docs/incidents.md>How incidents are found</a></p>\n");
        return Frame.End(html);
    }

    /// <param name="failures">Those of its place and time.</param>
    /// <param name="search">All of them in a list with filters; null where no filter names them.</param>
    public string Of(Incident incident, PlaceFailures failures, Steps steps, SearchUrl? search)
    {
        var shown = IncidentFigures.Of(incident, masking);
        var html = Frame.Begin(shown.Title.ToString(), "", view, Path, view.Now);
        Head(html, incident, shown);
        Do(html, incident, shown);
        Timeline(html, incident);
        Evidence(html, incident);
        Places(html, incident);
        html.Add($"<section class=card aria-labelledby=history>\n");
        StepChart.Add(html, "Stored failures at this place in its time", failures.Counts, steps, view);
        html.Add($"</section>\n");
        PlacePage.Messages(html, failures, view, masking, search, isOne: true);
        html.Add($"<p class=download>Download this incident: <a href=\"?format=json\" download>JSON</a></p>\n");
        return Frame.End(html);
    }

    void Head(Html html, Incident incident, IncidentFigures shown)
    {
        var level = incident.Closed is null ? shown.Side == "ours" ? "fix" : "look" : "good";
        html.Add($"<section class=\"verdict {level}\" role=status>\n<div><h1>{shown.Title}</h1>\n<p>");
        html.Add($"{(incident.Closed is null ? default : Raw.Ended(shown.Verified))} {Raw.Side(shown)} {Raw.Severity(shown.Severity)} ");
        html.Add($"{(incident.Closed is null ? "Since" : "From")} {Raw.Time(shown.Since, view.Clock(shown.Since, view.Now))}");
        if (shown.Closed is { } closed)
            html.Add($" to {Raw.Time(shown.Last, view.Clock(shown.Last, view.Now))}; over at {Raw.Time(closed, view.Clock(closed, view.Now))}: {shown.Proof}");
        html.Add($".</p>\n<p>{masking.Text(IncidentStory.Paragraph(incident, until.UtcDateTime))}</p></div></section>\n");
    }

    void Do(Html html, Incident incident, IncidentFigures shown)
    {
        html.Add($"<section class=card aria-labelledby=do>\n<h2 id=do>{(incident.Closed is null ? "What to do" : "If it comes back")}</h2>\n");
        html.Add($"<p>{shown.Advice} <a class=doc href=\"/{shown.Page}\">Details</a></p>\n");
        IncidentDrawing.Commands(html, shown.Commands, $"d-{shown.Id}", incident.Closed is null);
        var support = IncidentStory.ForSupport(incident);
        if (support.Count > 0)
        {
            html.Add($"<h3>For their support</h3>\n<pre>");
            foreach (var line in support)
                html.Add($"{masking.Status(line)}\n");
            html.Add($"</pre>\n");
        }

        html.Add($"</section>\n");
    }

    void Timeline(Html html, Incident incident)
    {
        html.Add($"<section class=card aria-labelledby=timeline>\n<h2 id=timeline>Timeline</h2>\n<ol class=line>\n");
        foreach (var (at, says) in IncidentStory.Timeline(incident))
        {
            var time = IncidentFigures.Utc(at);
            html.Add($"<li class={(at == incident.Closed ? "end" : at == incident.FirstFailure ? "bad" : "warn")}>");
            html.Add($"<span class=when>{Raw.Time(time, view.Clock(time, view.Now))}</span><div>{masking.Text(says)}</div>\n");
        }

        html.Add($"</ol>\n</section>\n");
    }

    void Evidence(Html html, Incident incident)
    {
        if (incident.Evidence.Count + incident.Replies.Count == 0)
            return;
        html.Add($"<section class=card aria-labelledby=evidence>\n<h2 id=evidence>Evidence</h2>\n<ul class=lines>\n");
        foreach (var says in incident.Evidence)
            html.Add($"<li>{masking.Status(says)}\n");
        foreach (var reply in incident.Replies)
            html.Add($"<li><b>{Say.Number(reply.Recipients)}</b> <code>{masking.Status(reply.Words)}</code>\n");
        html.Add($"</ul>\n</section>\n");
    }

    /// <summary>What is hit, with links to the pages of these places.</summary>
    void Places(Html html, Incident incident)
    {
        (string Title, IReadOnlyList<NamedCount> Names, Func<Masked, string?> Link)[] all =
        [
            ("Domains", incident.Domains, PlaceLink.Domain), ("Senders", incident.Senders, _ => null), ("Servers", incident.Servers, PlaceLink.Server),
            ("Connectors", incident.Connectors, PlaceLink.Connector), ("Next hops", incident.Hops, _ => null),
        ];
        if (all.All(a => a.Names.Count == 0))
            return;
        html.Add($"<section class=card aria-labelledby=hit>\n<h2 id=hit>Recipients hit</h2>\n");
        foreach (var (title, names, link) in all.Where(a => a.Names.Count > 0))
        {
            html.Add($"<p class=facet><b>{title}</b>");
            foreach (var one in names.Where(n => n.Name.Length > 0))
                PlacePage.Named(html, masking.Text(one.Name), link(masking.Text(one.Name)), one.Recipients);
            html.Add($"</p>\n");
        }

        html.Add($"</section>\n");
    }
}
