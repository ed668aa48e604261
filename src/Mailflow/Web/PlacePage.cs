using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>What a page of one cause, domain, server, connector or sender shows.</summary>
/// <param name="Path">Its path, encoded.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Says">What is known of it, as sentences.</param>
/// <param name="Document">A document about it; null: none.</param>
/// <param name="Search">All of its failures in a list with filters; null where no filter names them.</param>
/// <param name="Incidents">Open and ended ones at this place.</param>
sealed record PlaceShown(
    string Path, Masked Title, IReadOnlyList<Masked> Says, string? Document, SearchUrl? Search, IReadOnlyList<IncidentFigures> Incidents, Stretch Stretch,
    Steps Steps, PlaceFailures Failures);

/// <summary>Renders the page of one cause, domain, server, connector or sender: its incidents, its history and its newest failures.</summary>
static class PlacePage
{
    /// <summary>Failures on the page. A download has more.</summary>
    public const int Rows = 25;

    /// <summary>Failures in a download.</summary>
    public const int DownloadedRows = 10_000;

    public static string Render(PlaceShown shown, View view, Masking masking)
    {
        var html = Frame.Begin(shown.Title.ToString(), "", view, "/failures", view.Now);
        html.Add($"<div class=title><h1>{shown.Title}</h1>\n");
        Frame.Windows(html, shown.Path, masking.Text(shown.Stretch.Window.Name));
        html.Add($"</div>\n<p class=note>{Say.Number(shown.Failures.Count)} {(shown.Failures.Count == 1 ? "failure" : "failures")} ");
        html.Add($"{shown.Stretch.During}.</p>\n");
        if (shown.Failures.BackTo is { } backTo)
        {
            html.Add($"<p class=missing>Only the newest {Say.Number(PlaceFailures.MaxLookedAt)} stored failures of this time range were looked at, back to ");
            html.Add($"{view.Clock(backTo, view.Now)}. Choose a shorter time range.</p>\n");
        }

        if (shown.Says.Count > 0)
        {
            html.Add($"<section class=card aria-label=About>\n");
            foreach (var sentence in shown.Says)
                html.Add($"<p>{sentence}</p>\n");
            if (shown.Document is { } document)
                html.Add($"<p><a href={Raw.Link("/" + document)}>What it means and what to do</a></p>\n");
            html.Add($"</section>\n");
        }

        if (shown.Incidents.Count > 0)
        {
            html.Add($"<section class=card aria-labelledby=incidents>\n<h2 id=incidents>Incidents</h2>\n");
            IncidentDrawing.Lines(html, shown.Incidents, view, view.Now);
            html.Add($"</section>\n");
        }

        html.Add($"<section class=card aria-labelledby=history>\n");
        StepChart.Add(html, $"Failures per {Say.Span(TimeSpan.FromMilliseconds(shown.Steps.Step))}", shown.Failures.Counts, shown.Steps, view);
        Facets(html, shown.Failures, masking);
        html.Add($"</section>\n");
        Messages(html, shown.Failures, view, masking, shown.Search);
        return Frame.End(html);
    }

    static void Facets(Html html, PlaceFailures failures, Masking masking)
    {
        if (failures.Causes.Count > 0)
        {
            html.Add($"<p class=facet><b>Causes</b>");
            foreach (var (cause, count) in failures.Causes)
                Named(html, masking.Text(CauseWords.Title(cause)), PlaceLink.Cause(masking.Text(cause.Name())), count);
            html.Add($"</p>\n");
        }

        if (failures.Domains.Count == 0)
            return;
        html.Add($"<p class=facet><b>Recipient domains</b>");
        foreach (var (domain, count) in failures.Domains)
            Named(html, masking.Text(domain), PlaceLink.Domain(masking.Text(domain)), count);
        html.Add($"</p>\n");
    }

    /// <summary>A name with a number, as a link where it has a page.</summary>
    public static void Named(Html html, Masked name, string? link, long count)
    {
        if (link is null)
            html.Add($" <span><bdi>{name}</bdi>&nbsp;({count})</span>");
        else
            html.Add($" <a href={Raw.Link(link)}><bdi>{name}</bdi>&nbsp;({count})</a>");
    }

    /// <summary>The newest failures, with links to their messages.</summary>
    /// <param name="isOne">Whether they are of an incident: its page has no download of them.</param>
    public static void Messages(Html html, PlaceFailures failures, View view, Masking masking, SearchUrl? search, bool isOne = false)
    {
        html.Add($"<section class=card aria-labelledby=messages>\n<h2 id=messages>Failed messages</h2>\n");
        if (failures.Rows.Count == 0)
        {
            html.Add($"<p class=empty>No stored failure.</p>\n</section>\n");
            return;
        }

        html.Add($"<p class=hint>{(failures.Rows.Count < failures.Count ? $"The newest {failures.Rows.Count}. " : "")}");
        if (search is not null)
            html.Add($"<a href={Raw.Link(search)}>All in a list with filters</a>");
        html.Add($"</p>\n");
        var list = List(failures.Rows, masking);
        list.Add(html, view, view.Now, "messages");
        if (!isOne)
            list.Links(html, view.Here);
        html.Add($"</section>\n");
    }

    /// <summary>Failures as a list, for the page and for a download.</summary>
    public static Listing List(IEnumerable<FoundFailure> failures, Masking masking) => new(
        "failures", "Failures",
        [
            new("Time", "time"), new("Recipient"), new("Sender"), new("Cause"), new("Status", "status"), new("Connector"), new("Server"),
        ],
        [
            .. failures.Select(f => (IReadOnlyList<ListCell>)
            [
                new(default, PlaceLink.Message(f.NetworkMessageId.Length > 0 ? f.NetworkMessageId : f.MessageId), Time: f.Time),
                masking.Address(f.Recipient),
                new(masking.Address(f.Sender), f.Sender.Length > 0 ? PlaceLink.Sender(f.Place.Id) : null),
                new(masking.Text(CauseWords.Title(f.Cause)), PlaceLink.Cause(masking.Text(f.Cause.Name()))),
                masking.Status(KeptText.Start(f.Status, 400), f.Recipient, f.Sender),
                new(masking.Text(f.Connector), PlaceLink.Connector(masking.Text(f.Connector))),
                new(masking.Text(f.Server), PlaceLink.Server(masking.Text(f.Server))),
            ]),
        ]);
}
