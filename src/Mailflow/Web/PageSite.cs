using System.Globalization;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Failures;
using Mailflow.Configuration;
using Mailflow.Incidents;
using Mailflow.Privacy;
using Microsoft.Data.Sqlite;

namespace Mailflow.Web;

/// <summary>Answers the pages with figures: the start page and those behind its links, and the choice of time zone and colours.</summary>
static class PageSite
{
    /// <summary>How long a browser keeps the choice.</summary>
    static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>THE table of pages that are made of the same figures.</summary>
    static readonly (string Path, Func<PageModel, View, string> Render, Func<PageModel, IReadOnlyList<Listing>> Lists)[] Figures =
    [
        (FailuresPage.Path, FailuresPage.Render, FailuresPage.Lists), (ServersPage.Path, ServersPage.Render, ServersPage.Lists),
        (StatePage.Path, StatePage.Render, StatePage.Lists),
    ];

    public static void Map(WebApplication app, string[] methods)
    {
        app.MapMethods("/", methods, StartAsync);
        foreach (var (path, render, lists) in Figures)
            app.MapMethods(path, methods, (HttpContext http, PageReader pages, PlaceReader places) => FiguresAsync(http, pages, places, render, lists));
        app.MapMethods(IncidentPage.Path, methods, IncidentsAsync);
        app.MapMethods(IncidentPage.Path + "/{id}", methods, IncidentAsync);
        Place(app, methods, "/causes/", (places, name, window, zone, most) =>
            CauseTable.TryParse(name, out var cause) ? places.OfCause(cause, window, zone, most) : null);
        Place(app, methods, "/domains/", (places, name, window, zone, most) =>
            DomainNames.Clean(name) is { } domain ? places.OfDomain(domain, window, zone, most) : null);
        Place(app, methods, "/servers/", (places, name, window, zone, most) => places.OfServer(name, window, zone, most));
        Place(app, methods, "/connectors/", (places, name, window, zone, most) => places.OfConnector(name, window, zone, most));
        Place(app, methods, "/senders/", (places, name, window, zone, most) => places.OfSender(name, window, zone, most));
        app.MapMethods("/view", methods, ViewAsync);
    }

    static void Place(
        WebApplication app, string[] methods, string prefix, Func<PlaceReader, string, Window, TimeZoneInfo, int, PlaceShown?> read) =>
        app.MapMethods(prefix + "{**name}", methods, (HttpContext http, PlaceReader places) => PlaceAsync(http, places, prefix, read));

    static async Task StartAsync(HttpContext http, PageReader pages, PlaceReader places, HistorySource history)
    {
        if (await ViewOfAsync(http, places) is not { } view || await ReadAsync(http, pages, view.Zone) is not { } page)
            return;
        int? refresh = int.TryParse(http.Request.Query["refresh"], CultureInfo.InvariantCulture, out var seconds) ? Math.Clamp(seconds, 2, 3600) : null;
        await AnswerAsync(http, () => Page.Render(page, view, refresh, history.LastDay(page.Window.Live ? page.Now : page.Window.To)));
    }

    static async Task FiguresAsync(
        HttpContext http, PageReader pages, PlaceReader places, Func<PageModel, View, string> render, Func<PageModel, IReadOnlyList<Listing>> lists)
    {
        if (await ViewOfAsync(http, places) is not { } view || await ReadAsync(http, pages, view.Zone) is not { } page)
            return;
        if (!await DownloadAsync(http, places.Masking, () => lists(page)))
            await Site.HtmlAsync(http, 200, render(page, view));
    }

    /// <summary>Null where the answer is written: the window does not exist, or the store cannot be read.</summary>
    static async Task<PageModel?> ReadAsync(HttpContext http, PageReader pages, TimeZoneInfo zone)
    {
        if (await WindowAsync(http, http.Request.Query["window"].ToString()) is not { } window)
            return null;
        try
        {
            return await pages.ReadAsync(window, zone, http.RequestAborted);
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidDataException)
        {
            await UnreadableAsync(http, e);
            return null;
        }
    }

    static async Task<Window?> WindowAsync(HttpContext http, string asked)
    {
        if (Window.Of(asked) is { } window)
            return window;
        await Site.HtmlAsync(http, 400, Frame.Fault("This address is not understood", "", [$"window: allowed is {Window.Allowed}."]));
        return null;
    }

    static async Task IncidentsAsync(HttpContext http, PlaceReader places)
    {
        if (await ViewOfAsync(http, places) is not { } view)
            return;
        var all = places.Incidents();
        if (!await DownloadAsync(http, places.Masking, () => [IncidentDrawing.List(all)]))
            await Site.HtmlAsync(http, 200, IncidentPage.List(all, view));
    }

    static async Task IncidentAsync(HttpContext http, PlaceReader places, string id)
    {
        if (await ViewOfAsync(http, places) is not { } view)
            return;
        if (places.Find(id) is not { } incident)
        {
            await Site.HtmlAsync(http, 404, Frame.Fault(
                "This incident is not found", "", [$"No stored incident has the id {SearchInput.Short(id)}. Ended incidents are kept for 35 days."]));
            return;
        }

        if (http.Request.Query[Listing.FormatName] == "json")
        {
            using var output = new MemoryStream();
            IncidentJson.Write([incident], places.Until.UtcDateTime, places.Masking, output);
            await Site.FileAsync(http, "application/json", $"incident-{incident.Id}.json", output.ToArray());
            return;
        }

        await AnswerAsync(http, () =>
        {
            var (failures, steps, search) = places.Of(incident, view.Zone, PlacePage.Rows);
            return new IncidentPage(view, places.Masking, places.Until).Of(incident, failures, steps, search);
        });
    }

    static async Task PlaceAsync(
        HttpContext http, PlaceReader places, string prefix, Func<PlaceReader, string, Window, TimeZoneInfo, int, PlaceShown?> read)
    {
        if (await ViewOfAsync(http, places) is not { } view)
            return;
        var faults = new List<string>();
        var name = MessageSite.IdOf(http, prefix, faults);
        var asked = http.Request.Query["window"].ToString();
        if (await WindowAsync(http, asked.Length == 0 ? "7d" : asked) is not { } window)
            return;

        var isDownload = http.Request.Query[Listing.FormatName].Count > 0;
        PlaceShown? shown = null;
        try
        {
            shown = faults.Count > 0 ? null : read(places, name, window, view.Zone, isDownload ? PlacePage.DownloadedRows : PlacePage.Rows);
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidDataException)
        {
            await UnreadableAsync(http, e);
            return;
        }

        if (shown is null)
            await Site.HtmlAsync(
                http, 404, Frame.Fault("There is no such page", "", [$"{prefix}{SearchInput.Short(name)}: nothing is stored under this name."]));
        else if (!await DownloadAsync(http, places.Masking, () => [PlacePage.List(shown.Failures.Rows, places.Masking)]))
            await Site.HtmlAsync(http, 200, PlacePage.Render(shown, view, places.Masking));
    }

    static async Task AnswerAsync(HttpContext http, Func<string> render)
    {
        string html;
        try
        {
            html = render();
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidDataException)
        {
            await UnreadableAsync(http, e);
            return;
        }

        await Site.HtmlAsync(http, 200, html);
    }

    static Task UnreadableAsync(HttpContext http, Exception e) =>
        Site.HtmlAsync(http, 503, Frame.Fault(
            "The store cannot be read", "",
            [
                Masking.Default.Path(e.Message).ToString(), "Metrics and events continue while the store can be written.",
                "Restart Mailflow: it checks the store and reports what to do.",
            ]));

    /// <summary>Writes a list as CSV or JSON where the address asks for it; with several lists, <c>list</c> names one.</summary>
    public static async Task<bool> DownloadAsync(HttpContext http, Masking masking, Func<IReadOnlyList<Listing>> lists)
    {
        var format = http.Request.Query[Listing.FormatName].ToString();
        if (format.Length == 0)
            return false;
        var (name, all) = (http.Request.Query[Listing.ListName].ToString(), lists());
        if (format is not ("csv" or "json") || all.FirstOrDefault(l => name.Length == 0 || l.Name == name) is not { } list)
            await Site.HtmlAsync(http, 400, Frame.Fault(
                "This address is not understood", "",
                [$"{Listing.FormatName}: allowed is csv or json. {Listing.ListName}: allowed is {string.Join(", ", all.Select(l => l.Name))}."]));
        else if (format == "csv")
            await Site.FileAsync(http, "text/csv", $"{list.Name}.csv", list.Csv());
        else
            await Site.FileAsync(http, "application/json", $"{list.Name}.json", list.Json(masking));
        return true;
    }

    /// <summary>How the reader sees it; null where the answer is written: the time zone does not exist.</summary>
    public static async Task<View?> ViewOfAsync(HttpContext http, PlaceReader places)
    {
        var faults = new List<string>();
        var view = View.Of(http, places.Clock, faults);
        if (faults.Count == 0)
            return view;
        await Site.HtmlAsync(http, 400, Frame.Fault("This address is not understood", "", faults));
        return null;
    }

    /// <summary>A form for zone and colours; with a choice, it is kept in a cookie, and the reader goes back.</summary>
    static async Task ViewAsync(HttpContext http, PlaceReader places)
    {
        var faults = new List<string>();
        var query = http.Request.Query;
        var (zone, colours, back) = (query[View.ZoneName].ToString(), query[View.ColoursName].ToString(), query["back"].ToString());
        back = SignIn.Local(back);
        if (zone.Length > 0 && zone != "server" && View.ZoneOf(zone, places.Clock) is null)
            faults.Add($"{View.ZoneName}={SearchInput.Short(zone)}: expected {ZoneText.Allowed}.");
        if (colours is not ("" or "light" or "dark" or "auto"))
            faults.Add($"{View.ColoursName}={SearchInput.Short(colours)}: expected light, dark or auto.");
        if (faults.Count > 0)
        {
            await Site.HtmlAsync(http, 400, Frame.Fault("This choice is not understood", "", faults));
            return;
        }

        if (zone.Length + colours.Length == 0)
        {
            await Site.HtmlAsync(http, 200, ViewPage.Render(View.Of(http, places.Clock, faults), back, places.Clock));
            return;
        }

        Keep(http, View.ZoneName, zone, "server");
        Keep(http, View.ColoursName, colours, "auto");
        http.Response.Redirect(back);
    }

    static void Keep(HttpContext http, string name, string value, string none)
    {
        var options = new CookieOptions { MaxAge = Kept, Path = "/", SameSite = SameSiteMode.Strict, HttpOnly = true, Secure = http.Request.IsHttps };
        if (value == none)
            http.Response.Cookies.Delete(name, options);
        else if (value.Length > 0)
            http.Response.Cookies.Append(name, value, options);
    }
}
