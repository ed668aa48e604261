using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Tracing;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Trace;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Data.Sqlite;

namespace Mailflow.Web;

/// <summary>Answers the pages of searches and of single messages.</summary>
static class MessageSite
{
    const string Prefix = "/messages/";

    public static void Map(WebApplication app, string[] methods)
    {
        app.MapMethods("/messages", methods, ListAsync);
        app.MapMethods("/messages/{**id}", methods, OneAsync);
    }

    static async Task ListAsync(HttpContext http, MessageFinder finder)
    {
        var faults = new List<string>();
        var view = View.Of(http, finder.Clock, faults);
        var (now, zone) = (view.Now, view.Zone);
        var format = new QueryValues(http.Request.Query, faults).Word(Listing.FormatName, ["csv", "json"]);
        var input = SearchInput.Of(http.Request.Query, now, zone, faults);
        var typed = http.Request.Query["q"].ToString();
        if (faults.Count > 0)
        {
            finder.Refuse(http, input.Reading.Name(), SearchInput.Short(typed));
            await Site.HtmlAsync(http, 400, Frame.Fault("This search is not understood", SearchInput.Short(typed), faults));
            return;
        }

        if (input.IsEmpty)
        {
            await Site.HtmlAsync(http, 200, ResultsPage.Empty(view));
            return;
        }

        var page = new ResultsPage(input, finder.Masking, view);
        var (kind, asked) = (input.Reading.Name(), input.Text.Length > 0 ? input.Text : input.Url.ToString()["/messages?".Length..]);
        await AnswerAsync(http, typed, async () =>
        {
            if (input.IsOfFailures)
            {
                var began = finder.Clock.GetTimestamp();
                var failures = await finder.FailuresAsync(
                    http, kind, asked,
                    (store, late) => FailureSearch.Find(
                        store, input.ToFailures(input.Ours ? OurSide.Reasons(store, input.Since, input.Until) : null), input.After,
                        format is null ? ResultsPage.PageSize : PlacePage.DownloadedRows, late));
                if (failures is not null && format is not null)
                {
                    await PageSite.DownloadAsync(http, finder.Masking, () => [PlacePage.List(failures.Rows, finder.Masking)]);
                    return "";
                }

                return failures is null ? null : page.Of(failures, finder.Clock.GetElapsedTime(began));
            }

            if (await finder.TraceAsync(http, kind, asked, input.ToTrace(), SearchInput.MostMessages, input.Older) is not { } found)
                return null;
            List<Journey> wanted = [.. found.Journeys.Where(j => IsWanted(j, input))];
            if (format is null)
                return page.Of(wanted, found);
            await PageSite.DownloadAsync(http, finder.Masking, () => [page.List(wanted)]);
            return "";
        });
    }

    static bool IsWanted(Journey journey, SearchInput input)
    {
        var concerned = ResultsPage.Concerned(journey, input);
        return (input.Outcome is not { } outcome || concerned.Any(r => r.Fate == outcome))
            && (!input.Ours || concerned.Any(r => r.Diagnosis is { Fault: Fault.Ours }))
            && (input.Connector is not { } connector || journey.Rows.Any(r => r.Connector.Equals(connector, StringComparison.OrdinalIgnoreCase)))
            && (input.Causes.Count == 0 || concerned.Any(r => r.Diagnosis is { } why && input.Causes.Contains(why.Cause)));
    }

    static async Task OneAsync(HttpContext http, MessageFinder finder)
    {
        var faults = new List<string>();
        var view = View.Of(http, finder.Clock, faults);
        var id = IdOf(http, Prefix, faults);
        var values = new QueryValues(http.Request.Query, faults);
        var asked = values.Text("q", SearchText.MaxLength);
        var only = values.Word("outcome", Outcomes.Names) is { } word ? Outcomes.Of(word) : (Fate?)null;
        var skip = values.Number("skip", 0, 1_000_000, 0);
        if (faults.Count > 0)
        {
            finder.Refuse(http, "message", SearchInput.Short(id));
            await Site.HtmlAsync(http, 400, Frame.Fault("This address is not understood", "", faults));
            return;
        }

        await AnswerAsync(http, "", async () =>
        {
            if (await finder.TraceAsync(http, "message", id, ById(id), SearchInput.MostMessages) is not { } found)
                return null;
            if (found.Journeys.Count == 0)
            {
                http.Response.StatusCode = 404;
                return Frame.Fault("This message is not found", "", [Missing(id, found), .. found.Incomplete]);
            }

            return found.Journeys is [var journey]
                ? new MessagePage(journey, found, id, asked, only, skip, finder.Masking, view).Render()
                : MessagePage.Choice(found.Journeys, asked, finder.Masking, view);
        });
    }

    public static string Missing(string id, TraceResult found) =>
        $"No row of the tracking logs has the id {SearchInput.Short(id)}; searched: {Say.Bytes(found.Searched.Bytes)}"
        + $" in {TextLines.Count(found.Searched.Files, "file")}."
        + " By default Exchange deletes tracking logs after 30 days.";

    /// <summary>A message by its network message id or its Message-ID.</summary>
    public static TraceQuery ById(string id) =>
        SearchText.Readings(id)[0] == TextReading.NetworkMessageId ? new() { NetworkMessageId = id } : new() { MessageId = id };

    /// <summary>The id in the path. It is read from the request itself: a decoded path cannot tell an encoded slash from a slash.</summary>
    public static string IdOf(HttpContext http, string prefix, List<string> faults)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.Split('?')[0];
        var id = path.Length > prefix.Length ? Uri.UnescapeDataString(path[prefix.Length..]).Trim() : "";
        if (id.Length is 0 or > SearchText.MaxLength || id.Any(char.IsControl))
            faults.Add($"{prefix}ID: expected a network message id or a Message-ID, URL-encoded, of at most {SearchText.MaxLength} characters.");
        return id;
    }

    /// <summary>Writes the page, or why there is none: too many searches, or a store that cannot be read.</summary>
    static async Task AnswerAsync(HttpContext http, string typed, Func<Task<string?>> render)
    {
        string? html;
        try
        {
            html = await render();
        }
        catch (Exception e) when (e is SqliteException or StoreException or InvalidCastException or InvalidDataException)
        {
            await Site.HtmlAsync(http, 503, Frame.Fault("The store cannot be read", typed, [Masking.Default.Path(e.Message).ToString()]));
            return;
        }

        // A download is already written.
        if (http.Response.HasStarted)
            return;
        if (html is not null)
        {
            await Site.HtmlAsync(http, http.Response.StatusCode, html);
            return;
        }

        http.Response.Headers.RetryAfter = MessageFinder.RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await Site.HtmlAsync(
            http, 503,
            Frame.Fault(
                "Too many searches run now", typed,
                [$"{MessageFinder.MostAtOnce} searches run at the same time. Try again in {MessageFinder.RetryAfter} s."]));
    }
}
