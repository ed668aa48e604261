using System.Globalization;
using Mailflow.Analysis.Failures;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>The stacked bars as SVG, the axis labels as HTML so that they keep their size, and the same figures as a table.</summary>
static class ChartDrawing
{
    const double Width = 10;
    const double Gap = 1.4;

    public static void Add(Html html, PageModel page, TimeZoneInfo zone)
    {
        var chart = page.Chart;
        var most = chart.Bars.Max(b => b.Total);
        var top = Top(most);
        var step = Say.Span(chart.Step).Replace("1 ", "", StringComparison.Ordinal);
        // The links of the bars are in the table, too: a picture that is read out must have none.
        html.Add($"<h2 id=chart>Failures per {step}</h2>\n<p class=unseen>{Summary(page, zone)}</p>\n");
        html.Add($"<div class=chart>\n<div class=yaxis aria-hidden=true><span>{top}</span>");
        html.Add($"<span>{(top % 2 == 0 ? Say.Number(top / 2) : "")}</span><span>0</span></div>\n");
        html.Add($"<svg aria-hidden=true viewBox=\"0 0 {chart.Bars.Count * Width} 100\" preserveAspectRatio=none>");
        html.Add($"<path class=grid d=\"M0 0H{chart.Bars.Count * Width}M0 50H{chart.Bars.Count * Width}\"/>");
        for (var i = 0; i < chart.Bars.Count; i++)
            Bar(html, page, i, top, zone);
        html.Add($"</svg>\n<div class=xaxis aria-hidden=true>");
        foreach (var label in Labels(page, zone))
            html.Add($"<span>{label}</span>");
        html.Add($"</div>\n</div>\n");
        Legend(html, chart);
        Table(html, page, zone);
    }

    static void Bar(Html html, PageModel page, int index, long top, TimeZoneInfo zone)
    {
        var (chart, bar) = (page.Chart, page.Chart.Bars[index]);
        var floor = 100.0;
        for (var c = 0; c < bar.Counts.Count; c++)
        {
            if (bar.Counts[c] == 0)
                continue;
            var height = bar.Counts[c] * 100.0 / top;
            floor -= height;
            // The keyboard reaches the same links in the table.
            html.Add($"<a tabindex=-1 href={Raw.Link(MessageLink.Bar(page, index, c))}>");
            html.Add($"<rect class={Colour(chart, c)} x=\"{(index * Width) + (Gap / 2)}\" y=\"{floor}\" width=\"{Width - Gap}\" height=\"{height}\">");
            html.Add($"<title>{At(bar.Start, chart, zone)}: {bar.Counts[c]} {Name(chart, c, bar.Counts[c])}</title></rect></a>");
        }
    }

    static void Legend(Html html, FailureChart chart)
    {
        if (chart.Causes.Count == 0)
            return;
        html.Add($"<ul class=legend>");
        for (var c = 0; c <= chart.Causes.Count; c++)
            if (c < chart.Causes.Count || chart.Bars.Any(b => b.Counts[^1] > 0))
                html.Add($"<li>{Raw.Dot(Colour(chart, c))}{Name(chart, c, 2)}</li>");
        html.Add($"</ul>\n");
    }

    static void Table(Html html, PageModel page, TimeZoneInfo zone)
    {
        var chart = page.Chart;
        if (chart.Causes.Count == 0)
            return;
        html.Add($"<details id=d-chart><summary>Show as a table</summary>\n<table class=\"plain stack\"><thead><tr><th scope=col>From");
        html.Add($"<th scope=col class=n>All");
        for (var c = 0; c <= chart.Causes.Count; c++)
            html.Add($"<th scope=col class=n>{Name(chart, c, 2)}");
        html.Add($"</thead><tbody>");
        foreach (var (index, bar) in chart.Bars.Index().Where(b => b.Item.Total > 0))
        {
            html.Add($"<tr><th scope=row>{At(bar.Start, chart, zone)}<td class=n data-label=All>");
            MessageLink.Count(html, Say.Number(bar.Total), MessageLink.Bar(page, index, null));
            foreach (var (c, count) in bar.Counts.Index())
            {
                html.Add($"<td class=n data-label=\"{Name(chart, c, 2)}\">");
                MessageLink.Count(html, Say.Number(count), count == 0 ? null : MessageLink.Bar(page, index, c));
            }
        }

        html.Add($"</tbody></table></details>\n");
    }

    /// <summary>The text alternative for screen readers.</summary>
    static string Summary(PageModel page, TimeZoneInfo zone)
    {
        if (page.Window.Failures == 0)
            return $"No failures {page.Window.During}.";
        var peak = page.Chart.Bars.MaxBy(b => b.Total)!;
        var from = At(peak.Start, page.Chart, zone);
        return $"Stacked bars of {Say.Number(page.Window.Failures)} failures {page.Window.During}. Peak: {Say.Number(peak.Total)}, from {from}.";
    }

    /// <summary>A cause has the same colour everywhere on the page.</summary>
    public static string Colour(FailureChart chart, Masked cause) =>
        Colour(chart, chart.Causes.ToList().IndexOf(cause) is >= 0 and var place ? place : chart.Causes.Count);

    static string Colour(FailureChart chart, int place) => place == chart.Causes.Count ? "c-other" : string.Create(CultureInfo.InvariantCulture, $"c{place}");

    static string Name(FailureChart chart, int place, long count) =>
        place == chart.Causes.Count ? "other"
        : CauseTable.TryParse(chart.Causes[place].ToString(), out var cause) ? CauseWords.Of(cause, count)
        : chart.Causes[place].ToString();

    static string At(DateTimeOffset time, FailureChart chart, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(time, zone).ToString(
            chart.Step >= TimeSpan.FromDays(1) ? "yyyy-MM-dd" : chart.Bars.Count * chart.Step > TimeSpan.FromHours(26) ? "yyyy-MM-dd HH:mm" : "HH:mm",
            CultureInfo.InvariantCulture);

    /// <summary>One for each bar, most of them empty. The last bar is marked: it is still being counted.</summary>
    static IEnumerable<string> Labels(PageModel page, TimeZoneInfo zone)
    {
        var chart = page.Chart;
        var each = (chart.Bars.Count + 3) / 4;
        for (var i = 0; i < chart.Bars.Count; i++)
            yield return page.Window.Live && i > 0 && i == chart.Bars.Count - 1 ? "now"
                : i % each == 0 && (i == 0 || i < chart.Bars.Count * 0.9) ? At(chart.Bars[i].Start, chart, zone)
                : "";
    }

    /// <summary>The next of 1, 2, 4, 6, 10, 20, 40, 60, 100, ...</summary>
    public static long Top(long most)
    {
        for (long ten = 1; ; ten *= 10)
            foreach (var first in (long[])[1, 2, 4, 6])
                if (first * ten >= most)
                    return first * ten;
    }
}
