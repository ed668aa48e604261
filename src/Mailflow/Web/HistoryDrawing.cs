using System.Globalization;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;

namespace Mailflow.Web;

/// <summary>One row of a chart of the history.</summary>
/// <param name="Colour">The class of its colour.</param>
/// <param name="Of">Its value in a step; null: not known.</param>
sealed record HistorySeries(string Name, string Colour, Func<HistoryPoint, double?> Of);

/// <summary>The charts of the history as SVG: stacked bars, or lines. The labels are HTML, so that they keep their size.</summary>
sealed class HistoryDrawing(Html html, HistoryRange range, TimeZoneInfo zone)
{
    const double Width = 10;

    /// <summary>Outcomes, the final ones first.</summary>
    public static IReadOnlyList<HistorySeries> Outcomes { get; } =
    [
        new("delivered", "c2", p => p[Outcome.Delivered]), new("sent", "c0", p => p[Outcome.Sent]), new("deferred", "c1", p => p[Outcome.Deferred]),
        new("failed", "c3", p => p[Outcome.Failed]),
    ];

    public static IReadOnlyList<HistorySeries> Times { get; } =
    [
        new("half within", "c2", p => p.Percentile(0.5)?.TotalSeconds), new("9 of 10 within", "c1", p => p.Percentile(0.9)?.TotalSeconds),
        new("99 of 100 within", "c3", p => p.Percentile(0.99)?.TotalSeconds),
    ];

    public static IReadOnlyList<HistorySeries> Queues { get; } = [new("messages in queues", "c4", p => p.QueueDepth)];

    /// <summary>The most frequent causes of a range; the others are one series.</summary>
    public static IReadOnlyList<HistorySeries> Causes(HistoryRange range)
    {
        const int Most = 6;
        List<Cause> causes =
        [
            .. range.Sum().Failures.GroupBy(f => f.Key.Cause, f => f.Value).OrderByDescending(c => c.Sum()).ThenBy(c => c.Key).Select(c => c.Key),
        ];
        List<HistorySeries> series =
        [
            .. causes.Take(Most).Select((cause, i) => new HistorySeries(
                CauseWords.Of(cause, 2), string.Create(CultureInfo.InvariantCulture, $"c{i}"),
                p => p.Failures.Where(f => f.Key.Cause == cause).Sum(f => f.Value))),
        ];
        if (causes.Count > Most)
        {
            var rest = causes.Skip(Most).ToHashSet();
            series.Add(new("other", "c-other", p => p.Failures.Where(f => rest.Contains(f.Key.Cause)).Sum(f => f.Value)));
        }

        return series;
    }

    /// <summary>A small chart of the outcomes, for the start page: bars and a line of words, without axes.</summary>
    public static void Small(Html html, HistoryRange range, TimeZoneInfo zone)
    {
        var drawing = new HistoryDrawing(html, range, zone);
        html.Add($"<div class=chart>\n<span></span>");
        drawing.Bars("history", "Mail by outcome", Outcomes, before: null);
        html.Add($"</div>\n");
        drawing.Legend(Outcomes);
    }

    /// <summary>Stacked bars with their axes and a legend.</summary>
    /// <param name="before">The same steps a week earlier: a line with their sum; null: none.</param>
    public void Stacked(string id, string says, IReadOnlyList<HistorySeries> series, HistoryRange? before)
    {
        Axis(Say.Number((long)Top(series, before)), Top(series, before) % 2 == 0 ? Say.Number((long)Top(series, before) / 2) : "");
        Bars(id, says, series, before);
        TimeAxis();
        html.Add($"</div>\n");
        Legend(series);
    }

    /// <summary>Lines with their axes and a legend; a step without a value is a gap.</summary>
    public void Lines(string id, string says, IReadOnlyList<HistorySeries> series, Func<double, string> label)
    {
        var points = range.Points;
        var most = series.SelectMany(s => points.Select(p => s.Of(p) ?? 0)).DefaultIfEmpty().Max();
        var top = most <= 0 ? 1 : most;
        Axis(label(top), label(top / 2));
        Begin(id, says);
        foreach (var one in series)
        {
            var path = new System.Text.StringBuilder();
            var pen = false;
            foreach (var (i, point) in points.Index())
            {
                if (one.Of(point) is not { } value)
                {
                    pen = false;
                    continue;
                }

                // A value alone, between gaps, is a short line.
                var (x, y) = ((i * Width) + (pen ? Width / 2 : 0), 100 - (value * 100 / top));
                path.Append(CultureInfo.InvariantCulture, $"{(pen ? 'L' : 'M')}{x:0.##} {y:0.##}h{Width / 2:0.##}");
                pen = true;
            }

            html.Add($"<path class=\"line-{one.Colour}\" d=\"{path.ToString()}\"/>");
        }

        html.Add($"</svg>\n");
        TimeAxis();
        html.Add($"</div>\n");
        Legend(series);
    }

    void Bars(string id, string says, IReadOnlyList<HistorySeries> series, HistoryRange? before)
    {
        var top = Top(series, before);
        Begin(id, says);
        foreach (var (i, point) in range.Points.Index())
        {
            var floor = 100.0;
            foreach (var one in series)
                if (one.Of(point) is > 0 and var value)
                {
                    floor -= value * 100 / top;
                    html.Add($"<rect class={one.Colour} x=\"{(i * Width) + 0.7}\" y=\"{floor}\" width=\"{Width - 1.4}\" height=\"{value * 100 / top}\">");
                    html.Add($"<title>{At(point.Start)}: {(long)value} {one.Name}</title></rect>");
                }
        }

        if (before is not null)
        {
            var path = string.Concat(before.Points.Take(range.Points.Count).Select((p, i) => string.Create(
                CultureInfo.InvariantCulture,
                $"{(i == 0 ? 'M' : 'L')}{i * Width:0.##} {100 - (series.Sum(s => s.Of(p) ?? 0) * 100 / top):0.##}h{Width:0.##}")));
            html.Add($"<path class=before d=\"{path}\"/>");
        }

        html.Add($"</svg>\n");
    }

    void Begin(string id, string says)
    {
        var width = range.Points.Count * Width;
        html.Add($"<svg role=img aria-labelledby={id}-says viewBox=\"0 0 {width} 100\" preserveAspectRatio=none>");
        html.Add($"<title id={id}-says>{says}</title><path class=grid d=\"M0 0H{width}M0 50H{width}\"/>");
    }

    void Axis(string top, string middle) => html.Add(
        $"<div class=chart>\n<div class=yaxis aria-hidden=true><span>{top}</span><span>{middle}</span><span>0</span></div>\n");

    void TimeAxis()
    {
        html.Add($"<div class=xaxis aria-hidden=true>");
        var each = (range.Points.Count + 3) / 4;
        foreach (var (i, point) in range.Points.Index())
            if (i % each == 0)
                html.Add($"<span>{At(point.Start)}</span>");
        html.Add($"</div>\n");
    }

    void Legend(IReadOnlyList<HistorySeries> series)
    {
        html.Add($"<ul class=legend>");
        foreach (var one in series)
            html.Add($"<li>{Raw.Dot(one.Colour)}{one.Name}</li>");
        html.Add($"</ul>\n");
    }

    double Top(IReadOnlyList<HistorySeries> series, HistoryRange? before)
    {
        var most = range.Points.Concat(before?.Points ?? []).Select(p => series.Sum(s => s.Of(p) ?? 0)).DefaultIfEmpty().Max();
        return ChartDrawing.Top((long)most);
    }

    public string At(DateTime time) => TimeZoneInfo.ConvertTime(new DateTimeOffset(time), zone).ToString(
        range.Step * range.Points.Count > TimeSpan.FromHours(26) ? "MM-dd HH:mm" : "HH:mm", CultureInfo.InvariantCulture);
}
