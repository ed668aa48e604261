using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Scan;

/// <summary>The report as one JSON object. docs/scan.md describes its keys, which do not change.</summary>
static class ScanJson
{
    public static void Write(ScanReport report, Masking masking, Stream output)
    {
        using var json = new MaskedJson(output, masking);
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
        Mails(json, report.Mails);
        Map(json, "failures_by_fault", report.By(Counters.Failures, k => k.Fault.Name()));
        Map(json, "deferrals", report.By(Counters.Deferrals, k => k.Cause.Name()));
        Diagnoses(json, report, masking);
        Map(json, "domains", report.Domains.OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal).Take(20).Select(d => (d.Key, d.Value)));
        json.WriteStartObject("latency_seconds");
        Latency(json, Outcome.Delivered, report.Delivered);
        Latency(json, Outcome.Sent, report.Sent);
        json.WriteEndObject();
        ScanCopies.Write(json, report, masking);
        Connections(json, report, masking);
        ScanExports.Write(json, report, masking);
        ScanBuilds.Write(json, report, masking);
        Time(json, "oldest", report.Oldest);
        Time(json, "newest", report.Newest);
        LeftAlone(json, report, masking);
        Paths(json, "assumed_columns", report.Assumed, masking);
        Paths(json, "errors", report.Errors, masking);
        json.WriteNumber("seconds", Math.Round(report.Elapsed.TotalSeconds, 3));
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    static void Mails(MaskedJson json, MailFigures mails)
    {
        json.WriteNumber("mail_only_failures", mails.Failed);
        json.WriteStartObject("mails");
        json.WriteNumber("read", mails.Mails);
        json.WriteNumber("failed", mails.Failed);
        json.WriteNumber("deferred", mails.Deferred);
        json.WriteNumber("delivered", mails.Good);
        json.WriteNumber("repeated", mails.Repeated);
        json.WriteNumber("receipts_and_complaints", mails.Others);
        json.WriteNumber("no_report", mails.Ordinary);
        json.WriteEndObject();
    }

    static void Paths(MaskedJson json, [ConstantExpected] string name, IEnumerable<string> paths, Masking masking)
    {
        json.WriteStartArray(name);
        foreach (var path in paths)
            json.WriteStringValue(masking.Path(path));
        json.WriteEndArray();
    }

    static void LeftAlone(MaskedJson json, ScanReport report, Masking masking)
    {
        json.WriteNumber("left_alone_files", report.LeftAlone.Count);
        json.WriteNumber("left_alone_bytes", report.LeftAlone.Sum(f => f.Bytes));
        json.WriteNumber("other_files", report.OtherFiles);
        json.WriteStartArray("left_alone");
        foreach (var file in report.LeftAlone)
        {
            json.WriteStartObject();
            json.WriteString("path", masking.Path(file.Path));
            json.WriteString("why", masking.Path(file.Why));
            json.WriteNumber("bytes", file.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Connections(MaskedJson json, ScanReport report, Masking masking)
    {
        Map(json, "connections", report.By(Counters.Connections, k => k.Source.Name() + "|" + k.Outcome.Name()));
        Map(json, "socket_errors", report.By(Counters.SocketErrors, k => k.Error.Name));
        Map(json, "connection_retries", report.By(Counters.ConnectionRetries, k => k.Cause.Name()));
        json.WriteNumber("connection_messages", report.Sum(Counters.DestinationMessages));
        json.WriteNumber("connection_bytes", report.Sum(Counters.DestinationBytes));
        Map(json, "failed_next_hops", report.FailedHops(20).Select(h => (h.Name, h.Count)));
        Map(json, "smtp_sessions", report.By(Counters.SmtpSessions, k => k.Direction.Name() + "|" + k.Outcome.Name() + "|" + k.Tls.Name()));
        TlsFailures(json, report, masking);
        Map(json, "smtp_refusals", report.By(Counters.SmtpRefusals, k => k.Direction.Name() + "|" + k.Stage.Name() + "|" + k.Cause.Name()));
        Map(json, "agent_refusals", report.By(Counters.AgentRefusals, k => k.Agent.Name() + "|" + k.Cause.Name()));
    }

    static void TlsFailures(MaskedJson json, ScanReport report, Masking masking)
    {
        json.WriteStartArray("tls_failures");
        foreach (var ((direction, error, connector), count) in report.FailedTls())
        {
            json.WriteStartObject();
            json.WriteString("direction", masking.Text(direction.Name()));
            json.WriteString("connector", masking.Text(connector));
            json.WriteString("error", masking.Text(error.Name));
            json.WriteString("fault", masking.Text(error.Side.Name()));
            json.WriteNumber("count", count);
            json.WriteString("says", masking.Text(error.Says));
            json.WriteString("check", masking.Text(error.Check));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Diagnoses(MaskedJson json, ScanReport report, Masking masking)
    {
        json.WriteStartArray("diagnoses");
        foreach (var reason in report.Reasons.OrderByDescending(r => r.Count).ThenBy(r => r.Name, StringComparer.Ordinal).Take(20))
        {
            json.WriteStartObject();
            json.WriteString("reason", masking.Text(reason.Name));
            json.WriteNumber("count", reason.Count);
            json.WriteString("cause", masking.Text(reason.Sample.Cause.Name()));
            json.WriteString("sub_reason", masking.TextOrNull(reason.Sample.SubReason));
            json.WriteString("guide_cause", masking.Text(CauseTable.Of(reason.Sample.Cause).GuideCause));
            json.WriteString("enhanced", masking.TextOrNull(reason.Sample.Enhanced));
            json.WriteString("permanence", masking.Text(reason.Sample.Permanence.Name()));
            json.WriteString("fault", masking.Text(reason.Sample.Fault.Name()));
            json.WriteString("sample", masking.Status(reason.Sample.Text));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Map(MaskedJson json, [ConstantExpected] string name, IEnumerable<(string Label, long Count)> counts)
    {
        json.WriteStartObject(name);
        foreach (var (label, count) in counts)
            json.WriteNumber(json.Masking.Text(label), count);
        json.WriteEndObject();
    }

    static void Latency(MaskedJson json, Outcome outcome, LatencyHistogram times)
    {
        json.WriteStartObject(Masked.Name(outcome));
        json.WriteNumber("count", times.Count);
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95), ("p99", 0.99) })
        {
            if (times.Percentile(share) is { } milliseconds)
                json.WriteNumber(json.Masking.Text(name), milliseconds / 1000.0);
            else
                json.WriteNull(json.Masking.Text(name));
        }

        json.WriteEndObject();
    }

    static void Time(MaskedJson json, [ConstantExpected] string name, DateTime? time)
    {
        if (time is { } t)
            json.WriteString(name, $"{new DateTimeOffset(t, TimeSpan.Zero):yyyy-MM-ddTHH:mm:ss.fffZ}");
        else
            json.WriteNull(name);
    }
}
