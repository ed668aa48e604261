using System.Globalization;
using System.Net;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Tracing;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Trace;
using Microsoft.Data.Sqlite;

namespace Mailflow.Web;

/// <summary>/api/v1/messages: searches of messages, with the same answer as <c>mailflow trace --format json</c>.</summary>
static class MessageApi
{
    public const string List = "/api/v1/messages";
    const string Prefix = List + "/";
    const int MostMessages = 1000;

    public static async Task ListAsync(HttpContext http, MessageFinder finder)
    {
        var faults = new List<string>();
        var request = http.Request.Query;
        foreach (var (name, _) in request)
            if (!ApiParameters.List.Any(p => p.Name == name))
                faults.Add($"{SearchInput.Short(name)} is not known. Expected: {string.Join(", ", ApiParameters.List.Select(p => p.Name))}.");
        var values = new QueryValues(request, faults);
        var query = Query(values, finder, faults);
        var limit = values.Number("limit", 1, MostMessages, 100);
        var withRows = values.Flag("rows");
        var after = PlaceText.Read(values.Text("cursor", PlaceText.MaxLength), faults);
        var kind = KindOf(query);
        var asked = string.Join(' ', request.Where(p => p.Key is not ("limit" or "cursor" or "rows")).Select(p => $"{p.Key}={p.Value}"));
        if (faults.Count == 0 && !query.AsksForAnything && query.Outcome is null)
            faults.Add("Give at least one condition, for example recipient=ADDRESS, message_id=ID or since=2h.");
        if (faults.Count > 0)
        {
            finder.Refuse(http, kind, SearchInput.Short(asked));
            await FaultAsync(http, 400, string.Join(' ', faults));
            return;
        }

        await AnswerAsync(http, async () =>
        {
            if (await finder.TraceAsync(http, kind, asked, query, limit, after) is not { } found)
                return null;
            if (found.Next is { } next)
            {
                var url = new SearchUrl([.. request.Where(p => p.Key != "cursor").Select(p => (p.Key, p.Value.ToString())), ("cursor", PlaceText.Of(next))]);
                http.Response.Headers.Link = $"<{List}{url.ToString()["/messages".Length..]}>; rel=\"next\"";
            }

            return Json(found, new(finder.Masking, query.Asked), withRows || found.Journeys.Count == 1);
        });
    }

    public static async Task OneAsync(HttpContext http, MessageFinder finder)
    {
        var faults = new List<string>();
        var id = MessageSite.IdOf(http, Prefix, faults);
        foreach (var (name, _) in http.Request.Query)
            faults.Add($"{SearchInput.Short(name)} is not known: this address has no parameters.");
        if (faults.Count > 0)
        {
            finder.Refuse(http, "message", SearchInput.Short(id));
            await FaultAsync(http, 400, string.Join(' ', faults));
            return;
        }

        await AnswerAsync(http, async () =>
        {
            if (await finder.TraceAsync(http, "message", id, MessageSite.ById(id), MostMessages) is not { } found)
                return null;
            if (found.Journeys.Count > 0)
                return Json(found, new(finder.Masking, [id]), withRows: true);
            http.Response.StatusCode = 404;
            return Fault(404, string.Join(' ', [MessageSite.Missing(id, found), .. found.Incomplete]));
        });
    }

    static TraceQuery Query(QueryValues values, MessageFinder finder, List<string> faults)
    {
        const int Most = SearchText.MaxLength;
        var (now, zone) = (finder.Clock.GetUtcNow(), finder.Clock.LocalTimeZone);
        var domain = values.Text("domain", Most)?.TrimStart('@');
        if (domain is not null && DomainNames.Clean(domain) is null)
            faults.Add($"domain={SearchInput.Short(domain)}: expected a domain, for example contoso.com.");
        IPAddress? ip = null;
        if (values.Text("ip", 64) is { } address && !IPAddress.TryParse(address, out ip))
            faults.Add($"ip={address}: expected an IP address.");
        return new()
        {
            MessageId = values.Text("message_id", Most),
            NetworkMessageId = values.Text("network_message_id", Most),
            Sender = values.Text("sender", Most),
            Recipient = values.Text("recipient", Most),
            Address = values.Text("address", Most),
            Domain = domain,
            Server = values.Text("server", Most),
            Since = values.Time("since", now, zone),
            Until = values.Time("until", now, zone),
            Outcome = values.Word("outcome", Outcomes.Names) is { } word ? Outcomes.Of(word) : null,
            Event = values.Text("event", 64),
            Ip = ip,
            Subject = values.Text("subject", Most),
        };
    }

    static string KindOf(TraceQuery query) =>
        query.MessageId is not null ? "message-id"
        : query.NetworkMessageId is not null ? "network-message-id"
        : query.Asked.Any() ? "address"
        : query.Domain is not null ? "domain"
        : query.Ip is not null ? "ip"
        : "filters";

    static byte[] Json(TraceResult found, TraceMask mask, bool withRows)
    {
        using var output = new MemoryStream();
        TraceJson.Write(found, mask, withRows, output);
        return output.ToArray();
    }

    static async Task AnswerAsync(HttpContext http, Func<Task<byte[]?>> find)
    {
        byte[]? json;
        try
        {
            json = await find();
        }
        catch (Exception e) when (e is SqliteException or StoreException or InvalidCastException or InvalidDataException)
        {
            await FaultAsync(http, 503, $"The store cannot be read: {e.Message}");
            return;
        }

        if (json is not null)
        {
            await WriteAsync(http, http.Response.StatusCode, json);
            return;
        }

        http.Response.Headers.RetryAfter = MessageFinder.RetryAfter.ToString(CultureInfo.InvariantCulture);
        await FaultAsync(http, 503, $"{MessageFinder.MostAtOnce} searches run at the same time. Try again in {MessageFinder.RetryAfter} s.");
    }

    public static Task FaultAsync(HttpContext http, int status, string detail) => WriteAsync(http, status, Fault(status, detail));

    /// <summary>An error as RFC 9457 describes it.</summary>
    static byte[] Fault(int status, string detail)
    {
        using var output = new MemoryStream();
        using (var json = new MaskedJson(output, Masking.Default))
        {
            json.WriteStartObject();
            json.WriteString("type", Masking.Default.Text("about:blank"));
            json.WriteString("title", Masking.Default.Text(Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)));
            json.WriteNumber("status", (long)status);
            json.WriteString("detail", Masking.Default.Path(detail));
            json.WriteEndObject();
            json.Flush();
        }

        return [.. output.ToArray(), .. "\n"u8];
    }

    public static Task WriteAsync(HttpContext http, int status, byte[] json)
    {
        (http.Response.StatusCode, http.Response.ContentType) =
            (status, status < 400 ? "application/json; charset=utf-8" : "application/problem+json; charset=utf-8");
        return Pieces.WriteAsync(http, json);
    }
}
