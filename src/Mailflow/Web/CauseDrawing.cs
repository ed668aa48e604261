namespace Mailflow.Web;

/// <summary>One cause with its failures: in full, or in a line.</summary>
static class CauseDrawing
{
    /// <summary>Count, side, meaning, what to do, the sample and the commands.</summary>
    public static void Add(Html html, PageModel page, CauseFigures cause, TimeZoneInfo zone)
    {
        var most = page.Causes.Max(c => c.Count);
        html.Add($"<article class=cause>\n<div class=count><strong>");
        MessageLink.Count(html, Say.Number(cause.Count), MessageLink.Failures(page).With("cause", cause.Cause.ToString()));
        html.Add($"</strong>");
        html.Add($"<svg viewBox=\"0 0 100 6\" preserveAspectRatio=none aria-hidden=true>");
        html.Add($"<rect class=track width=100 height=6 rx=2 /><rect class={ChartDrawing.Colour(page.Chart, cause.Cause)} ");
        html.Add($"width=\"{cause.Count * 100.0 / most}\" height=6 rx=2 /></svg></div>\n");
        html.Add($"<div class=why>\n<h3><a href={Raw.Link(PlaceLink.Cause(cause.Cause))}>{cause.Title}</a> <code>{cause.Cause}</code> ");
        html.Add($"{Raw.Fault(cause)}</h3>\n<p>{cause.Meaning}</p>\n");
        if (cause.Facts.Count > 0)
        {
            html.Add($"<ul class=says aria-label=\"What the reply says\">");
            foreach (var line in cause.Facts)
                html.Add($"<li>{line}</li>");
            html.Add($"</ul>\n");
        }

        html.Add($"<p class=do><b>What to do:</b> {cause.Advice} <a class=doc href=\"/{cause.Page}\">Details</a></p>\n");
        html.Add($"<p class=facts>");
        Where(html, page, cause);
        html.Add($"{Began(cause, page, zone)}</p>\n<p class=sample><code>{cause.Sample}</code></p>\n");
        IncidentDrawing.Commands(html, cause.Commands, $"d-{cause.Cause}");
        html.Add($"</div>\n</article>\n");
    }

    static void Where(Html html, PageModel page, CauseFigures cause)
    {
        if (cause.TopDomain.Length == 0 || cause.Domains == 1)
        {
            html.Add($"{(cause.TopDomain.Length == 0 ? "Recipient domain not logged. " : $"Recipient domain: {cause.TopDomain}. ")}");
            return;
        }

        html.Add($"{Say.Number(cause.Domains)} recipient domains; the most frequent is {cause.TopDomain} (");
        MessageLink.Count(
            html, Say.Number(cause.TopDomainCount),
            MessageLink.Failures(page).With("cause", cause.Cause.ToString()).With("domain", cause.TopDomain.ToString()));
        html.Add($"). ");
    }

    static string Began(CauseFigures cause, PageModel page, TimeZoneInfo zone) =>
        cause.Count == 1 ? $"At {Page.Clock(cause.Newest, page.Now, zone)}."
        : cause.Ended is { First: { } first } ended && cause.Began >= first
            ? $"From {Page.Clock(first, page.Now, zone)} to {Page.Clock(ended.Last, page.Now, zone)}; ended."
        : cause.Began is { } began ? $"Since {Page.Clock(began, page.Now, zone)}, latest {Page.Clock(cause.Newest, page.Now, zone)}."
        : $"Since before the newest 50,000 failures, latest {Page.Clock(cause.Newest, page.Now, zone)}.";

    /// <summary>A cause in a line: count, side and what to do.</summary>
    public static void Line(Html html, PageModel page, CauseFigures cause, TimeZoneInfo zone)
    {
        html.Add($"<li><b>{Say.Number(cause.Count)}</b> <a href={Raw.Link(PlaceLink.Cause(cause.Cause))}>{cause.Title}</a> {Raw.Fault(cause)}");
        html.Add($"<span class=soft> {Began(cause, page, zone)}{(Assessment.OnOurSide(cause) > 0 ? " What to do: " : "")}");
        html.Add($"{(Assessment.OnOurSide(cause) > 0 ? cause.Advice : default)}</span>\n");
    }

    /// <summary>Why there is no failure to show.</summary>
    public static string Nothing(PageModel page) => page.Totals.Newest is null ? "Nothing has been read yet."
        : !page.Window.Complete ? "These failures were removed from the store (Store:Keep)."
        : $"No failures {page.Window.During}.";
}
