using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using CsvHelper;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;
using Microsoft.Data.Sqlite;

namespace Mailflow.Web;

/// <summary>/api/v1/history: the history of mail in equal steps, as JSON or CSV.</summary>
static class HistoryApi
{
    public const string List = "/api/v1/history";

    static readonly (string Name, double Share)[] Percentiles =
        [("delivery_p50_seconds", 0.5), ("delivery_p90_seconds", 0.9), ("delivery_p99_seconds", 0.99)];

    public static async Task ListAsync(HttpContext http, HistorySource source)
    {
        var faults = new List<string>();
        var query = HistoryQuery.Of(http.Request.Query, source, source.Clock.LocalTimeZone, faults);
        var format = new QueryValues(http.Request.Query, faults).Word("format", ["json", "csv"]);
        if (faults.Count > 0)
        {
            await MessageApi.FaultAsync(http, 400, string.Join(' ', faults));
            return;
        }

        HistoryRange range;
        try
        {
            using var connection = source.Store.OpenReader();
            range = new MailHistory(new StoreRollups(connection)).Read(query.From, query.To, query.Step, query.Server, query.Connector);
        }
        catch (SqliteException e)
        {
            await MessageApi.FaultAsync(http, 503, $"The store cannot be read: {e.Message}");
            return;
        }

        if (format != "csv")
        {
            await MessageApi.WriteAsync(http, 200, Json(range, source.Masking));
            return;
        }

        (http.Response.StatusCode, http.Response.ContentType) = (200, "text/csv; charset=utf-8");
        http.Response.Headers.ContentDisposition = "attachment; filename=history.csv";
        await Pieces.WriteAsync(http, System.Text.Encoding.UTF8.GetBytes(Csv(range)));
    }

    static byte[] Json(HistoryRange range, Masking masking)
    {
        using var output = new MemoryStream();
        using (var json = new MaskedJson(output, masking))
        {
            json.WriteStartObject();
            json.WriteNumber("step_seconds", (long)range.Step.TotalSeconds);
            if (range.First is { } first)
                json.WriteString("known_since", $"{new DateTimeOffset(first):yyyy-MM-dd'T'HH:mm:ss'Z'}");
            else
                json.WriteNull("known_since");
            json.WriteStartArray("connectors");
            foreach (var connector in range.Connectors)
                json.WriteStringValue(masking.Text(connector));
            json.WriteEndArray();
            json.WriteStartArray("points");
            foreach (var point in range.Points)
                Write(json, point);
            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
        }

        return [.. output.ToArray(), .. "\n"u8];
    }

    static void Write(MaskedJson json, HistoryPoint point)
    {
        json.WriteStartObject();
        json.WriteString("start", $"{new DateTimeOffset(point.Start):yyyy-MM-dd'T'HH:mm:ss'Z'}");
        foreach (var outcome in ServerCells.Outcomes)
            json.WriteNumber(Masking.Default.Text(outcome.Name()), point[outcome]);
        foreach (var (name, share) in Percentiles)
            if (point.Percentile(share) is { } time)
                json.WriteNumber(Masking.Default.Text(name), Math.Round(time.TotalSeconds, 3));
            else
                json.WriteNull(Masking.Default.Text(name));
        if (point.QueueDepth is { } depth)
            json.WriteNumber("queue_depth", depth);
        else
            json.WriteNull("queue_depth");
        Write(json, "failures", point.Failures);
        Write(json, "deferrals", point.Deferrals);
        json.WriteEndObject();
    }

    static void Write(MaskedJson json, [ConstantExpected] string name, IReadOnlyDictionary<(Cause Cause, Fault Fault), long> counts)
    {
        json.WriteStartArray(name);
        foreach (var ((cause, fault), count) in counts.OrderBy(c => c.Key))
        {
            json.WriteStartObject();
            json.WriteString("cause", Masking.Default.Text(cause.Name()));
            json.WriteString("fault", Masking.Default.Text(fault.Name()));
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>One row for each step; a column for each outcome, each percentile, and each cause that is in the range.</summary>
    static string Csv(HistoryRange range)
    {
        var causes = range.Points.SelectMany(p => p.Failures.Keys).Select(k => k.Cause).Distinct().Order().ToList();
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true))
        {
            csv.WriteRecord(
            [
                "start", .. ServerCells.Outcomes.Select(o => o.Name()), .. Percentiles.Select(p => p.Name), "queue_depth",
                .. causes.Select(c => $"failed_{c.Name()}"),
            ]);
            foreach (var point in range.Points)
                csv.WriteRecord(
                [
                    SearchUrl.Time(new(point.Start)),
                    .. ServerCells.Outcomes.Select(o => Text(point[o])),
                    .. Percentiles.Select(p => point.Percentile(p.Share)?.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) ?? ""),
                    point.QueueDepth is { } depth ? Text(depth) : "",
                    .. causes.Select(c => Text(point.Failures.Where(f => f.Key.Cause == c).Sum(f => f.Value))),
                ]);
        }

        return text.ToString();
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The history in equal steps: the form of the answer, for the document.</summary>
sealed class HistoryAnswer
{
    public required long StepSeconds { get; init; }

    public required DateTimeOffset? KnownSince { get; init; }

    public required IReadOnlyList<string> Connectors { get; init; }

    public required IReadOnlyList<HistoryPointAnswer> Points { get; init; }
}

/// <summary>One step of the history.</summary>
sealed class HistoryPointAnswer
{
    public required DateTimeOffset Start { get; init; }

    public required long Delivered { get; init; }

    public required long Sent { get; init; }

    public required long Relayed { get; init; }

    public required long Failed { get; init; }

    public required long Deferred { get; init; }

    public required long Dropped { get; init; }

    public required long Expanded { get; init; }

    public required double? DeliveryP50Seconds { get; init; }

    public required double? DeliveryP90Seconds { get; init; }

    public required double? DeliveryP99Seconds { get; init; }

    public required long? QueueDepth { get; init; }

    public required IReadOnlyList<HistoryCountAnswer> Failures { get; init; }

    public required IReadOnlyList<HistoryCountAnswer> Deferrals { get; init; }
}

/// <summary>Recipients of one cause and responsible side.</summary>
sealed class HistoryCountAnswer
{
    public required string Cause { get; init; }

    public required string Fault { get; init; }

    public required long Count { get; init; }
}
