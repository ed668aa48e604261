using Mailflow.Ledger;
using System.Globalization;

namespace Mailflow.Web;

/// <summary>
/// Renders the start page from its model: the verdict, what needs action, how much mail there is. It works without a script, which only renews it in place.
/// </summary>
static class Page
{
    /// <summary>Causes on our side in full; the others are lines of the same list.</summary>
    const int CausesInFull = 2;

    /// <summary>Causes of other sides.</summary>
    const int MostOthers = 5;

    /// <param name="mail">The last day, in hours.</param>
    public static string Render(PageModel page, View view, int? refresh, HistoryRange mail)
    {
        var html = Frame.Begin(Title(page), "", view, "/", page.Now, refresh);
        Headline(html, page);
        Incidents(html, page, view);
        Tiles(html, page, view);
        Causes(html, page, view);
        Mail(html, page, view, mail);
        Chart(html, page, view);
        Ended(html, page, view);
        More(html, page);
        html.Add($"<footer>\n");
        StatePage.About(html, page, view);
        html.Add($"<p><a href=/metrics>Metrics</a> <a href=\"/api/status?window={page.Window.Name}\">This page as JSON</a> <a href=/readyz>Readiness");
        html.Add($"</a> <a href=/docs/>Documentation</a>");
        html.Add($" <noscript><a href=\"/?window={page.Window.Name}&amp;refresh=5\">Refresh every 5 seconds</a></noscript></p>\n</footer>\n");
        html.Add($"</main>\n</body>\n</html>\n");
        return html.ToString();
    }

    /// <summary>The start of every page; its title follows.</summary>
    public static void Begin(Html html)
    {
        html.Add($"<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width, initial-scale=1\">\n");
        html.Add($"<meta name=color-scheme content=\"light dark\">\n<meta name=robots content=noindex>\n");
    }

    /// <summary>The name of a time zone: UTC+01:00.</summary>
    public static string ZoneOf(TimeZoneInfo zone, DateTimeOffset now)
    {
        var offset = zone.GetUtcOffset(now);
        return offset == TimeSpan.Zero ? "UTC" : $"UTC{(offset < TimeSpan.Zero ? "-" : "+")}{offset:hh\\:mm}";
    }

    static string Title(PageModel page) => page.Verdict.Level switch
    {
        Level.Fix => "Action needed",
        Level.Look => "Check",
        Level.Stale => "Old data",
        _ => "Mailflow",
    };

    static void Headline(Html html, PageModel page)
    {
        html.Add($"<section class=\"verdict {page.Verdict.Level.ToString().ToLowerInvariant()}\" role=status>\n");
        html.Add($"{Raw.Sign(page.Verdict.Level)}<div><h1>{page.Verdict.Sentence}</h1>");
        // The first card says the same.
        if (page.Verdict.Advice is { } advice && !page.Incidents.Any(i => i.Closed is null && i.Advice == advice))
            html.Add($"<p>{advice}</p>");
        if (page.Totals.Delivered + page.Totals.Sent > 0)
        {
            html.Add($"<p class=soft>Since the first log read, {Say.Number(page.Totals.Delivered)} recipients got their mail and ");
            html.Add($"{Say.Number(page.Totals.Sent)} were sent out.</p>");
        }

        html.Add($"</div></section>\n");
        if (page.Note is { } note)
            html.Add($"<p class=note>{note}</p>\n");
    }

    static void Incidents(Html html, PageModel page, View view)
    {
        var open = page.Incidents.Where(i => i.Closed is null).ToList();
        if (open.Count == 0)
            return;
        html.Add($"<section class=card aria-labelledby=open>\n<h2 id=open>{Say.Number(open.Count)} open {(open.Count == 1 ? "incident" : "incidents")}</h2>\n");
        IncidentDrawing.Open(html, open, view, page.Now);
        html.Add($"</section>\n");
    }

    static void Ended(Html html, PageModel page, View view)
    {
        var ended = page.Incidents.Where(i => i.Closed is not null).ToList();
        if (ended.Count == 0)
            return;
        html.Add($"<section class=card aria-labelledby=ended>\n<h2 id=ended>Ended last</h2>\n");
        IncidentDrawing.Lines(html, ended, view, page.Now);
        html.Add($"</section>\n");
    }

    /// <summary>Volumes first.</summary>
    static void Tiles(Html html, PageModel page, View view)
    {
        var totals = page.Totals;
        html.Add($"<section class=tiles aria-label=\"Key figures\">\n");
        const string Since = "recipients, since the first log read";
        Tile(html, "Delivered", Say.Number(totals.Delivered), Since, "", MessageLink.Newest(page, "delivered"), "newest");
        Tile(html, "Sent out", Say.Number(totals.Sent), Since, "", MessageLink.Newest(page, "sent"), "newest");
        var ours = page.Causes.Sum(Assessment.OnOurSide);
        Tile(
            html, "Failures", Say.Number(page.Window.Failures), $"{page.Window.During}; {Say.Number(totals.Failed)} since the first log read", "",
            page.Window.Failures > 0 ? MessageLink.Failures(page) : null);
        var ended = page.Causes.Where(c => c.Ended is not null).Sum(Assessment.OnOurSide);
        var since = ended == 0 ? "of these failures" : ended == ours ? "of these failures; ended" : $"of these failures; {Say.Number(ended)} ended";
        Tile(
            html, "On our side", Say.Number(ours), since, ours > ended ? "bad" : "", ours > 0 ? MessageLink.Failures(page).With("fault", "ours") : null);
        Tile(
            html, "Deferred (Exchange retries)", Say.Number(totals.Deferred), "deferrals, since the first log read", "", MessageLink.Newest(page, "deferred"),
            "deferred now");
        Tile(
            html,
            "Latest log entry",
            totals.Newest is { } newest ? Say.Ago(page.Now - newest) : "none yet",
            totals.Newest is { } at ? $"at {view.Clock(at, page.Now)}" : "no log was read",
            totals.Newest is null || page.Now - totals.Newest > TimeSpan.FromMinutes(15) ? "warn" : "");
        html.Add($"</section>\n");
    }

    /// <param name="link">The messages that are counted.</param>
    /// <param name="listed">What the link shows, where that is not all that is counted; null: the number itself is the link.</param>
    static void Tile(Html html, string name, string value, string says, string kind, SearchUrl? link = null, string? listed = null)
    {
        html.Add($"<div class=\"tile {kind}\"><h2>{name}</h2><strong>");
        MessageLink.Count(html, value, listed is null ? link : null);
        html.Add($"</strong><span>{says}");
        if (listed is not null && link is not null)
            html.Add($": <a href={Raw.Link(link)}>{listed}</a>");
        html.Add($"</span></div>\n");
    }

    /// <summary>What needs action on our side, all of it; of the other sides, the most frequent.</summary>
    static void Causes(Html html, PageModel page, View view)
    {
        html.Add($"<section class=card aria-labelledby=causes>\n<div class=title><h2 id=causes>Failures {page.Window.During}, by cause</h2>");
        Frame.Windows(html, "/", page.Window.Name);
        html.Add($"</div>\n");
        if (page.Causes.Count == 0)
            html.Add($"<p class=empty>{CauseDrawing.Nothing(page)}</p>\n");
        // Those with failures on our side are first.
        var ours = page.Causes.Count(c => Assessment.OnOurSide(c) > 0);
        foreach (var cause in page.Causes.Take(Math.Min(ours, CausesInFull)))
            CauseDrawing.Add(html, page, cause, view.Zone);
        var lines = page.Causes.Take(ours + MostOthers).Skip(Math.Min(ours, CausesInFull)).ToList();
        if (lines.Count > 0)
        {
            html.Add($"<ul class=lines>\n");
            foreach (var cause in lines)
                CauseDrawing.Line(html, page, cause, view.Zone);
            html.Add($"</ul>\n");
        }

        var more = page.Causes.Count - ours - MostOthers;
        html.Add($"<p class=hint><a href=\"/failures?window={page.Window.Name}\">{(more > 0 ? $"{more} more causes, domains" : "Causes, domains")} ");
        html.Add($"and the newest failures</a></p>\n</section>\n");
    }

    static void Mail(Html html, PageModel page, View view, HistoryRange mail)
    {
        if (mail.First is null)
            return;
        html.Add($"<section class=card aria-labelledby=mail>\n<h2 id=mail>Mail in the last 24 hours{(page.Window.Live ? "" : " of these logs")}</h2>\n");
        HistoryDrawing.Small(html, mail, view.Zone);
        html.Add($"<p class=hint><a href={HistoryPage.Path}>History: causes, delivery times, queues, and a week earlier</a></p>\n</section>\n");
    }

    static void Chart(Html html, PageModel page, View view)
    {
        html.Add($"<section class=card aria-labelledby=chart>\n");
        ChartDrawing.Add(html, page, view.Zone);
        html.Add($"</section>\n");
    }

    /// <summary>What other pages show, each in a line.</summary>
    static void More(Html html, PageModel page)
    {
        html.Add($"<section class=card aria-labelledby=more>\n<h2 id=more>More</h2>\n<ul class=lines>\n");
        html.Add($"<li><a href=/incidents>Incidents</a> <span class=soft>all that are stored</span>\n");
        html.Add($"<li><a href=/servers>Servers</a> <span class=soft>");
        html.Add($"{page.OnItsWay.Sentence} ");
        foreach (var sentence in page.Servers?.Sentences.Take(2) ?? [])
            html.Add($"{sentence} ");
        html.Add($"</span>\n<li><a href=/state>Log reading and checks</a> <span class=soft>{StatePage.Short(page)}</span>\n");
        html.Add($"</ul>\n</section>\n");
    }

    /// <summary>The time of day, with the date where that is not today.</summary>
    public static string Clock(DateTimeOffset time, DateTimeOffset now, TimeZoneInfo zone)
    {
        var there = TimeZoneInfo.ConvertTime(time, zone);
        var format = there.Date == TimeZoneInfo.ConvertTime(now, zone).Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        return there.ToString(format, CultureInfo.InvariantCulture);
    }
}
