using System.Globalization;

namespace Mailflow.Trace;

/// <summary>
/// Times as people type them: <c>2h</c> (ago), <c>today</c>, <c>yesterday</c>, <c>2026-11-20</c>, <c>2026-11-20T08:00</c>, with or without a zone.
/// </summary>
static class TraceTime
{
    public const string Allowed = "2h (ago), 30m, 3d, today, yesterday, 2026-11-20 or 2026-11-20T08:00Z";

    static readonly string[] Forms =
        ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF"];

    /// <summary>The time, UTC; null where the text is none. A time without a zone is in the zone of this machine.</summary>
    public static DateTime? Read(string text, DateTimeOffset now, TimeZoneInfo zone)
    {
        text = text.Trim();
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        if (text.Equals("now", StringComparison.OrdinalIgnoreCase))
            return now.UtcDateTime;
        if (text.Equals("today", StringComparison.OrdinalIgnoreCase))
            return Utc(today, zone);
        if (text.Equals("yesterday", StringComparison.OrdinalIgnoreCase))
            return Utc(today.AddDays(-1), zone);
        if (Ago(text) is { } ago)
            return (now - ago).UtcDateTime;
        if (DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return Utc(local, zone);
        return text.Length > 16 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var exact)
            || (text.EndsWith('Z') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out exact))
            ? exact.UtcDateTime
            : null;
    }

    static TimeSpan? Ago(string text)
    {
        if (text.Length < 2
            || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n)
            || n > 36500)
            return null;
        return char.ToLowerInvariant(text[^1]) switch
        {
            's' => TimeSpan.FromSeconds(n),
            'm' => TimeSpan.FromMinutes(n),
            'h' => TimeSpan.FromHours(n),
            'd' => TimeSpan.FromDays(n),
            'w' => TimeSpan.FromDays(7 * n),
            _ => null,
        };
    }

    static DateTime Utc(DateTime local, TimeZoneInfo zone)
    {
        var time = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        // An hour that the clock skips in spring does not exist.
        return zone.IsInvalidTime(time) ? TimeZoneInfo.ConvertTimeToUtc(time.AddHours(1), zone) : TimeZoneInfo.ConvertTimeToUtc(time, zone);
    }
}
