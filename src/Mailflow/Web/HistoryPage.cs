using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Privacy;
using Microsoft.Data.Sqlite;

namespace Mailflow.Web;

/// <summary>/history: outcomes, failures by cause, delivery times and queues over time. Without a script: its state is in its address.</summary>
sealed class HistoryPage(HistoryQuery query, HistoryRange range, HistoryRange before, IReadOnlyList<string> servers, Masking masking, View view)
{
    public const string Path = "/history";

    static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public static async Task ServeAsync(HttpContext http, HistorySource source)
    {
        var faults = new List<string>();
        var view = View.Of(http, source.Clock, faults);
        var query = HistoryQuery.Of(http.Request.Query, source, view.Zone, faults);
        if (faults.Count > 0)
        {
            await Site.HtmlAsync(http, 400, Frame.Fault("This address is not understood", "", faults));
            return;
        }

        string html;
        try
        {
            html = Read(query, source, view).Render();
        }
        catch (SqliteException e)
        {
            await Site.HtmlAsync(http, 503, Frame.Fault("The store cannot be read", "", [Masking.Default.Path(e.Message).ToString()]));
            return;
        }

        await Site.HtmlAsync(http, 200, html);
    }

    static HistoryPage Read(HistoryQuery query, HistorySource source, View view)
    {
        using var connection = source.Store.OpenReader();
        var history = new MailHistory(new StoreRollups(connection));
        var range = history.Read(query.From, query.To, query.Step, query.Server, query.Connector);
        var first = range.Points[0].Start;
        var before = history.Read(first - Week, first - Week + (range.Step * range.Points.Count), range.Step, query.Server, query.Connector);
        return new(query, range, before, history.Servers(), source.Masking, view);
    }

    string Render()
    {
        var html = Frame.Begin("History", "", view, Path);
        var drawing = new HistoryDrawing(html, range, view.Zone);
        var sum = range.Sum();
        html.Add($"<section class=card>\n<h1>History</h1>\n");
        Ranges(html);
        Filters(html);
        if (range.First is null)
            html.Add($"<p class=missing>There is no history yet: it begins with the first rows that are read.</p>\n");
        else if (range.First > query.From)
            html.Add($"<p class=hint>Known since {drawing.At(range.First.Value)}.</p>\n");
        html.Add($"<p>{Sentence(sum)}</p>\n<p class=hint>From {drawing.At(range.Points[0].Start)}, in steps of {Say.Span(range.Step)}. ");
        html.Add($"The line in the first chart is the same time a week earlier. Times are {view.Offset}. ");
        html.Add($"<a href={Raw.Link(query.Url(HistoryApi.List, ("format", "csv")))}>CSV</a> <a href={Raw.Link(query.Url(HistoryApi.List))}>JSON</a></p>\n");
        html.Add($"</section>\n<section class=card aria-labelledby=h-outcomes>\n<h2 id=h-outcomes>Mail by outcome</h2>\n");
        var compared = Compared() ? before : null;
        drawing.Stacked("outcomes", Sentence(sum), HistoryDrawing.Outcomes, compared);
        html.Add($"</section>\n<section class=card aria-labelledby=h-causes>\n<h2 id=h-causes>Failures by cause</h2>\n");
        var causes = HistoryDrawing.Causes(range);
        if (causes.Count == 0)
            html.Add($"<p class=empty>No failures.</p>\n");
        else
            drawing.Stacked("causes", "Failed recipients by cause", causes, null);
        html.Add($"</section>\n<section class=card aria-labelledby=h-times>\n<h2 id=h-times>Delivery time</h2>\n");
        if (sum.Percentile(0.5) is null)
            html.Add($"<p class=empty>No rows with the time since the arrival of their message.</p>\n");
        else
            drawing.Lines("times", "Time from arrival to delivery or sending", HistoryDrawing.Times, s => Say.Span(TimeSpan.FromSeconds(s)));
        html.Add($"</section>\n<section class=card aria-labelledby=h-queues>\n<h2 id=h-queues>Queues</h2>\n");
        if (sum.QueueDepth is null)
            html.Add($"<p class=empty>Not known: <a href=/docs/exports.md>exports of Get-Queue</a> say it.</p>\n");
        else
            drawing.Lines("queues", "The most messages in all queues", HistoryDrawing.Queues, n => Say.Number((long)n));
        html.Add($"</section>\n");
        Table(html, drawing, causes);
        return Frame.End(html);
    }

    bool Compared() => before.First is { } first && first <= before.Points[^1].Start && before.Step == range.Step;

    string Sentence(HistoryPoint sum)
    {
        var all = sum[Outcome.Delivered] + sum[Outcome.Sent] + sum[Outcome.Failed];
        if (all == 0)
            return "No mail in this range.";
        var words = $"{Say.Number(sum[Outcome.Delivered])} delivered, {Say.Number(sum[Outcome.Sent])} sent, {Say.Number(sum[Outcome.Failed])} failed"
            + $" ({(100.0 * sum[Outcome.Failed] / all).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)} %),"
            + $" {Say.Number(sum[Outcome.Deferred])} deferrals";
        var (then, last) = (before.Sum(), Compared());
        return last
            ? $"{words}. A week earlier: {Say.Number(then[Outcome.Delivered])} delivered, {Say.Number(then[Outcome.Sent])} sent,"
                + $" {Say.Number(then[Outcome.Failed])} failed."
            : words + ".";
    }

    void Ranges(Html html)
    {
        html.Add($"<p class=facet><b>Range:</b>");
        foreach (var (name, _) in HistoryQuery.Ranges)
            html.Add($" <a href={Raw.Link(query.Url(Path, ("range", name), ("from", null), ("to", null)))}{Raw.Current(query.Range == name)}>{name}</a>");
        html.Add($"</p>\n");
    }

    void Filters(Html html)
    {
        html.Add($"<form class=filters action={Path} aria-label=Filters>\n");
        if (query is { Range: { } chosen })
            html.Add($"<input type=hidden name=range value={chosen}>");
        Choice(html, "Server", "server", servers, query.Server);
        Choice(html, "Connector", "connector", range.Connectors, query.Connector);
        html.Add($"<label>From <input name=from size=16 placeholder=\"2026-11-20T08:00\" ");
        html.Add($"value=\"{(query.Range is null ? SearchUrl.Time(new(query.From)) : "")}\">");
        html.Add($"</label>\n<label>To <input name=to size=16 placeholder=now value=\"{(query.Ends ? SearchUrl.Time(new(query.To)) : "")}\"></label>\n");
        html.Add($"<button>Show</button>\n</form>\n");
    }

    void Choice(Html html, string title, string name, IEnumerable<string> values, string? chosen)
    {
        html.Add($"<label>{title} <select name={name}><option value=\"\">all</option>");
        var all = values.ToList();
        if (chosen is not null && !all.Contains(chosen, StringComparer.OrdinalIgnoreCase))
            all.Add(chosen);
        foreach (var value in all)
        {
            var selected = Raw.Selected(value.Equals(chosen, StringComparison.OrdinalIgnoreCase));
            html.Add($"<option value=\"{Masking.Plain.Text(value)}\"{selected}>{masking.Text(value)}</option>");
        }

        html.Add($"</select></label>\n");
    }

    void Table(Html html, HistoryDrawing drawing, IReadOnlyList<HistorySeries> causes)
    {
        var counts = HistoryDrawing.Outcomes.Concat(causes).ToList();
        html.Add($"<details id=d-history><summary>Show as a table</summary>\n<div class=scroll tabindex=0 role=region aria-label=\"The history as a table\">");
        html.Add($"<table class=plain><thead><tr><th scope=col>From");
        foreach (var one in counts)
            html.Add($"<th scope=col class=n>{one.Name}");
        foreach (var one in HistoryDrawing.Times)
            html.Add($"<th scope=col class=n>{one.Name}");
        html.Add($"<th scope=col class=n>in queues</thead><tbody>");
        foreach (var point in range.Points.Where(p => !p.IsEmpty))
        {
            html.Add($"<tr><th scope=row>{drawing.At(point.Start)}");
            foreach (var one in counts)
                html.Add($"<td class=n>{(long)(one.Of(point) ?? 0)}");
            foreach (var one in HistoryDrawing.Times)
                html.Add($"<td class=n>{(one.Of(point) is { } seconds ? Say.Seconds(TimeSpan.FromSeconds(seconds)) + " s" : "")}");
            html.Add($"<td class=n>{(point.QueueDepth is { } depth ? Say.Number(depth) : "")}");
        }

        html.Add($"</tbody></table></div></details>\n");
    }
}
