using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Renders all failures of a time range: by step, by cause, by recipient domain, and the newest.</summary>
static class FailuresPage
{
    public const string Path = "/failures";

    /// <summary>Causes that are shown in full, and all that need action on our side; the others are folded.</summary>
    const int CausesInFull = 6;

    public static string Render(PageModel page, View view)
    {
        var html = Frame.Begin("Failures", "", view, Path, page.Now);
        html.Add($"<div class=title><h1>{Say.Number(page.Window.Failures)} failures {page.Window.During}</h1>\n");
        Frame.Windows(html, Path, page.Window.Name);
        html.Add($"</div>\n");
        if (page.Note is { } note)
            html.Add($"<p class=note>{note}</p>\n");
        html.Add($"<section class=card aria-labelledby=chart>\n");
        ChartDrawing.Add(html, page, view.Zone);
        html.Add($"</section>\n");
        Causes(html, page, view);
        Domains(html, page, view);
        Recent(html, page, view);
        return Frame.End(html);
    }

    /// <summary>The lists of the page, as they are downloaded.</summary>
    public static IReadOnlyList<Listing> Lists(PageModel page) => [CauseList(page), DomainList(page), RecentList(page)];

    static Listing CauseList(PageModel page) => new(
        "causes", "Failures by cause",
        [
            new("Cause"), new("Failures", "n"), new("On our side", "n"), new("Side"), new("Domains", "n"), new("Top domain"), new("Latest", "time"),
            new("Advice"), new("Sample", "status"),
        ],
        [
            .. page.Causes.Select(c => (IReadOnlyList<ListCell>)
            [
                c.Cause, ListCell.Of(c.Count), ListCell.Of(Assessment.OnOurSide(c)), c.Fault, ListCell.Of(c.Domains), c.TopDomain,
                ListCell.At(c.Newest), c.Advice, c.Sample,
            ]),
        ]);

    static Listing DomainList(PageModel page) => new(
        "domains", "Recipient domains",
        [new("Domain"), new("Failures", "n"), new("Main cause", "kind"), new("Of it", "n"), new("Latest", "time")],
        [
            .. page.Domains.Select(d => (IReadOnlyList<ListCell>)
            [
                new(d.Domain, PlaceLink.Domain(d.Domain)),
                ListCell.Of(d.Failures, MessageLink.Failures(page).With("domain", d.Domain.ToString()).ToString()),
                new(d.TopTitle, PlaceLink.Cause(d.TopCause), Raw.Dot(ChartDrawing.Colour(page.Chart, d.TopCause))),
                ListCell.Of(d.TopCount, MessageLink.Failures(page).With("domain", d.Domain.ToString()).With("cause", d.TopCause.ToString()).ToString()),
                ListCell.At(d.Newest),
            ]),
        ]);

    static Listing RecentList(PageModel page) => new(
        "recent", "Recent failures",
        [new("Time", "time"), new("Recipient"), new("Cause", "kind"), new("Code"), new("Status", "status"), new("Connector"), new("Server")],
        [
            .. page.Recent.Select(r => (IReadOnlyList<ListCell>)
            [
                ListCell.At(r.Time),
                new(r.Recipient, PlaceLink.Message((r.NetworkMessageId.IsEmpty ? r.MessageId : r.NetworkMessageId).ToString())),
                new(r.Title, PlaceLink.Cause(r.Cause), Raw.Dot(ChartDrawing.Colour(page.Chart, r.Cause))),
                r.Code,
                Said(r),
                new(r.Connector, PlaceLink.Connector(r.Connector)),
                new(r.Server, PlaceLink.Server(r.Server)),
            ]),
        ]);

    static Masked Said(FailureRow row) =>
        $"{row.Status}{(row.Answer is null ? default : (Masked)$" ")}{row.Answer}{(row.Session is null ? default : (Masked)$" {row.Session}.")}";

    static void Causes(Html html, PageModel page, View view)
    {
        html.Add($"<section class=card aria-labelledby=causes>\n<h2 id=causes>By cause</h2>\n");
        if (page.Causes.Count == 0)
            html.Add($"<p class=empty>{CauseDrawing.Nothing(page)}</p>\n");

        // Those with failures on our side are first.
        var inFull = Math.Max(CausesInFull, page.Causes.Count(c => Assessment.OnOurSide(c) > 0));
        foreach (var cause in page.Causes.Take(inFull))
            CauseDrawing.Add(html, page, cause, view.Zone);
        var more = page.Causes.Skip(inFull).ToList();
        if (more.Count > 0)
        {
            var named = string.Join(", ", more.Select(c => $"{Say.Number(c.Count)} {c.InWords}"));
            html.Add($"<details id=d-more class=more><summary>{more.Count} more: {named}</summary>\n");
            foreach (var cause in more)
                CauseDrawing.Add(html, page, cause, view.Zone);
            html.Add($"</details>\n");
        }

        if (page.Causes.Count > 0)
            CauseList(page).Links(html, view.Here);
        html.Add($"</section>\n");
    }

    static void Domains(Html html, PageModel page, View view)
    {
        if (page.Domains.Count == 0)
            return;
        html.Add($"<section class=card aria-labelledby=domains>\n<h2 id=domains>Recipient domains with the most failures</h2>\n");
        DomainList(page).Add(html, view, page.Now, "domains");
        DomainList(page).Links(html, view.Here);
        html.Add($"</section>\n");
    }

    static void Recent(Html html, PageModel page, View view)
    {
        html.Add($"<section class=card aria-labelledby=recent>\n<h2 id=recent>Recent failures</h2>\n");
        if (page.Recent.Count == 0)
        {
            html.Add($"<p class=empty>None {page.Window.During}.</p></section>\n");
            return;
        }

        var shown = page.Recent.Count < page.Window.Failures
            ? $"The newest {page.Recent.Count} of {Say.Number(page.Window.Failures)} {page.Window.During}."
            : $"All failures {page.Window.During}.";
        html.Add($"<p class=hint>{shown} <a href={Raw.Link(MessageLink.Failures(page))}>All in a list with filters</a></p>\n");
        RecentList(page).Add(html, view, page.Now, "recent");
        RecentList(page).Links(html, view.Here);
        html.Add($"</section>\n");
    }
}
