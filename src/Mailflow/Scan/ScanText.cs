using System.Globalization;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Privacy;
using Spectre.Console;

namespace Mailflow.Scan;

/// <summary>The report as text: the verdict first, then the tables, then the verdict again, because a terminal shows the end.</summary>
static class ScanText
{
    const int Top = 10;

    /// <summary>A terminal with fewer columns has no room for a reason, its count and a sample side by side.</summary>
    const int Narrow = 80;

    public static void Write(ScanReport report, Masking masking, IAnsiConsole console)
    {
        var verdict = $"[bold]{Cell(Verdict(report))}[/]";
        console.MarkupLine(verdict);
        var (megabytes, seconds) = (report.Bytes / 1e6, report.Elapsed.TotalSeconds);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{TextLines.Count(report.Sum(Counters.Rows), "row")} in {TextLines.Count(report.Files, "file")}, {megabytes:N1} MB in {seconds:N2} s"
            + $" ({megabytes / Math.Max(0.001, seconds):N0} MB/s){Span(report)}"));
        Failures(report, console);
        Reasons(report, masking, console);
        Counts(
            console, "Recipient domains with most failures", "domain",
            report.Domains.OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal)
                .Select(d => (d.Key.Length == 0 ? "(none)" : d.Key, d.Value))
                .Take(Top));
        Counts(console, "Deferrals by cause", "cause", report.By(Counters.Deferrals, k => k.Cause.Name()).Take(Top));
        Counts(console, "Outcomes per recipient", "outcome", Outcomes(report));
        Latency(report, console);
        foreach (var line in ScanCopies.Lines(report))
            Line(console, masking.Text(line));
        Connections(report, masking, console);
        Exports(report, masking, console);
        if (report.Mails.Mails > 0)
            console.WriteLine(Mails(report.Mails));
        Builds(report, masking, console);
        Counts(
            console, "Ignored as noise: health probes, shadow copies and other internal rows", "rows",
            report.By(Counters.NoiseRows, k => k.Reason.Name()));
        Unread(report, masking, console);
        console.MarkupLine(verdict);
    }

    static string Verdict(ScanReport report)
    {
        var failed = report.Sum(Counters.Failures);
        if (report.Sum(Counters.Rows) == 0 && failed == 0)
        {
            if (report.Mails.Mails > report.Mails.Ordinary)
                return string.Create(CultureInfo.InvariantCulture, $"No recipient failed: {report.Mails.Mails:N0} mails were read.");
            var hasExports = report.Snapshots.Length > 0 || report.Sum(Counters.WindowsEvents) > 0;
            return hasExports ? "No failures: only exports were found, no message tracking log." : "No log rows were found.";
        }

        if (failed == 0)
            return (report.Sum(Counters.Messages) > 0 ? "No recipient failed." : "No mail in the message tracking logs.") + Hops(report) + Agents(report);
        var (cause, count) = report.By(Counters.Failures, k => k.Cause.Name()).First();
        var ours = report.Sum(Counters.Failures, k => k.Fault == Fault.Ours);
        var facts = CauseTable.TryParse(cause, out var c) ? CauseTable.Of(c) : CauseTable.Of(Cause.Unknown);
        var onlyEvents = report.EventOnlyFailures == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {report.EventOnlyFailures:N0} of them only in event 2004");
        var onlyMails = report.Mails.Failed == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {report.Mails.Failed:N0} of them only in NDR mails");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{failed:N0} {(failed == 1 ? "recipient" : "recipients")} failed{onlyEvents}{onlyMails}; "
            + $"{ours:N0} {(ours == 1 ? "needs" : "need")} action on our side. "
            + $"Largest group: {cause}, {count:N0} ({count * 100 / failed} %). {facts.Summary} {AdviceTable.Of(facts.Cause, null).Check}");
    }

    /// <summary>The outcomes in log rows, plus the failures that only events or mails reported. So the failed ones equal the sum of all causes.</summary>
    static IEnumerable<(string Name, long Count)> Outcomes(ScanReport report)
    {
        var failed = Outcome.Failed.Name();
        var rows = report.By(Counters.Messages, k => k.Outcome.Name()).ToDictionary(StringComparer.Ordinal);
        if (report.EventOnlyFailures + report.Mails.Failed is > 0 and var others)
            rows[failed] = rows.GetValueOrDefault(failed) + others;
        return rows.Select(r => (r.Key, r.Value)).OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal);
    }

    static string Agents(ScanReport report) => report.Sum(Counters.AgentRefusals) is > 0 and var refused
        ? string.Create(
            CultureInfo.InvariantCulture, $" Agents against spam refused {refused:N0} {(refused == 1 ? "message or command" : "messages and commands")}.")
        : "";

    static string Mails(MailFigures mails)
    {
        (long Count, string What)[] figures =
        [
            (mails.Failed, "recipients failed"), (mails.Deferred, "are deferred"), (mails.Good, "got the message"),
            (mails.Repeated, "were counted before"), (mails.Others, "read receipts and complaints"), (mails.Ordinary, "mails are not about delivery"),
        ];
        var parts = figures.Where(f => f.Count > 0).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Count:N0} {f.What}"));
        return string.Create(CultureInfo.InvariantCulture, $"Mails: {mails.Mails:N0} were read: {string.Join(", ", parts)}.");
    }

    static string Hops(ScanReport report)
    {
        var failed = report.Sum(Counters.Connections, k => k.Outcome != ConnectionOutcome.Connected);
        if (failed == 0)
            return "";
        return string.Create(CultureInfo.InvariantCulture, $" {failed:N0} of {report.Sum(Counters.Connections):N0} connection attempts failed.");
    }

    static void Connections(ScanReport report, Masking masking, IAnsiConsole console)
    {
        Counts(
            console, "Connection attempts, from connectivity logs", "source, outcome",
            report.By(Counters.Connections, k => $"{k.Source.Name()}, {k.Outcome.Name()}"));
        var errors = NewTable(console, "Failed connection attempts, by socket error", "error", "attempts", "what it means");
        foreach (var (name, count) in report.By(Counters.SocketErrors, k => k.Error.Name))
            Row(errors, Cell(name), Number(count), Cell(WinsockErrors.All.First(e => e.Name == name).Says));
        Show(errors, console);
        Counts(console, "Next hops with most failed connection attempts", "next hop", report.FailedHops(Top).Select(h => (masking.Text(h.Name), h.Count)));
        Counts(console, "Sessions that ended early, by cause", "cause", report.By(Counters.ConnectionRetries, k => k.Cause.Name()).Take(Top));
        Counts(
            console, "SMTP sessions, from protocol logs", "direction, outcome, TLS",
            report.By(Counters.SmtpSessions, k => $"{k.Direction.Name()}, {k.Outcome.Name()}, {k.Tls.Name()}"));
        var tls = NewTable(
            console, "TLS negotiations that failed, by connector",
            "connector", "direction", "error", "negotiations", "responsible", "what it means", "what to do");
        foreach (var ((direction, error, connector), count) in report.FailedTls())
            Row(
                tls, Cell(masking.Text(connector)), Cell(direction.Name()), Cell(error.Name), Number(count), Cell(error.Side.Name()), Cell(error.Says),
                Cell(error.Check));
        Show(tls, console);
        Counts(
            console, "SMTP replies 4xx and 5xx", "direction, command, cause",
            report.By(Counters.SmtpRefusals, k => $"{k.Direction.Name()}, {k.Stage.Name()}, {k.Cause.Name()}").Take(2 * Top));
        Counts(
            console, "Refused by agents against spam, from agent logs", "agent, cause",
            report.By(Counters.AgentRefusals, k => $"{k.Agent.Name()}, {k.Cause.Name()}"));
    }

    static string Span(ScanReport report) =>
        report is { Oldest: { } oldest, Newest: { } newest }
            ? string.Create(CultureInfo.InvariantCulture, $", {oldest:yyyy-MM-dd HH:mm} to {newest:yyyy-MM-dd HH:mm} UTC")
            : "";

    static void Failures(ScanReport report, IAnsiConsole console)
    {
        var table = NewTable(console, "Failures by cause", "cause", "recipients", "on our side", "what it means");
        foreach (var (name, count) in report.By(Counters.Failures, k => k.Cause.Name()))
        {
            var ours = report.Sum(Counters.Failures, k => k.Cause.Name() == name && k.Fault == Fault.Ours);
            Row(table, Cell(name), Number(count), Number(ours), Cell(CauseTable.TryParse(name, out var cause) ? CauseTable.Of(cause).Summary : ""));
        }

        Show(table, console);
    }

    static void Reasons(ScanReport report, Masking masking, IAnsiConsole console)
    {
        var table = NewTable(console, "Most frequent reasons", "reason", "recipients", "sample");
        foreach (var reason in report.Reasons.OrderByDescending(r => r.Count).ThenBy(r => r.Name, StringComparer.Ordinal).Take(Top))
            Row(table, Cell(reason.Name), Number(reason.Count), Cell(masking.Status(reason.Sample.Text)));
        Show(table, console);
        if (report.Overflow > 0)
            console.WriteLine($"The lists of reasons and domains are not complete: {report.Overflow} failures are not in them.");
    }

    static void Latency(ScanReport report, IAnsiConsole console)
    {
        var table = NewTable(console, "Time from arrival, in seconds (within 0.1 %)", "outcome", "messages", "p50", "p95", "p99");
        foreach (var (outcome, times) in new[] { (Outcome.Delivered, report.Delivered), (Outcome.Sent, report.Sent) })
            if (times.Count > 0)
                Row(table, outcome.Name(), Number(times.Count), Seconds(times, 0.5), Seconds(times, 0.95), Seconds(times, 0.99));
        Show(table, console);
    }

    static void Exports(ScanReport report, Masking masking, IAnsiConsole console)
    {
        var queues = NewTable(console, "Queues with the most messages", "queue", "messages", "state", "last error");
        foreach (var (server, queue) in ScanExports.Deepest(report))
            Row(
                queues,
                Cell(masking.Text($"{server} {queue.Kind.Name()} {queue.NextHop}")),
                Number(queue.Messages),
                queue.Status.Name(),
                Cell(masking.Status(queue.LastError)));
        Show(queues, console);
        var events = NewTable(console, "Windows events", "event", "count", "what it means");
        foreach (var (name, count) in ScanExports.Events(report))
            Row(events, Cell(name.Replace('|', ' ')), Number(count), Cell(ScanExports.Meaning(name)));
        Show(events, console);
        var pressed = report.Snapshots.SelectMany(s => s.Pressure.Select(p => (s.Server, Pressure: p))).Where(p => p.Pressure.Level > PressureLevel.Low);
        foreach (var resource in pressed)
            Line(
                console,
                masking.Text($"Back pressure on {resource.Server}: {resource.Pressure.Resource} is {resource.Pressure.Level.ToString().ToLowerInvariant()}."));
        foreach (var (server, certificate) in report.Snapshots.SelectMany(s => s.Certificates.Select(c => (s.Server, c))).OrderBy(c => c.c.NotAfter).Take(Top))
            Line(console, masking.Text(string.Create(
                CultureInfo.InvariantCulture,
                $"Certificate {certificate.ShortThumbprint} of {server} for {certificate.Services} expires on {certificate.NotAfter:yyyy-MM-dd}.")));
        foreach (var line in ScanExports.SharedLines(report))
            Line(console, masking.Text(line));
        Counts(console, "Problems in exports", "reason", report.By(Counters.ExportProblems, k => k.Name()));
        foreach (var (file, fault) in report.Faults.Take(Top))
            Line(console, $"  {masking.Path(file)}, record {fault.Record}: {Masked.Name(fault.Reason)}: {masking.Text(fault.Detail)}");
    }

    static void Builds(ScanReport report, Masking masking, IAnsiConsole console)
    {
        foreach (var (server, says) in ScanBuilds.Lines(report).Take(Top))
            Line(console, masking.Text($"{server}: {says}"));
        if (ScanBuilds.Lines(report).Skip(Top).Count() is > 0 and var more)
            console.WriteLine($"... and the builds of {more} more servers; --format json lists them all.");
        foreach (var problem in ScanBuilds.Problems(report))
            Line(console, masking.Text(problem));
    }

    static void Unread(ScanReport report, Masking masking, IAnsiConsole console)
    {
        Counts(console, "Unreadable lines", "reason", report.By(Counters.UnreadableRows, k => k.Name()));
        foreach (var (file, offset, reason) in report.Places.Take(Top))
            Line(console, $"  {masking.Path(file)} at byte {offset}: {Masked.Name(reason)}");
        if (report.UnfinishedLines > 0)
            console.WriteLine($"{report.UnfinishedLines} file(s) end with an incomplete line that Exchange is still writing.");
        foreach (var path in report.Assumed.Take(Top))
            Line(console, masking.Path($"Assumed: {path} has no header; its columns are those of the only known log that its rows fit."));
        if (report.Assumed.Count > Top)
            console.WriteLine($"... and {report.Assumed.Count - Top} more files without a header; --format json lists them all.");
        if (report.Uncompared > 0)
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Rows of copies may count twice: {report.Uncompared:N0} logs have a header that more than {ScanTwins.MostCompared} logs have,"
                + $" and were not compared with the logs after them."));
        if (report.LeftAlone.Count == 0)
            return;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Not read, or not to the end: {report.LeftAlone.Count:N0} {(report.LeftAlone.Count == 1 ? "path" : "paths")}, "
            + $"{report.LeftAlone.Sum(f => f.Bytes) / 1e6:N1} MB."));
        foreach (var file in report.LeftAlone.Take(Top))
            Line(console, masking.Path($"Ignored: {file.Path}: {file.Why}"));
        if (report.LeftAlone.Count > Top)
            console.WriteLine($"... and {report.LeftAlone.Count - Top} more; --format json lists them all.");
    }

    static void Counts(IAnsiConsole console, string title, string name, IEnumerable<(string Name, long Count)> counts) =>
        Counts(console, title, name, counts.Select(c => (Masking.Default.Text(c.Name), c.Count)));

    static void Counts(IAnsiConsole console, string title, string name, IEnumerable<(Masked Name, long Count)> counts)
    {
        var table = NewTable(console, title, name, "count");
        foreach (var (label, count) in counts)
            Row(table, Cell(label), Number(count));
        Show(table, console);
    }

    /// <summary>A table cell with text that may be untrusted.</summary>
    static string Cell(Masked text) => Markup.Escape(Printable.Of(text.ToString()));

    /// <summary>A table cell with our own words or a label. They contain no address; masking hides one that is there by mistake.</summary>
    static string Cell(string words) => Cell(Masking.Default.Text(words));

    /// <summary>A line with text that may be untrusted.</summary>
    static void Line(IAnsiConsole console, Masked text) => console.WriteLine(Printable.Of(text.ToString()));

    /// <summary>Creates a table. A narrow terminal has no room for the last column if it contains sentences: the column is omitted.</summary>
    static Table NewTable(IAnsiConsole console, string title, params ReadOnlySpan<string> columns)
    {
        var narrow = console.Profile.Width < Narrow;
        var table = new Table { Border = TableBorder.Simple, Title = new(Cell(title)) };
        foreach (var column in narrow && columns[^1] is "what it means" or "sample" or "last error" ? columns[..^1] : columns)
            table.AddColumn(new TableColumn(column) { NoWrap = !narrow && column is "reason" or "cause" });
        table.Columns[1].RightAligned().NoWrap();
        if (columns.Contains("on our side"))
            table.Columns[2].RightAligned();
        return table;
    }

    static void Row(Table table, params ReadOnlySpan<string> cells)
    {
        string[] shown = [.. cells[..table.Columns.Count]];
        table.AddRow(shown);
    }

    static void Show(Table table, IAnsiConsole console)
    {
        if (table.Rows.Count > 0)
            console.Write(table);
    }

    static string Number(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    static string Seconds(LatencyHistogram times, double share) => ((times.Percentile(share) ?? 0) / 1000.0).ToString("N3", CultureInfo.InvariantCulture);
}
