using System.Globalization;

namespace Mailflow.Web;

/// <summary>How a reader sees the pages: the time zone of the times, and where the page is. The colours are in the style sheet.</summary>
/// <param name="Zone">The zone of all times on the page.</param>
/// <param name="IsServers">Whether nobody chose another zone than that of this server.</param>
/// <param name="Here">Path and query of the page.</param>
/// <param name="Now">When it was asked for.</param>
sealed record View(TimeZoneInfo Zone, bool IsServers, string Here, DateTimeOffset Now)
{
    /// <summary>The cookie and the parameter with the name of the zone.</summary>
    public const string ZoneName = "zone";

    /// <summary>The cookie with <c>light</c> or <c>dark</c>; without it, the browser decides.</summary>
    public const string ColoursName = "colours";

    const int MaxZone = 64;

    /// <summary>What a zone can be, for a message.</summary>
    public const string AllowedZones = "a name of a time zone such as Europe/Berlin, UTC, or an offset such as +02:00";

    /// <summary>From the parameter, else from the cookie, else the zone of this server.</summary>
    /// <param name="faults">Receives what is wrong with the parameter. A cookie that is wrong is ignored.</param>
    public static View Of(HttpContext http, TimeProvider clock, List<string> faults)
    {
        var (here, now) = (http.Request.Path.ToUriComponent() + http.Request.QueryString, clock.GetUtcNow());
        if (http.Request.Query[ZoneName].ToString() is { Length: > 0 } asked)
        {
            if (ZoneOf(asked, clock) is { } zone)
                return new(zone, false, here, now);
            faults.Add($"{ZoneName}={SearchInput.Short(asked)}: expected {AllowedZones}.");
        }
        else if (http.Request.Cookies[ZoneName] is { Length: > 0 } kept && ZoneOf(kept, clock) is { } chosen)
            return new(chosen, false, here, now);
        return new(clock.LocalTimeZone, true, here, now);
    }

    /// <summary>Null where there is no such zone.</summary>
    public static TimeZoneInfo? ZoneOf(string text, TimeProvider clock)
    {
        text = text.Trim();
        if (text.Length > MaxZone)
            return null;
        if (text.Equals("UTC", StringComparison.OrdinalIgnoreCase))
            return TimeZoneInfo.Utc;
        if (text == clock.LocalTimeZone.Id)
            return clock.LocalTimeZone;
        // A plus sign in a query is a space.
        if (TimeSpan.TryParseExact(text.TrimStart('+', '-', ' '), "hh\\:mm", CultureInfo.InvariantCulture, out var offset) && text[0] is '+' or '-' or ' ')
            return offset <= TimeSpan.FromHours(14) ? TimeZoneInfo.CreateCustomTimeZone(text, text[0] == '-' ? -offset : offset, text, text) : null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(text, out var found) ? found : null;
    }

    /// <summary>Where the form for zone and colours is, with the way back.</summary>
    public string Settings => "/view?back=" + Uri.EscapeDataString(Here);

    /// <summary>A change of the colours, and back here.</summary>
    public string Colours(string name) => $"/view?{ColoursName}={name}&back={Uri.EscapeDataString(Here)}";

    /// <summary>The time of day, with the date where that is not today.</summary>
    public string Clock(DateTimeOffset time, DateTimeOffset now)
    {
        var there = TimeZoneInfo.ConvertTime(time, Zone);
        var format = there.Date == TimeZoneInfo.ConvertTime(now, Zone).Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        return there.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>The offset of the zone: UTC+01:00.</summary>
    public string Offset => Page.ZoneOf(Zone, Now);
}
