using CsvHelper;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Scan;

/// <summary>The report as rows of table, name and value: for a spreadsheet. Each table stands in docs/scan.md.</summary>
static class ScanCsv
{
    public static void Write(ScanReport report, Masking masking, TextWriter output)
    {
        using var csv = CsvWriter.Create(output, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true);
        Row(csv, "table", "name", "value");
        Row(csv, "total", "rows", report.Sum(Counters.Rows));
        Row(csv, "total", "bytes", report.Bytes);
        Row(csv, "total", "unreadable", report.Sum(Counters.UnreadableRows));
        Rows(csv, "events", report.By(Counters.Rows, k => k.Source.Value + "|" + k.Event.Value));
        Rows(csv, "messages", report.By(Counters.Messages, k => k.Outcome.Name()));
        Rows(csv, "failures", report.By(Counters.Failures, k => k.Cause.Name()));
        Rows(csv, "deferrals", report.By(Counters.Deferrals, k => k.Cause.Name()));
        Rows(csv, "reasons", report.Reasons.OrderByDescending(r => r.Count).Take(20).Select(r => ($"{NameOf(r)}: {masking.Status(r.Sample.Text)}", r.Count)));
        Rows(csv, "domains", report.Domains.OrderByDescending(d => d.Value).Take(20).Select(d => (d.Key, d.Value)));
        foreach (var (outcome, times) in new[] { (Outcome.Delivered, report.Delivered), (Outcome.Sent, report.Sent) })
            foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95), ("p99", 0.99) })
                if (times.Percentile(share) is { } milliseconds)
                    Row(csv, "latency_milliseconds", $"{outcome.Name()} {name}", milliseconds);
        Rows(csv, "connections", report.By(Counters.Connections, k => k.Source.Name() + "|" + k.Outcome.Name()));
        Rows(csv, "socket_errors", report.By(Counters.SocketErrors, k => k.Error.Name));
        Rows(csv, "connection_retries", report.By(Counters.ConnectionRetries, k => k.Cause.Name()));
        Rows(csv, "failed_next_hops", report.FailedHops(20).Select(h => (masking.Text(h.Name), h.Count)));
        Rows(csv, "smtp_sessions", report.By(Counters.SmtpSessions, k => k.Direction.Name() + "|" + k.Outcome.Name() + "|" + k.Tls.Name()));
        Rows(csv, "smtp_refusals", report.By(Counters.SmtpRefusals, k => k.Direction.Name() + "|" + k.Stage.Name() + "|" + k.Cause.Name()));
        Rows(csv, "windows_events", ScanExports.Events(report));
        Rows(csv, "refusals", report.By(Counters.Refusals, k => k.Cause.Name()));
        foreach (var snapshot in report.Snapshots.Where(s => s.Kind == Analysis.Snapshots.SnapshotKind.Queues))
            Row(csv, "queued", snapshot.Server, ScanExports.Queued(snapshot));
        Rows(csv, "export_problems", report.By(Counters.ExportProblems, k => k.Name()));
        Rows(csv, "unreadable", report.By(Counters.UnreadableRows, k => k.Name()));
        foreach (var file in report.LeftAlone)
            Row(csv, "left_alone", Printable.Path(file.Path, masking), Printable.Path(file.Why, masking));
    }

    /// <summary>No spreadsheet takes a word of ours for a formula: the `-` for no code would be guarded against.</summary>
    static string NameOf(FailureReason reason) => reason.Name.StartsWith('-') ? "no code" + reason.Name[1..] : reason.Name;

    static void Rows(CsvWriter csv, string table, IEnumerable<(string Name, long Count)> rows)
    {
        foreach (var (name, count) in rows)
            Row(csv, table, name, count);
    }

    static void Row(CsvWriter csv, string table, string name, long value) =>
        Row(csv, table, name, value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    static void Row(CsvWriter csv, string table, string name, string value)
    {
        csv.WriteRecord([table, Cell(name), Cell(value)]);
    }

    /// <summary>CsvHelper guards against formulas; to spreadsheets of Eastern languages, a full-width sign begins one too.</summary>
    static string Cell(string text) => text is ['\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..] ? "'" + Printable.Of(text) : Printable.Of(text);
}
