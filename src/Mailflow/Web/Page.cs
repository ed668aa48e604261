using System.Globalization;
using Mailflow.Pipeline;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Renders the page as HTML from its model. The page works without a script; the script only refreshes the figures in place.</summary>
static class Page
{
    /// <summary>Causes that are shown in full, and all that need action on our side; the others are folded.</summary>
    const int CausesInFull = 6;

    /// <summary>Servers whose build is shown.</summary>
    const int MaxBuilds = 30;

    public static string Render(PageModel page, TimeZoneInfo zone, int? refresh)
    {
        var html = new Html();
        Begin(html);
        if (refresh is { } seconds)
            html.Add($"<meta http-equiv=refresh content={(long)seconds}>\n");
        html.Add($"<title>{Title(page)}</title>\n<link rel=icon href=/icon.svg type=image/svg+xml>\n<link rel=stylesheet href=/style.css>\n");
        html.Add($"<script src=/live.js defer></script>\n</head>\n<body>\n");
        html.Add($"<header>\n{Raw.Brand()}\n<nav aria-label=\"Time range\">");
        foreach (var window in Window.All)
            html.Add($"<a href=\"/?window={window.Name}\"{Raw.Current(page.Window.Name == window.Name)}>{window.Name}</a>");
        html.Add($"</nav>\n<p class=zone>Times are {page.TimeZone}, the time zone of this server</p>\n");
        Frame.Search(html, "");
        html.Add($"</header>\n<main>\n");
        Headline(html, page);
        Tiles(html, page, zone);
        html.Add($"<section class=card aria-labelledby=chart>\n");
        ChartDrawing.Add(html, page, zone);
        html.Add($"</section>\n");
        Causes(html, page, zone);
        OnItsWayDrawing.Add(html, page.OnItsWay);
        Servers(html, page, zone);
        Watched(html, page, zone);
        Sources(html, page, zone);
        Quarantined(html, page, zone);
        Recent(html, page, zone);
        Domains(html, page, zone);
        Sinks(html, page, zone);
        Footer(html, page, zone);
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
        Level.Fix => "Action needed - Mailflow",
        Level.Look => "Check - Mailflow",
        Level.Stale => "Old data - Mailflow",
        _ => "Mailflow",
    };

    static void Headline(Html html, PageModel page)
    {
        html.Add($"<section class=\"verdict {page.Verdict.Level.ToString().ToLowerInvariant()}\" role=status>\n");
        html.Add($"{Raw.Sign(page.Verdict.Level)}<div><h1>{page.Verdict.Sentence}</h1>");
        if (page.Verdict.Advice is { } advice)
            html.Add($"<p>{advice}</p>");
        html.Add($"</div></section>\n");
        if (page.Note is { } note)
            html.Add($"<p class=note>{note}</p>\n");
    }

    static void Tiles(Html html, PageModel page, TimeZoneInfo zone)
    {
        var totals = page.Totals;
        html.Add($"<section class=tiles aria-label=\"Key figures\">\n");
        var ours = page.Causes.Sum(Assessment.OnOurSide);
        Tile(
            html, "Failures", Say.Number(page.Window.Failures), page.Window.During.ToString(), "",
            page.Window.Failures > 0 ? MessageLink.Failures(page) : null);
        var ended = page.Causes.Where(c => c.Ended is not null).Sum(Assessment.OnOurSide);
        var since = ended == 0 ? "of these failures" : ended == ours ? "of these failures; ended" : $"of these failures; {Say.Number(ended)} ended";
        Tile(
            html, "On our side", Say.Number(ours), since, ours > ended ? "bad" : "", ours > 0 ? MessageLink.Failures(page).With("fault", "ours") : null);
        Tile(
            html,
            "Latest log entry",
            totals.Newest is { } newest ? Say.Ago(page.Now - newest) : "none yet",
            totals.Newest is { } at ? $"at {Clock(at, page.Now, zone)}" : "no log was read",
            totals.Newest is null || page.Now - totals.Newest > TimeSpan.FromMinutes(15) ? "warn" : "");
        Tile(
            html,
            "Unread logs",
            Say.Bytes(totals.UnreadBytes),
            totals.UnreadBytes == 0 ? "everything is read" : totals.UnreadBytes <= BlockPool.BlockBytes ? "being written or read now" : "still to read",
            totals.UnreadBytes > 64L << 20 ? "warn" : "");
        const string Since = "recipients, since the first log read";
        Tile(html, "Delivered", Say.Number(totals.Delivered), Since, "", MessageLink.Newest(page, "delivered"), "newest");
        Tile(html, "Sent out", Say.Number(totals.Sent), Since, "", MessageLink.Newest(page, "sent"), "newest");
        Tile(html, "Failed", Say.Number(totals.Failed), Since, "", SearchUrl.Empty.With("outcome", "failed"), "stored failures");
        Tile(
            html, "Deferred (Exchange retries)", Say.Number(totals.Deferred), "deferrals, since the first log read", "", MessageLink.Newest(page, "deferred"),
            "deferred now");
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

    static void Causes(Html html, PageModel page, TimeZoneInfo zone)
    {
        html.Add($"<section class=card aria-labelledby=causes>\n<h2 id=causes>Failures {page.Window.During}, by cause</h2>\n");
        if (page.Causes.Count == 0)
        {
            var why = page.Totals.Newest is null ? "Nothing has been read yet."
                : !page.Window.Complete ? "These failures were removed from the store (Store:Keep)."
                : $"No failures {page.Window.During}.";
            html.Add($"<p class=empty>{why}</p>\n");
        }

        var most = page.Causes.Count == 0 ? 1 : page.Causes.Max(c => c.Count);
        // Those with failures on our side are first.
        var inFull = Math.Max(CausesInFull, page.Causes.Count(c => Assessment.OnOurSide(c) > 0));
        foreach (var cause in page.Causes.Take(inFull))
            Cause(html, page, cause, most, zone);
        var more = page.Causes.Skip(inFull).ToList();
        if (more.Count > 0)
        {
            var named = string.Join(", ", more.Select(c => $"{Say.Number(c.Count)} {c.InWords}"));
            html.Add($"<details id=d-more class=more><summary>{more.Count} more: {named}</summary>\n");
            foreach (var cause in more)
                Cause(html, page, cause, most, zone);
            html.Add($"</details>\n");
        }

        html.Add($"</section>\n");
    }

    static void Cause(Html html, PageModel page, CauseFigures cause, long most, TimeZoneInfo zone)
    {
        html.Add($"<article class=cause>\n<div class=count><strong>");
        MessageLink.Count(html, Say.Number(cause.Count), MessageLink.Failures(page).With("cause", cause.Cause.ToString()));
        html.Add($"</strong>");
        html.Add($"<svg viewBox=\"0 0 100 6\" preserveAspectRatio=none aria-hidden=true>");
        html.Add($"<rect class=track width=100 height=6 rx=2 /><rect class={ChartDrawing.Colour(page.Chart, cause.Cause)} ");
        html.Add($"width=\"{cause.Count * 100.0 / most}\" height=6 rx=2 /></svg></div>\n");
        html.Add($"<div class=why>\n<h3>{cause.Title} <code>{cause.Cause}</code> {Raw.Fault(cause)}</h3>\n<p>{cause.Meaning}</p>\n");
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
        html.Add($"<details id=\"d-{cause.Cause}\"><summary>Commands to look, to change and to verify</summary>\n");
        foreach (var group in cause.Commands.GroupBy(c => c.Heading))
        {
            html.Add($"<p>{group.Key}</p><pre>");
            foreach (var line in group.SelectMany(c => c.Lines))
                html.Add($"{line}\n");
            html.Add($"</pre>\n");
        }

        html.Add($"</details>\n</div>\n</article>\n");
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
        cause.Count == 1 ? $"At {Clock(cause.Newest, page.Now, zone)}."
        : cause.Ended is { First: { } first } ended && cause.Began >= first
            ? $"From {Clock(first, page.Now, zone)} to {Clock(ended.Last, page.Now, zone)}; ended."
        : cause.Began is { } began ? $"Since {Clock(began, page.Now, zone)}, latest {Clock(cause.Newest, page.Now, zone)}."
        : $"Since before the newest 50,000 failures, latest {Clock(cause.Newest, page.Now, zone)}.";

    static void Servers(Html html, PageModel page, TimeZoneInfo zone)
    {
        if (page.Servers is not { } servers)
            return;
        html.Add($"<section class=card aria-labelledby=servers>\n<h2 id=servers>Server state: builds, queues, certificates, back pressure, events</h2>\n");
        foreach (var sentence in servers.Sentences)
            html.Add($"<p>{sentence}</p>\n");
        foreach (var build in servers.Builds.Take(MaxBuilds))
            html.Add($"<p class=hint><b>{build.Server}</b> {build.Says}</p>\n");
        if (servers.Builds.Count > MaxBuilds)
            html.Add($"<p class=hint>and {servers.Builds.Count - MaxBuilds} more servers: see servers.builds in the JSON of this page</p>\n");
        Queues(html, servers);
        Events(html, servers);
        if (servers.Connectors.Count > 0)
        {
            html.Add($"<details id=d-connectors><summary>{servers.Connectors.Count} {(servers.Connectors.Count == 1 ? "connector" : "connectors")}</summary>");
            html.Add($"<div class=scroll><table class=stack>\n<thead><tr><th scope=col>Connector<th scope=col>Type<th scope=col>Server<th scope=col>State");
            html.Add($"<th scope=col>Largest message<th scope=col>Address spaces or bindings<th scope=col>Smart hosts</thead>\n<tbody>\n");
            foreach (var connector in servers.Connectors)
            {
                html.Add($"<tr><th scope=row data-label=Connector>{connector.Name}<td data-label=Type>{connector.Type}");
                html.Add($"<td data-label=Server>{connector.Server}");
                html.Add($"<td data-label=State>{connector.State}<td data-label=Limit>{connector.Limit}<td data-label=For>{connector.To}");
                html.Add($"<td data-label=\"Smart hosts\">{connector.SmartHosts}\n");
            }

            html.Add($"</tbody></table></div></details>\n");
        }

        if (servers.Settings.Count > 0)
        {
            html.Add($"<details id=d-settings><summary>{servers.Settings.Count} transport settings</summary><div class=scroll><table class=stack>\n");
            html.Add($"<thead><tr><th scope=col>Setting<th scope=col>Server<th scope=col>Value</thead>\n<tbody>\n");
            foreach (var setting in servers.Settings)
                html.Add($"<tr><th scope=row data-label=Setting>{setting.Name}<td data-label=Server>{setting.Server}<td data-label=Value>{setting.Value}\n");
            html.Add($"</tbody></table></div></details>\n");
        }

        if (servers.Snapshots.Count > 0)
        {
            html.Add($"<p class=hint>Exports taken: ");
            foreach (var (i, snapshot) in servers.Snapshots.Take(12).Index())
                html.Add($"{(i == 0 ? "" : "; ")}{snapshot.Kind} of {snapshot.Server} {Say.Ago(page.Now - snapshot.Taken)}");
            html.Add($".</p>\n");
        }

        html.Add($"</section>\n");
    }

    static void Queues(Html html, ServerReport servers)
    {
        if (servers.Queues.Count == 0)
            return;
        html.Add($"<h3 id=queues>Queues</h3>\n<div class=scroll><table class=stack aria-labelledby=queues>\n<thead><tr><th scope=col>Queue");
        html.Add($"<th scope=col>Server");
        html.Add($"<th scope=col>Status<th scope=col class=n>Messages<th scope=col class=n>Retries<th scope=col>Cause<th scope=col>Last error");
        html.Add($"</thead>\n<tbody>\n");
        foreach (var queue in servers.Queues)
        {
            html.Add($"<tr><th scope=row data-label=Queue><bdi>{(queue.NextHop.Length == 0 ? queue.Kind : queue.NextHop)}</bdi> <code>{queue.Kind}</code>");
            html.Add($"<td data-label=Server>{queue.Server}<td data-label=Status>{queue.Status}<td class=n data-label=Messages>{Say.Number(queue.Messages)}");
            html.Add($"<td class=n data-label=Retries>{Say.Number(queue.Retries)}<td data-label=Cause>{queue.Cause}");
            html.Add($"<td class=status data-label=\"Last error\"><code>{queue.LastError}</code>\n");
        }

        html.Add($"</tbody></table></div>\n");
    }

    static void Events(Html html, ServerReport servers)
    {
        if (servers.Events.Count == 0)
            return;
        html.Add($"<h3 id=events>Windows events of transport, since the first one read</h3>\n<div class=scroll><table class=stack aria-labelledby=events>\n");
        html.Add($"<thead><tr><th scope=col>Event<th scope=col>Server<th scope=col class=n>Count<th scope=col>What it means<th scope=col>What to do");
        html.Add($"</thead>\n<tbody>\n");
        foreach (var one in servers.Events)
        {
            html.Add($"<tr><th scope=row data-label=Event>{one.Id}<td data-label=Server>{one.Server}<td class=n data-label=Count>{Say.Number(one.Count)}");
            html.Add($"<td data-label=Meaning>{one.Meaning}<td data-label=\"To do\">{one.Action}\n");
        }

        html.Add($"</tbody></table></div>\n");
    }

    static void Sources(Html html, PageModel page, TimeZoneInfo zone)
    {
        html.Add($"<section class=card aria-labelledby=sources>\n<h2 id=sources>Log folders</h2>\n");
        if (page.Sources.Count == 0)
            html.Add($"<p class=empty>No log folder is set. Start with --logs FOLDER, or set Logs:0:Folder.</p>\n");
        else
        {
            html.Add($"<div class=scroll><table class=stack>\n<thead><tr><th scope=col>Folder<th scope=col>State<th scope=col>Latest log entry");
            html.Add($"<th scope=col class=n>Files");
            html.Add($"<th scope=col class=n>Size<th scope=col class=n>Unread<th scope=col>Last read<th scope=col>Exchange deletes unread logs");
            html.Add($"</thead>\n<tbody>\n");
        }

        foreach (var source in page.Sources)
        {
            html.Add($"<tr><th scope=row data-label=Folder>{source.Name}");
            if (source.Folder != source.Name)
                html.Add($" · {source.Folder}");
            html.Add($"<td data-label=State>{Raw.State(source.State)} {source.Says}<td data-label=\"Latest entry\">");
            foreach (var server in source.Servers.Take(8))
            {
                var isAhead = server.Newest > page.Now.AddMinutes(5);
                var latest = isAhead ? "clock is ahead: " + Clock(server.Newest, page.Now, zone) : Say.Ago(page.Now - server.Newest);
                html.Add($"<div><b>{(server.Server == TrackedFile.UnknownServer ? $"server not named" : server.Server)}</b> {latest}</div>");
            }

            html.Add($"{(source.Servers.Count > 8 ? $"and {source.Servers.Count - 8} more" : source.Servers.Count == 0 ? "none yet" : "")}");
            html.Add($"<td class=n data-label=Files>{source.Files}{(source.Refused > 0 ? $" ({Say.Number(source.Refused)} ignored)" : "")}");
            html.Add($"<td class=n data-label=Size>{Say.Bytes(source.Bytes)}<td class=n data-label=Unread>{Say.Bytes(source.UnreadBytes)}");
            html.Add($"<td data-label=\"Last read\">{(source.LastRead is { } read ? Say.Ago(page.Now - read) : "not since the start")}");
            html.Add($"<td data-label=\"Deleted in\">{(source.Headroom is { } spare ? "in about " + Say.Span(spare) : "nothing unread")}\n");
            if (source.LostBytes > 0)
                html.Add($"<tr class=sub><td colspan=8>{Say.Bytes(source.LostBytes)} were deleted before they could be read.\n");
            foreach (var problem in source.Problems)
            {
                html.Add($"<tr class=sub><td colspan=8><code>{problem.File}");
                html.Add($"</code> {(problem.Refused ? "is ignored: " : "cannot be read at the moment: ")}{problem.Problem}\n");
            }
        }

        if (page.Sources.Count > 0)
            html.Add($"</tbody></table></div>\n");
        html.Add($"</section>\n");
    }

    static void Quarantined(Html html, PageModel page, TimeZoneInfo zone)
    {
        if (page.Quarantined.Count == 0)
            return;
        var shown = page.Quarantined.Count == 1 ? "The newest is shown." : $"The newest {page.Quarantined.Count} are shown.";
        html.Add($"<section class=card aria-labelledby=quarantine>\n<h2 id=quarantine>Unreadable lines</h2>\n");
        html.Add($"<p class=hint>{Say.Number(page.Totals.Unreadable)} in all. {shown} The lines before and after them were read.</p>\n");
        html.Add($"<div class=scroll><table class=stack>\n<thead><tr><th scope=col>File<th scope=col class=n>At byte<th scope=col class=n>Bytes");
        html.Add($"<th scope=col>Reason");
        html.Add($"<th scope=col>Found</thead>\n<tbody>\n");
        foreach (var line in page.Quarantined)
        {
            html.Add($"<tr><th scope=row data-label=File><code>{line.File}</code><td class=n data-label=\"At byte\">{line.Offset}");
            html.Add($"<td class=n data-label=Bytes>{line.Length}");
            html.Add($"<td data-label=Reason>{line.Reason}<td data-label=Found>{Clock(line.At, page.Now, zone)}\n");
        }

        html.Add($"</tbody></table></div>\n</section>\n");
    }

    static void Watched(Html html, PageModel page, TimeZoneInfo zone)
    {
        if (page.Watch is null && page.Suggestions.Count == 0)
            return;
        html.Add($"<section class=card aria-labelledby=watch>\n<h2 id=watch>Our addresses, domains and smart hosts</h2>\n");
        if (page.Watch is { } looked)
        {
            var open = looked.Open.Count == 0 ? "no problem" : $"{looked.Open.Count} to look at";
            var checks = looked.Good == 1 ? "check" : "checks";
            html.Add($"<p class=hint>Checked at {Clock(looked.At, page.Now, zone)}: {looked.Good} {checks} passed, {open}.</p>\n");
        }

        foreach (var setting in page.Suggestions.GroupBy(s => s.Setting))
        {
            html.Add($"<p class=hint>Not checked yet, possibly ours. If so, add to <code>{setting.Key}</code>: ");
            foreach (var (i, suggestion) in setting.Index())
                html.Add($"{(i == 0 ? "" : "; ")}<code>{suggestion.Value}</code> ({suggestion.Why})");
            html.Add($".</p>\n");
        }

        if (page.Watch is { Open.Count: > 0 } watch)
        {
            html.Add($"<div class=scroll><table class=stack>\n<thead><tr><th scope=col>Checked<th scope=col>Check<th scope=col>Result");
            html.Add($"<th scope=col>Details</thead>\n<tbody>\n");
            foreach (var finding in watch.Open)
            {
                html.Add($"<tr><th scope=row data-label=Checked><bdi>{finding.Subject}</bdi><td data-label=Check>{finding.Check}");
                html.Add($"<td data-label=Result>{Raw.Watched(finding.Verdict)}");
                html.Add($"<td class=status data-label=Details>{finding.Says}{(finding.Advice is null ? "" : ". ")}{finding.Advice}\n");
            }

            html.Add($"</tbody></table></div>\n");
        }

        html.Add($"</section>\n");
    }

    static void Recent(Html html, PageModel page, TimeZoneInfo zone)
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
        html.Add($"<p class=hint>{shown} Times are {page.TimeZone}.</p>\n");
        html.Add($"<div class=scroll><table class=stack>\n<thead><tr><th scope=col>Time<th scope=col>Recipient<th scope=col>Cause<th scope=col>Code");
        html.Add($"<th scope=col>Status text");
        html.Add($"<th scope=col>Connector<th scope=col>Server</thead>\n<tbody>\n");
        foreach (var row in page.Recent)
        {
            html.Add($"<tr><td class=time data-label=Time>{Raw.Time(row.Time, Clock(row.Time, page.Now, zone))}<td data-label=Recipient>");
            MessageLink.Add(html, (row.NetworkMessageId.IsEmpty ? row.MessageId : row.NetworkMessageId).ToString(), row.Recipient, null);
            html.Add($"<td class=kind data-label=Cause>{Raw.Dot(ChartDrawing.Colour(page.Chart, row.Cause))}{row.Title}<td data-label=Code>{row.Code}");
            html.Add($"<td class=status data-label=Status><code>{row.Status}");
            html.Add($"</code>{(row.Answer is null ? "" : " ")}{row.Answer}{(row.Session is null ? "" : " ")}{row.Session}{(row.Session is null ? "" : ".")}");
            html.Add($"<td data-label=Connector>");
            MessageLink.Count(html, row.Connector, MessageLink.Failures(page).With("connector", row.Connector.ToString()));
            html.Add($"<td data-label=Server>");
            MessageLink.Count(html, row.Server, MessageLink.Failures(page).With("server", row.Server.ToString()));
            html.Add($"\n");
        }

        html.Add($"</tbody></table></div>\n</section>\n");
    }

    static void Domains(Html html, PageModel page, TimeZoneInfo zone)
    {
        if (page.Domains.Count == 0)
            return;
        html.Add($"<section class=card aria-labelledby=domains>\n<h2 id=domains>Recipient domains with the most failures {page.Window.During}</h2>\n");
        html.Add($"<div class=scroll><table class=stack>\n<thead><tr><th scope=col>Domain<th scope=col class=n>Failures<th scope=col>Main cause");
        html.Add($"<th scope=col>Latest</thead>\n<tbody>\n");
        foreach (var domain in page.Domains)
        {
            html.Add($"<tr><th scope=row data-label=Domain><bdi>{domain.Domain}</bdi><td class=n data-label=Failures>");
            var all = MessageLink.Failures(page).With("domain", domain.Domain.ToString());
            MessageLink.Count(html, Say.Number(domain.Failures), all);
            html.Add($"<td class=kind data-label=\"Main cause\">{Raw.Dot(ChartDrawing.Colour(page.Chart, domain.TopCause))}");
            html.Add($"{domain.TopTitle} (");
            MessageLink.Count(html, Say.Number(domain.TopCount), all.With("cause", domain.TopCause.ToString()));
            html.Add($")");
            html.Add($"<td data-label=Latest>{Clock(domain.Newest, page.Now, zone)}\n");
        }

        html.Add($"</tbody></table></div>\n</section>\n");
    }

    static void Sinks(Html html, PageModel page, TimeZoneInfo zone)
    {
        html.Add($"<section class=card aria-labelledby=sinks>\n<h2 id=sinks>Event output</h2>\n");
        if (page.Sinks.Count == 0)
        {
            html.Add($"<p class=empty>Off. To send each failure as an event to Seq, a file or the console, ");
            html.Add($"set Events:Seq:Url, Events:File:Path or Events:Console.</p></section>\n");
            return;
        }

        html.Add($"<div class=scroll><table class=stack>\n<thead><tr><th scope=col>Sink<th scope=col>State<th scope=col class=n>Sent");
        html.Add($"<th scope=col class=n>Waiting");
        html.Add($"<th scope=col class=n>Rejected<th scope=col class=n>Dropped<th scope=col>Last success</thead>\n<tbody>\n");
        foreach (var sink in page.Sinks)
        {
            html.Add($"<tr><th scope=row data-label=Sink>{sink.Sink}");
            html.Add($"<td data-label=State>{Raw.State(sink.Problem is null ? (Masked)$"ok" : $"trouble")} {sink.Problem ?? $"accepts events"}");
            html.Add($"<td class=n data-label=Sent>{sink.Shipped}<td class=n data-label=Waiting>{sink.Backlog}<td class=n data-label=Rejected>{sink.Rejected}");
            html.Add($"<td class=n data-label=Dropped>{sink.Dropped}");
            html.Add($"<td data-label=\"Last success\">{(sink.LastSuccess is { } last ? Clock(last, page.Now, zone) : "none yet")}\n");
        }

        html.Add($"</tbody></table></div>\n</section>\n");
    }

    static void Footer(Html html, PageModel page, TimeZoneInfo zone)
    {
        var about = page.About;
        var committed = about.CommittedAt is { } at ? "at " + Clock(at, page.Now, zone) : "not yet";
        var since = about.KeptSince is { } first ? " since " + Clock(first, page.Now, zone) : "";
        html.Add($"<footer>\n<p>Mailflow {about.Version} · figures updated {committed}");
        html.Add($" · {Say.Number(page.Totals.Rows)} log rows read, {Say.Number(page.Totals.Unreadable)} unreadable");
        html.Add($" · store {Say.Bytes(about.StoreBytes)}, {Say.Number(about.KeptFailures)} failures{since}</p>\n");
        if (about.Rules is { } rules)
        {
            html.Add($"<p>{Say.Number(rules.InForce)} own rules in force, from {rules.File}</p>\n");
            // The headline names the fault only if nothing else needs action now.
            if (rules.Problem is { } fault)
                html.Add($"<p class=fault>The rules file is not used: {fault}. To see all faults: mailflow rules test FILE</p>\n");
        }

        html.Add($"<p><a href=/metrics>Metrics</a> <a href=\"/api/status?window={page.Window.Name}\">This page as JSON</a> <a href=/readyz>Readiness");
        html.Add($"</a> <a href=/docs/>Documentation</a>");
        html.Add($" <noscript><a href=\"/?window={page.Window.Name}&amp;refresh=5\">Refresh every 5 seconds</a></noscript></p>\n</footer>\n");
    }

    static string Clock(DateTimeOffset time, DateTimeOffset now, TimeZoneInfo zone)
    {
        var there = TimeZoneInfo.ConvertTime(time, zone);
        var format = there.Date == TimeZoneInfo.ConvertTime(now, zone).Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        return there.ToString(format, CultureInfo.InvariantCulture);
    }
}
