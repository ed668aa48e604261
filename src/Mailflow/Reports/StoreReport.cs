using Mailflow.Analysis.Incidents;
using Mailflow.Enrich;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Microsoft.Data.Sqlite;

namespace Mailflow.Reports;

/// <summary>Reads a report from a store, of a running or a stopped program.</summary>
static class StoreReport
{
    /// <param name="path">The store.</param>
    /// <param name="checks">The last round of checks, where the program runs; null: none is known.</param>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public static MailReport Read(string path, ReportTime time, WatchRound? checks, DateTimeOffset now, TimeZoneInfo zone)
    {
        var stored = StoreIncidents.Read(path);
        try
        {
            using var connection = Store.OpenReader(path);
            var mail = new MailHistory(new StoreRollups(connection));
            using var history = new History(path);
            var (period, begin) = Period(mail, history, time.From, time.To, zone);
            var earlier = begin <= time.BeforeFrom && time.BeforeFrom < time.BeforeTo
                ? Period(mail, history, time.BeforeFrom, time.BeforeTo, zone).Figures : null;
            var endings = Endings.Of(StoredStates.Snapshots(connection), StoredStates.Builds(connection), checks, now);
            return new(
                period, earlier, time.BeforeName, In(stored.Incidents, time), endings,
                [.. Completeness.Of(period, begin, stored.Until, zone), .. Unreadable(connection, time)])
            {
                Made = now,
                KnownUntil = stored.Until,
                Zone = zone,
            };
        }
        catch (SqliteException e)
        {
            throw Store.ExceptionOf(path, e)!;
        }
    }

    /// <summary>The incidents that were open at some time of a period.</summary>
    public static IReadOnlyList<Incident> In(IReadOnlyList<Incident> all, ReportTime time) =>
        [.. all.Where(i => i.FirstFailure < time.To && (i.Closed is null || i.Closed >= time.From))];

    static (PeriodFigures Figures, DateTime? Begin) Period(
        MailHistory mail, History history, DateTime from, DateTime to, TimeZoneInfo zone)
    {
        var range = PeriodFigures.Chart(mail, from, to, zone);
        var sums = history.Sums(new(from), new(to));
        var domains = sums.TooManyDomains ? null : sums.Domains.ToDictionary(d => d.Key, d => d.Value.Total, StringComparer.Ordinal);
        var reasons = history.ByReason(sums).ConvertAll(r => new FailedReason(r.Cause, r.Reason, r.Count, r.Status, r.Recipient, r.Sender));
        return (new(from, to, mail.Totals(from, to), range.Points, range.Step, domains, reasons), range.First);
    }

    /// <summary>Their number is a lower bound: of each block, the first are stored.</summary>
    static IEnumerable<string> Unreadable(SqliteConnection connection, ReportTime time)
    {
        using var count = new Statement(connection, "SELECT count(*) FROM quarantine WHERE at >= ? AND at < ?");
        count.Give(new DateTimeOffset(time.From).ToUnixTimeMilliseconds()).Give(new DateTimeOffset(time.To).ToUnixTimeMilliseconds());
        if (count.Scalar() is > 0 and var lines)
            yield return $"{Printing.TextLines.Number(lines)} lines or more could not be read in this time: see mailflow_unreadable_rows_total.";
    }
}
