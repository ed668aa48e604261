using Mailflow.Pipeline;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Renders the state of Mailflow itself: log folders, unreadable lines, our checked addresses and domains, and the output of events.</summary>
static class StatePage
{
    public const string Path = "/state";

    public static string Render(PageModel page, View view)
    {
        var html = Frame.Begin("Log reading", "", view, Path, page.Now);
        html.Add($"<div class=title><h1>Log reading and checks</h1></div>\n");
        Sources(html, page, view);
        Watched(html, page, view);
        if (page.Quarantined.Count > 0)
        {
            var shown = page.Quarantined.Count == 1 ? "The newest is shown." : $"The newest {page.Quarantined.Count} are shown.";
            html.Add($"<section class=card aria-labelledby=quarantine>\n<h2 id=quarantine>Unreadable lines</h2>\n<p class=hint>");
            html.Add($"{Say.Number(page.Totals.Unreadable)} in all. {shown} The lines before and after them were read.</p>\n");
            Table(html, page, view, QuarantineList(page), "quarantine");
        }

        html.Add($"<section class=card aria-labelledby=sinks>\n<h2 id=sinks>Event output</h2>\n");
        if (page.Sinks.Count > 0)
            Table(html, page, view, SinkList(page), "sinks");
        else
        {
            html.Add($"<p class=empty>Off. To send each failure as an event to Seq, a file or the console, ");
            html.Add($"set Events:Seq:Url, Events:File:Path or Events:Console.</p></section>\n");
        }

        return Frame.End(html);
    }

    /// <summary>The lists of the page, as they are downloaded.</summary>
    public static IReadOnlyList<Listing> Lists(PageModel page) => [FolderList(page), CheckList(page), QuarantineList(page), SinkList(page)];

    static void Table(Html html, PageModel page, View view, Listing list, string labelledBy)
    {
        list.Add(html, view, page.Now, labelledBy);
        list.Links(html, view.Here);
        html.Add($"</section>\n");
    }

    static Listing FolderList(PageModel page) => new(
        "folders", "Log folders",
        [
            new("Name"), new("Folder"), new("State"), new("Latest entry", "time"), new("Files", "n"), new("Size"), new("Unread"), new("Last read", "time"),
            new("Exchange deletes unread logs"),
        ],
        [
            .. page.Sources.Select(s => (IReadOnlyList<ListCell>)
            [
                s.Name, s.Folder, new(s.Says, Before: Raw.State(s.State)), ListCell.At(s.Servers.Count == 0 ? null : s.Servers.Max(o => o.Newest)),
                ListCell.Of(s.Files), ListCell.Says(Say.Bytes(s.Bytes)), ListCell.Says(Say.Bytes(s.UnreadBytes)), ListCell.At(s.LastRead),
                ListCell.Says(s.Headroom is { } spare ? "in about " + Say.Span(spare) : "nothing unread"),
            ]),
        ]);

    static void Sources(Html html, PageModel page, View view)
    {
        html.Add($"<section class=card aria-labelledby=sources>\n<h2 id=sources>Log folders</h2>\n");
        if (page.Sources.Count == 0)
        {
            html.Add($"<p class=empty>No log folder is set. Start with --logs FOLDER, or set Logs:0:Folder.</p></section>\n");
            return;
        }

        foreach (var source in page.Sources)
        {
            foreach (var server in source.Servers.Where(s => s.Newest > page.Now.AddMinutes(5)))
                html.Add($"<p class=missing>{server.Server}: clock is ahead: {view.Clock(server.Newest, page.Now)}</p>\n");
            if (source.Refused > 0)
                html.Add($"<p class=hint>{source.Name}: {Say.Number(source.Refused)} of its files, {Say.Bytes(source.RefusedBytes)}, are ignored.</p>\n");
            if (source.LostBytes > 0)
                html.Add($"<p class=missing>{source.Name}: {Say.Bytes(source.LostBytes)} were deleted before they could be read.</p>\n");
            foreach (var problem in source.Problems)
            {
                html.Add($"<p class=missing><code>{problem.File}</code> ");
                html.Add($"{(problem.Refused ? "is ignored: " : "cannot be read at the moment: ")}{problem.Problem}</p>\n");
            }
        }

        Table(html, page, view, FolderList(page), "sources");
    }

    static Listing QuarantineList(PageModel page) => new(
        "unreadable", "Unreadable lines",
        [new("File"), new("At byte", "n"), new("Bytes", "n"), new("Reason"), new("Found", "time")],
        [
            .. page.Quarantined.Select(q => (IReadOnlyList<ListCell>)[q.File, ListCell.Of(q.Offset), ListCell.Of(q.Length), q.Reason, ListCell.At(q.At)]),
        ]);

    static Listing SinkList(PageModel page) => new(
        "outputs", "Event output",
        [new("Sink"), new("State"), new("Sent", "n"), new("Waiting", "n"), new("Rejected", "n"), new("Dropped", "n"), new("Last success", "time")],
        [
            .. page.Sinks.Select(s => (IReadOnlyList<ListCell>)
            [
                s.Sink, new(s.Problem ?? $"accepts events", Before: Raw.State(s.Problem is null ? (Masked)$"ok" : $"trouble")), ListCell.Of(s.Shipped),
                ListCell.Of(s.Backlog), ListCell.Of(s.Rejected), ListCell.Of(s.Dropped), ListCell.At(s.LastSuccess),
            ]),
        ]);

    static Listing CheckList(PageModel page) => new(
        "checks", "Checks", [new("Checked"), new("Check"), new("Result"), new("Details")],
        [
            .. page.Watch?.Open.Select(f => (IReadOnlyList<ListCell>)
            [
                f.Subject, f.Check, new(f.Verdict, Before: Raw.Watched(f.Verdict)), f.Advice is { } advice ? $"{f.Says}. {advice}" : f.Says,
            ]) ?? [],
        ]);

    static void Watched(Html html, PageModel page, View view)
    {
        if (page.Watch is null && page.Suggestions.Count == 0)
            return;
        html.Add($"<section class=card aria-labelledby=watch>\n<h2 id=watch>Our addresses, domains and smart hosts</h2>\n");
        if (page.Watch is { } looked)
        {
            var open = looked.Open.Count == 0 ? "no problem" : $"{looked.Open.Count} to look at";
            var checks = looked.Good == 1 ? "check" : "checks";
            html.Add($"<p class=hint>Checked at {view.Clock(looked.At, page.Now)}: {looked.Good} {checks} passed, {open}.</p>\n");
        }

        foreach (var setting in page.Suggestions.GroupBy(s => s.Setting))
        {
            html.Add($"<p class=hint>Not checked yet, possibly ours. If so, add to <code>{setting.Key}</code>: ");
            foreach (var (i, suggestion) in setting.Index())
                html.Add($"{(i == 0 ? "" : "; ")}<code>{suggestion.Value}</code> ({suggestion.Why})");
            html.Add($".</p>\n");
        }

        if (page.Watch is { Open.Count: > 0 })
            Table(html, page, view, CheckList(page), "watch");
        else
            html.Add($"</section>\n");
    }

    /// <summary>What the figures cost and cover, at the end of the start page.</summary>
    public static void About(Html html, PageModel page, View view)
    {
        var about = page.About;
        var committed = about.CommittedAt is { } at ? "at " + view.Clock(at, page.Now) : "not yet";
        var since = about.KeptSince is { } first ? " since " + view.Clock(first, page.Now) : "";
        html.Add($"<p>Mailflow {about.Version} · figures committed {committed}");
        html.Add($" · {Say.Number(page.Totals.Rows)} log rows read, {Say.Number(page.Totals.Unreadable)} unreadable");
        html.Add($" · store {Say.Bytes(about.StoreBytes)}, {Say.Number(about.KeptFailures)} failures{since}</p>\n");
        if (about.Rules is { } rules)
        {
            html.Add($"<p>{Say.Number(rules.InForce)} own rules in force, from {rules.File}</p>\n");
            // The headline names the fault only if nothing else needs action now.
            if (rules.Problem is { } fault)
                html.Add($"<p class=fault>The rules file is not used: {fault}. To see all faults: mailflow rules test FILE</p>\n");
        }
    }

    /// <summary>The state of the log folders in a line.</summary>
    public static string Short(PageModel page)
    {
        var trouble = page.Sources.Count(s => s.State == "trouble");
        var unread = page.Totals.UnreadBytes > BlockPool.BlockBytes ? $", {Say.Bytes(page.Totals.UnreadBytes)} unread" : "";
        var folders = page.Sources.Count == 1 ? "1 log folder" : $"{page.Sources.Count} log folders";
        var lines = page.Totals.Unreadable > 0 ? $", {Say.Number(page.Totals.Unreadable)} unreadable lines" : "";
        var outputs = page.Sinks.Any(s => s.Problem is not null) ? ", an event output fails" : "";
        var checks = page.Watch is { Open.Count: > 0 and var open } ? $", {open} checks to look at" : "";
        return $"{folders}{(trouble > 0 ? $", {trouble} in trouble" : "")}{unread}{lines}{outputs}{checks}";
    }
}
