using System.Diagnostics.CodeAnalysis;
using CsvHelper;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Scan;

/// <summary>The report for a spreadsheet: rows of table, name and value. docs/scan.md describes the tables.</summary>
static class ScanCsv
{
    public static void Write(ScanReport report, Masking masking, TextWriter output)
    {
        using var writer = CsvWriter.Create(output, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true);
        var csv = new Sheet(writer, masking);
        Row(csv, "table", $"name", $"value");
        Row(csv, "total", "rows", report.Sum(Counters.Rows));
        Row(csv, "total", "bytes", report.Bytes);
        Row(csv, "total", "unreadable", report.Sum(Counters.UnreadableRows));
        Rows(csv, "events", report.By(Counters.Rows, k => k.Source.Value + "|" + k.Event.Value));
        Rows(csv, "messages", report.By(Counters.Messages, k => k.Outcome.Name()));
        Rows(csv, "failures", report.By(Counters.Failures, k => k.Cause.Name()));
        Rows(csv, "deferrals", report.By(Counters.Deferrals, k => k.Cause.Name()));
        Rows(csv, "reasons", report.Reasons.OrderByDescending(r => r.Count).Take(20).Select(r => (Reason(r, masking), r.Count)));
        Rows(csv, "domains", report.Domains.OrderByDescending(d => d.Value).Take(20).Select(d => (d.Key, d.Value)));
        foreach (var (outcome, times) in new[] { (Outcome.Delivered, report.Delivered), (Outcome.Sent, report.Sent) })
            foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95), ("p99", 0.99) })
                if (times.Percentile(share) is { } milliseconds)
                    Row(csv, "latency_milliseconds", $"{outcome.Name()} {name}", milliseconds);
        Rows(csv, "in_flight", report.Copies.Select(c => (c.Server, c.Count)));
        Rows(csv, "elsewhere", report.Copies.Where(c => c.Elsewhere > 0).Select(c => (c.Server, c.Elsewhere)));
        Rows(csv, "lost", report.By(Counters.Lost, k => k.Value));
        Rows(csv, "looping", report.By(Counters.Looping, k => k.Value));
        Rows(csv, "connections", report.By(Counters.Connections, k => k.Source.Name() + "|" + k.Outcome.Name()));
        Rows(csv, "socket_errors", report.By(Counters.SocketErrors, k => k.Error.Name));
        Rows(csv, "connection_retries", report.By(Counters.ConnectionRetries, k => k.Cause.Name()));
        Rows(csv, "failed_next_hops", report.FailedHops(20).Select(h => (h.Name, h.Count)));
        Rows(csv, "smtp_sessions", report.By(Counters.SmtpSessions, k => k.Direction.Name() + "|" + k.Outcome.Name() + "|" + k.Tls.Name()));
        Rows(csv, "smtp_refusals", report.By(Counters.SmtpRefusals, k => k.Direction.Name() + "|" + k.Stage.Name() + "|" + k.Cause.Name()));
        Rows(csv, "tls_failures", report.FailedTls().Select(f => ($"{f.Key.Direction.Name()}|{f.Key.Connector}|{f.Key.Error.Name}", f.Count)));
        Rows(csv, "agent_refusals", report.By(Counters.AgentRefusals, k => k.Agent.Name() + "|" + k.Cause.Name()));
        Rows(csv, "windows_events", ScanExports.Events(report));
        Rows(csv, "refusals", report.By(Counters.Refusals, k => k.Cause.Name()));
        foreach (var snapshot in report.Snapshots.Where(s => s.Kind == Analysis.Snapshots.SnapshotKind.Queues))
            Row(csv, "queued", snapshot.Server, ScanExports.Queued(snapshot));
        Rows(csv, "mails",
            new[]
            {
                ("read", report.Mails.Mails), ("failed", report.Mails.Failed), ("deferred", report.Mails.Deferred), ("delivered", report.Mails.Good),
                ("repeated", report.Mails.Repeated), ("receipts_and_complaints", report.Mails.Others), ("no_report", report.Mails.Ordinary),
            }.Where(m => m.Item2 > 0));
        Rows(csv, "export_problems", report.By(Counters.ExportProblems, k => k.Name()));
        Rows(csv, "unreadable", report.By(Counters.UnreadableRows, k => k.Name()));
        foreach (var file in report.LeftAlone)
            Row(csv, "left_alone", masking.Path(file.Path), masking.Path(file.Why));
    }

    /// <summary>Replaces the `-` that stands for a missing code: a cell that begins with it would be escaped as a formula.</summary>
    static string NameOf(FailureReason reason) => reason.Name.StartsWith('-') ? "no code" + reason.Name[1..] : reason.Name;

    static Masked Reason(FailureReason reason, Masking masking) => $"{masking.Text(NameOf(reason))}: {masking.Status(reason.Sample.Text)}";

    readonly record struct Sheet(CsvWriter Writer, Masking Masking);

    static void Rows(Sheet csv, [ConstantExpected] string table, IEnumerable<(string Name, long Count)> rows)
    {
        foreach (var (name, count) in rows)
            Row(csv, table, name, count);
    }

    static void Rows(Sheet csv, [ConstantExpected] string table, IEnumerable<(Masked Name, long Count)> rows)
    {
        foreach (var (name, count) in rows)
            Row(csv, table, name, $"{count}");
    }

    static void Row(Sheet csv, [ConstantExpected] string table, string name, long value) => Row(csv, table, csv.Masking.Text(name), $"{value}");

    static void Row(Sheet csv, [ConstantExpected] string table, Masked name, Masked value) => csv.Writer.WriteRecord([table, Cell(name), Cell(value)]);

    /// <summary>CsvHelper escapes formulas. East Asian spreadsheets also accept full-width signs at the start of a formula; these are escaped here.</summary>
    static string Cell(Masked cell)
    {
        var text = Printable.Of(cell.ToString());
        return text is ['\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..] ? "'" + text : text;
    }
}
