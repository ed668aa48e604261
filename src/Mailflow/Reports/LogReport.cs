using Mailflow.Analysis.Failures.Own;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Scan;

namespace Mailflow.Reports;

/// <summary>Makes a report from logs without a store.</summary>
static class LogReport
{
    /// <param name="given">The period; null: all that the logs have.</param>
    /// <param name="exported">The zone of times without one in exports.</param>
    /// <returns>The report, and what was read.</returns>
    public static async Task<(MailReport Report, FoundIncidents Found)> RunAsync(
        IReadOnlyList<string> paths, ReportTime? given, int workers, RulesInForce rules, TimeProvider clock, TimeZoneInfo zone,
        IProgress<ScanProgress>? progress, CancellationToken stop, TimeZoneInfo? exported = null)
    {
        var sums = RollupSums.OfScan();
        var failed = new FailedPeriod(given?.From ?? DateTime.MinValue, given?.To ?? DateTime.MaxValue);
        var before = new FailedPeriod(given?.BeforeFrom ?? DateTime.MinValue, given?.BeforeTo ?? DateTime.MinValue);
        var found = await IncidentScan.RunAsync(paths, workers, rules, clock, progress, stop, sums, rows =>
        {
            failed.Take(rows);
            before.Take(rows);
        }, exported);
        var time = given ?? All(found.Report, clock);
        var mail = new MailHistory(sums);
        var (period, begin) = Period(mail, failed, time.From, time.To, zone);
        var earlier = given is not null && begin <= time.BeforeFrom && time.BeforeFrom < time.BeforeTo
            ? Period(mail, before, time.BeforeFrom, time.BeforeTo, zone).Figures
            : null;
        var now = clock.GetUtcNow();
        var report = new MailReport(
            period, earlier, time.BeforeName, StoreReport.In(found.Incidents, time), Endings.Of(found.Report.Snapshots, found.Report.Builds, null, now),
            [.. Completeness.Of(period, begin, found.Until, zone), .. Unread(found)])
        {
            Made = now,
            KnownUntil = found.Until,
            Zone = zone,
        };
        return (report, found);
    }

    /// <summary>The time of the logs, in whole hours.</summary>
    static ReportTime All(ScanReport report, TimeProvider clock)
    {
        var (from, to) = (report.Oldest ?? clock.GetUtcNow().UtcDateTime, report.Newest ?? clock.GetUtcNow().UtcDateTime);
        from = from.AddTicks(-(from.Ticks % TimeSpan.TicksPerHour));
        to = to.AddTicks(TimeSpan.TicksPerHour - (to.Ticks % TimeSpan.TicksPerHour));
        return new(from, to, from, from, "the time before");
    }

    static (PeriodFigures Figures, DateTime? Begin) Period(
        MailHistory mail, FailedPeriod failed, DateTime from, DateTime to, TimeZoneInfo zone)
    {
        var range = PeriodFigures.Chart(mail, from, to, zone);
        return (new(from, to, mail.Totals(from, to), range.Points, range.Step, failed.Domains, failed.Reasons), range.First);
    }

    static IEnumerable<string> Unread(FoundIncidents found)
    {
        if (found.Report.Sum(Counters.UnreadableRows) is > 0 and var lines)
            yield return $"{TextLines.Count(lines, "line")} could not be read: mailflow scan lists them.";
        if (found.Report.LeftAlone.Count is > 0 and var files)
            yield return $"Not read completely: {TextLines.Count(files, "file")}. mailflow scan lists them.";
        if (found.LeftOut > 0)
            yield return $"Ignored: {TextLines.Count(found.LeftOut, "fact")}, whose time is in the future or before 1970.";
    }
}
