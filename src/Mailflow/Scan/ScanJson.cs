using System.Globalization;
using System.Text.Json;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Scan;

/// <summary>The report as one JSON object; its keys are kept stable, and stand in docs/scan.md.</summary>
static class ScanJson
{
    static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = ReadableJson.Encoder };

    public static void Write(ScanReport report, Masking masking, Stream output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteNumber("rows", report.Sum(Counters.Rows));
        json.WriteNumber("bytes", report.Bytes);
        json.WriteNumber("files", report.Files);
        json.WriteNumber("unreadable", report.Sum(Counters.UnreadableRows));
        Map(json, "unreadable_reasons", report.By(Counters.UnreadableRows, k => k.Name()));
        json.WriteNumber("unfinished_lines", report.UnfinishedLines);
        Map(json, "events", report.By(Counters.Rows, k => k.Source.Value + "|" + k.Event.Value));
        Map(json, "noise", report.By(Counters.NoiseRows, k => k.Reason.Name()));
        Map(json, "messages", report.By(Counters.Messages, k => k.Outcome.Name()));
        Map(json, "failures", report.By(Counters.Failures, k => k.Cause.Name()));
        json.WriteNumber("event_only_failures", report.EventOnlyFailures);
        Map(json, "failures_by_fault", report.By(Counters.Failures, k => k.Fault.Name()));
        Map(json, "deferrals", report.By(Counters.Deferrals, k => k.Cause.Name()));
        Diagnoses(json, report, masking);
        Map(json, "domains", report.Domains.OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal).Take(20).Select(d => (d.Key, d.Value)));
        json.WriteStartObject("latency_seconds");
        Latency(json, Outcome.Delivered.Name(), report.Delivered);
        Latency(json, Outcome.Sent.Name(), report.Sent);
        json.WriteEndObject();
        Connections(json, report, masking);
        ScanExports.Write(json, report, masking);
        Time(json, "oldest", report.Oldest);
        Time(json, "newest", report.Newest);
        json.WriteStartArray("left_alone");
        foreach (var file in report.LeftAlone)
        {
            json.WriteStartObject();
            json.WriteString("path", Printable.Path(file.Path, masking));
            json.WriteString("why", Printable.Path(file.Why, masking));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("errors");
        foreach (var error in report.Errors)
            json.WriteStringValue(Printable.Path(error, masking));
        json.WriteEndArray();
        json.WriteNumber("seconds", Math.Round(report.Elapsed.TotalSeconds, 3));
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    static void Connections(Utf8JsonWriter json, ScanReport report, Masking masking)
    {
        Map(json, "connections", report.By(Counters.Connections, k => k.Source.Name() + "|" + k.Outcome.Name()));
        Map(json, "socket_errors", report.By(Counters.SocketErrors, k => k.Error.Name));
        Map(json, "connection_retries", report.By(Counters.ConnectionRetries, k => k.Cause.Name()));
        json.WriteNumber("connection_messages", report.Sum(Counters.DestinationMessages));
        json.WriteNumber("connection_bytes", report.Sum(Counters.DestinationBytes));
        Map(json, "failed_next_hops", report.FailedHops(20).Select(h => (masking.Text(h.Name), h.Count)));
        Map(json, "smtp_sessions", report.By(Counters.SmtpSessions, k => k.Direction.Name() + "|" + k.Outcome.Name() + "|" + k.Tls.Name()));
        Map(json, "smtp_refusals", report.By(Counters.SmtpRefusals, k => k.Direction.Name() + "|" + k.Stage.Name() + "|" + k.Cause.Name()));
    }

    static void Diagnoses(Utf8JsonWriter json, ScanReport report, Masking masking)
    {
        json.WriteStartArray("diagnoses");
        foreach (var reason in report.Reasons.OrderByDescending(r => r.Count).ThenBy(r => r.Name, StringComparer.Ordinal).Take(20))
        {
            json.WriteStartObject();
            json.WriteString("reason", reason.Name);
            json.WriteNumber("count", reason.Count);
            json.WriteString("cause", reason.Sample.Cause.Name());
            json.WriteString("sub_reason", reason.Sample.SubReason);
            json.WriteString("guide_cause", CauseTable.Of(reason.Sample.Cause).GuideCause);
            json.WriteString("enhanced", reason.Sample.Enhanced);
            json.WriteString("permanence", reason.Sample.Permanence.Name());
            json.WriteString("fault", reason.Sample.Fault.Name());
            json.WriteString("sample", masking.Status(reason.Sample.Text));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Map(Utf8JsonWriter json, string name, IEnumerable<(string Label, long Count)> counts)
    {
        json.WriteStartObject(name);
        foreach (var (label, count) in counts)
            json.WriteNumber(label, count);
        json.WriteEndObject();
    }

    static void Latency(Utf8JsonWriter json, string outcome, LatencyHistogram times)
    {
        json.WriteStartObject(outcome);
        json.WriteNumber("count", times.Count);
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95), ("p99", 0.99) })
        {
            if (times.Percentile(share) is { } milliseconds)
                json.WriteNumber(name, milliseconds / 1000.0);
            else
                json.WriteNull(name);
        }

        json.WriteEndObject();
    }

    static void Time(Utf8JsonWriter json, string name, DateTime? time)
    {
        if (time is { } t)
            json.WriteString(name, t.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        else
            json.WriteNull(name);
    }
}
