using System.Globalization;

namespace Mailflow.Web;

/// <summary>Numbers, sizes and times in words.</summary>
static class Say
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Bytes(long bytes) => bytes switch
    {
        < 1L << 10 => $"{bytes} bytes",
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.##} GB"),
    };

    /// <summary>The largest unit alone: "23 minutes".</summary>
    public static string Span(TimeSpan span)
    {
        var (count, unit) = span.TotalSeconds < 1 ? (0, "second")
            : span.TotalMinutes < 1 ? ((long)span.TotalSeconds, "second")
            : span.TotalHours < 1 ? ((long)span.TotalMinutes, "minute")
            : span.TotalDays < 2 ? ((long)span.TotalHours, "hour")
            : ((long)span.TotalDays, "day");
        return $"{Number(count)} {unit}{(count == 1 ? "" : "s")}";
    }

    /// <summary>"0.012".</summary>
    public static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.0##", CultureInfo.InvariantCulture);

    public static string Ago(TimeSpan span) => span < TimeSpan.FromSeconds(1) ? "just now" : Span(span) + " ago";

    /// <summary>The time of day, with the date where that is not today.</summary>
    public static string At(DateTimeOffset time, DateTimeOffset now, TimeZoneInfo zone)
    {
        var there = TimeZoneInfo.ConvertTime(time, zone);
        return there.ToString(there.Date == TimeZoneInfo.ConvertTime(now, zone).Date ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }
}
