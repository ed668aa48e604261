using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;

namespace Mailflow.Reports;

/// <summary>Failures for one reason.</summary>
/// <param name="Name">As everywhere: code, cause and kind.</param>
/// <param name="Status">The reply of one of them, and its recipient and sender: unmasked.</param>
sealed record FailedReason(Cause Cause, string Name, long Count, string Status, string Recipient, string Sender);

/// <summary>What a report says about a period.</summary>
/// <param name="Sum">Its volumes.</param>
/// <param name="Steps">The same in hours or days, the oldest first.</param>
/// <param name="Domains">Failed recipients by domain; null if there are too many domains.</param>
/// <param name="Reasons">The most frequent first.</param>
sealed record PeriodFigures(
    DateTime From, DateTime To, HistoryPoint Sum, IReadOnlyList<HistoryPoint> Steps, TimeSpan Step, IReadOnlyDictionary<string, long>? Domains,
    IReadOnlyList<FailedReason> Reasons)
{
    /// <summary>Recipients that were reached in our mailboxes or outside.</summary>
    public static long Reached(HistoryPoint point) => point[Outcome.Delivered] + point[Outcome.Sent];

    /// <summary>The share of recipients that were reached; null without mail.</summary>
    public double? Success => Reached(Sum) + Sum[Outcome.Failed] is > 0 and var all ? Reached(Sum) / (double)all : null;

    /// <summary>Failed recipients by cause.</summary>
    public Dictionary<Cause, long> Causes => Sum.Failures.GroupBy(f => f.Key.Cause).ToDictionary(g => g.Key, g => g.Sum(f => f.Value));

    /// <summary>
    /// The bars of a period: an hour each up to two days, else days of the zone, or as many together as give no more than <see cref="MostBars"/>. Without the
    /// days before the history begins, which may be centuries.
    /// </summary>
    public static HistoryRange Chart(MailHistory mail, DateTime from, DateTime to, TimeZoneInfo zone)
    {
        var hours = mail.Read(from, to, StepOf(to - from));
        var before = hours.First is { } first && first > from ? Math.Floor((first - from).TotalDays) : 0;
        if (before > 0 && from.AddDays(before) is var start && start < to)
            hours = mail.Read(start, to, StepOf(to - start));
        if (to - hours.Points[0].Start <= TimeSpan.FromDays(2))
            return hours;
        var oldest = DayOf(hours.Points[0], zone);
        var length = ((DayOf(hours.Points[^1], zone) - oldest).Days / MostBars) + 1;
        var bars = hours.Points.GroupBy(p => (DayOf(p, zone) - oldest).Days / length).Select(day =>
        {
            var sum = new HistoryPoint(day.First().Start);
            foreach (var point in day)
                sum.Add(point);
            return sum;
        });
        return new(TimeSpan.FromDays(length), hours.First, [.. bars]);
    }

    /// <summary>Days are put together from quarters of an hour, as far as these are kept, because zones differ by them.</summary>
    static TimeSpan StepOf(TimeSpan length) =>
        length <= TimeSpan.FromDays(2) || length > MailHistory.MostPoints * RollupTables.Quarter ? TimeSpan.FromHours(1) : RollupTables.Quarter;

    static DateTime DayOf(HistoryPoint point, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(point.Start, DateTimeKind.Utc), zone).Date;

    const int MostBars = 62;
}
