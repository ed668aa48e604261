using System.Globalization;

namespace Mailflow.Analysis.Tracing;

/// <summary>Durations and sizes in words.</summary>
public static class Spans
{
    /// <summary>A duration with its two largest units: <c>0.3 s</c>, <c>14 min 3 s</c>, <c>2 h 5 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Words(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
            return "-" + Words(-span);
        if (span.TotalSeconds < 59.95)
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(span.TotalSeconds, span.TotalSeconds < 0.0995 ? 3 : 1):0.###} s");
        var (large, small, units) = Math.Round(span.TotalSeconds) is var seconds && seconds < 3600 ? (seconds / 60, seconds % 60, ("min", "s"))
            : Math.Round(span.TotalMinutes) is var minutes && minutes < 1440 ? (minutes / 60, minutes % 60, ("h", "min"))
            : (Math.Floor(span.TotalHours / 24), Math.Floor(span.TotalHours) % 24, ("d", "h"));
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(large):N0} {units.Item1}{(small >= 1 ? $" {small:0} {units.Item2}" : "")}");
    }

    /// <summary>A size: <c>912 bytes</c>, <c>12 KB</c>, <c>3.4 MB</c>.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MB"),
    };
}
