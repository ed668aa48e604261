namespace Mailflow.Web;

/// <summary>Renders what is known of the servers: messages on their way, queues, Windows events, builds, connectors, settings.</summary>
static class ServersPage
{
    public const string Path = "/servers";

    /// <summary>Servers whose build is shown.</summary>
    const int MaxBuilds = 30;

    public static string Render(PageModel page, View view)
    {
        var html = Frame.Begin("Servers", "", view, Path, page.Now);
        html.Add($"<div class=title><h1>Servers</h1></div>\n");
        OnItsWayDrawing.Add(html, page.OnItsWay);
        if (page.Servers is { } servers)
            State(html, page, servers);
        else
        {
            html.Add($"<section class=card>\n<p class=empty>No export of a server was read. <a href=/docs/exports.md>Exports</a> show queues, ");
            html.Add($"certificates and connectors.</p>\n</section>\n");
        }

        foreach (var list in Lists(page))
            list.Section(html, view, page.Now);

        return Frame.End(html);
    }

    /// <summary>The lists of the page, as they are downloaded; empty ones are left out.</summary>
    public static IReadOnlyList<Listing> Lists(PageModel page) =>
        [.. new[] { Names(page), Queues(page), Events(page), FailedTls(page), Connectors(page), Settings(page) }.Where(l => l.Rows.Count > 0)];

    static void State(Html html, PageModel page, ServerReport servers)
    {
        html.Add($"<section class=card aria-labelledby=state>\n<h2 id=state>State</h2>\n");
        foreach (var sentence in servers.Sentences)
            html.Add($"<p>{sentence}</p>\n");
        foreach (var build in servers.Builds.Take(MaxBuilds))
            html.Add($"<p class=hint><b>{build.Server}</b> {build.Says}</p>\n");
        if (servers.Builds.Count > MaxBuilds)
            html.Add($"<p class=hint>and {servers.Builds.Count - MaxBuilds} more servers: see servers.builds in the JSON of the start page</p>\n");
        if (servers.Snapshots.Count > 0)
        {
            html.Add($"<p class=hint>Exports taken: ");
            foreach (var (i, snapshot) in servers.Snapshots.Take(12).Index())
                html.Add($"{(i == 0 ? "" : "; ")}{snapshot.Kind} of {snapshot.Server} {Say.Ago(page.Now - snapshot.Taken)}");
            html.Add($".</p>\n");
        }

        html.Add($"</section>\n");
    }

    static Listing Names(PageModel page) => new(
        "names", "Servers that write logs", [new("Server"), new("Latest entry", "time"), new("Folder"), new("State")],
        [
            .. page.Sources.SelectMany(f => f.Servers.Select(s => (IReadOnlyList<ListCell>)
                [new(s.Server, PlaceLink.Server(s.Server)), ListCell.At(s.Newest), f.Name, new(f.Says, Before: Raw.State(f.State))])),
        ]);

    static Listing Queues(PageModel page) => new(
        "queues", "Queues",
        [
            new("Queue"), new("Kind"), new("Server"), new("Status"), new("Messages", "n"), new("Retries", "n"), new("Cause"), new("Last error", "status"),
        ],
        [
            .. page.Servers?.Queues.Select(q => (IReadOnlyList<ListCell>)
            [
                q.NextHop.Length == 0 ? q.Kind : q.NextHop, q.Kind, new(q.Server, PlaceLink.Server(q.Server)), q.Status, ListCell.Of(q.Messages),
                ListCell.Of(q.Retries), q.Cause, q.LastError,
            ]) ?? [],
        ]);

    static Listing Events(PageModel page) => new(
        "events", "Windows events of transport, since the first one read",
        [new("Event"), new("Server"), new("Count", "n"), new("Meaning"), new("To do")],
        [
            .. page.Servers?.Events.Select(e => (IReadOnlyList<ListCell>)
                [e.Id, new(e.Server, PlaceLink.Server(e.Server)), ListCell.Of(e.Count), e.Meaning, e.Action]) ?? [],
        ]);

    static Listing FailedTls(PageModel page) => new(
        "tls", "TLS negotiations that failed, from SMTP protocol logs",
        [
            new("Connector"), new("Direction"), new("Server"), new("Error"), new("Responsible"), new("Count", "n"), new("Newest", "time"), new("Meaning"),
            new("To do"),
        ],
        [
            .. page.Servers?.FailedTls.Select(f => (IReadOnlyList<ListCell>)
            [
                new(f.Connector, PlaceLink.Connector(f.Connector)), f.Direction, new(f.Server, PlaceLink.Server(f.Server)), f.Error, f.Fault,
                ListCell.Of(f.Count), ListCell.At(f.Newest), f.Meaning, f.Action,
            ]) ?? [],
        ]);

    static Listing Connectors(PageModel page) => new(
        "connectors", "Connectors",
        [new("Connector"), new("Type"), new("Server"), new("State"), new("Limit"), new("For"), new("Smart hosts")],
        [
            .. page.Servers?.Connectors.Select(c => (IReadOnlyList<ListCell>)
                [new(c.Name, PlaceLink.Connector(c.Name)), c.Type, new(c.Server, PlaceLink.Server(c.Server)), c.State, c.Limit, c.To, c.SmartHosts]) ?? [],
        ]);

    static Listing Settings(PageModel page) => new(
        "settings", "Transport settings", [new("Setting"), new("Server"), new("Value")],
        [.. page.Servers?.Settings.Select(s => (IReadOnlyList<ListCell>)[s.Name, s.Server, s.Value]) ?? []]);
}
