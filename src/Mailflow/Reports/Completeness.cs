using System.Globalization;
using Mailflow.Analysis.Incidents;
using Mailflow.Ledger;
using Mailflow.Printing;

namespace Mailflow.Reports;

/// <summary>What makes the figures of a period incomplete, as sentences.</summary>
static class Completeness
{
    /// <summary>Times in one sentence.</summary>
    const int Named = 5;

    /// <param name="begin">The start of the history; null: there is none.</param>
    /// <param name="judged">The time up to which incidents are known; null: none is.</param>
    public static IEnumerable<string> Of(PeriodFigures period, DateTime? begin, DateTime? judged, TimeZoneInfo zone)
    {
        if (begin is null)
            yield return "There is no history of mail: no tracking log was read.";
        if (begin > period.From + period.Step)
            yield return $"The history begins at {IncidentStory.Time(begin.Value)}: nothing is known of the time before.";
        if (judged < period.To.AddHours(-1))
            yield return $"The logs are judged up to {IncidentStory.Time(judged.Value)}: what happened later is not in the report.";
        // The first and the last step may be a part of the time only.
        var empty = begin is null ? [] : period.Steps.Skip(1).SkipLast(1).Where(s => s.IsEmpty && s.Start >= begin).ToList();
        var more = empty.Count > Named ? $" and {TextLines.Number(empty.Count - Named)} more" : "";
        if (empty.Count > 0 && empty.Count < period.Steps.Count - 2)
            yield return $"{(period.Step < TimeSpan.FromDays(1) ? "Hours" : "Days")} without any mail: "
                + $"{string.Join(", ", empty.Take(Named).Select(s => Local(s, period, zone)))}{more}. Either nobody sent, or logs are missing.";
        if (period.Domains is null)
            yield return "There are too many failing domains to compare them one by one.";
    }

    static string Local(HistoryPoint step, PeriodFigures period, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(new DateTimeOffset(DateTime.SpecifyKind(step.Start, DateTimeKind.Utc)), zone)
            .ToString(period.Step < TimeSpan.FromDays(1) ? "MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
