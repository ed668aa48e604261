using Mailflow.Configuration;

namespace Mailflow.Reports;

/// <summary>The period of a report, and the one that it is compared with.</summary>
/// <param name="BeforeName">The earlier one in a sentence.</param>
sealed record ReportTime(DateTime From, DateTime To, DateTime BeforeFrom, DateTime BeforeTo, string BeforeName)
{
    /// <param name="lastWeek">Whether it is compared with the same time a week before, not with the time just before it.</param>
    public static ReportTime Of(DateTime from, DateTime to, bool lastWeek)
    {
        var back = lastWeek ? TimeSpan.FromDays(7 * Math.Max(1, Math.Ceiling((to - from) / TimeSpan.FromDays(7)))) : to - from;
        var name = lastWeek && back.TotalDays <= 7 ? "the same time a week before"
            : !lastWeek && (to - from).TotalHours is > 22 and < 26 ? "the day before"
            : "the time before";
        return from.Ticks <= back.Ticks ? new(from, to, from, from, name) : new(from, to, from - back, to - back, name);
    }

    /// <summary>The period of a scheduled report that is due at a time: yesterday, or the seven days before today.</summary>
    public static ReportTime Of(ReportPeriod period, DateTimeOffset due, TimeZoneInfo zone)
    {
        var today = TimeZoneInfo.ConvertTime(due, zone).Date;
        return Of(Utc(today.AddDays(period == ReportPeriod.Weekly ? -7 : -1), zone), Utc(today, zone), lastWeek: false);
    }

    /// <summary>When the next report is due, after a time.</summary>
    public static DateTimeOffset NextDue(ReportOptions options, DateTimeOffset after, TimeZoneInfo zone)
    {
        for (var day = TimeZoneInfo.ConvertTime(after, zone).Date; ; day = day.AddDays(1))
        {
            var due = new DateTimeOffset(Utc(day + options.At.ToTimeSpan(), zone), TimeSpan.Zero);
            if (due > after && (options.Period == ReportPeriod.Daily || day.DayOfWeek == DayOfWeek.Monday))
                return due;
        }
    }

    static DateTime Utc(DateTime local, TimeZoneInfo zone)
    {
        var time = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        // An hour that the clock skips in spring does not exist.
        return TimeZoneInfo.ConvertTimeToUtc(zone.IsInvalidTime(time) ? time.AddHours(1) : time, zone);
    }
}
