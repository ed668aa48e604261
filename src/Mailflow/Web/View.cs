using System.Globalization;
using Mailflow.Configuration;

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

    /// <summary>From the parameter, else from the cookie, else the zone of this server.</summary>
    /// <param name="faults">Receives what is wrong with the parameter. A cookie that is wrong is ignored.</param>
    public static View Of(HttpContext http, TimeProvider clock, List<string> faults)
    {
        var (here, now) = (http.Request.Path.ToUriComponent() + http.Request.QueryString, clock.GetUtcNow());
        if (http.Request.Query[ZoneName].ToString() is { Length: > 0 } asked)
        {
            if (ZoneOf(asked, clock) is { } zone)
                return new(zone, false, here, now);
            faults.Add($"{ZoneName}={SearchInput.Short(asked)}: expected {ZoneText.Allowed}.");
        }
        else if (http.Request.Cookies[ZoneName] is { Length: > 0 } kept && ZoneOf(kept, clock) is { } chosen)
            return new(chosen, false, here, now);
        return new(clock.LocalTimeZone, true, here, now);
    }

    /// <summary>Null where there is no such zone.</summary>
    public static TimeZoneInfo? ZoneOf(string text, TimeProvider clock)
    {
        // A plus sign in a query is a space.
        return ZoneText.Of(text.StartsWith(' ') ? "+" + text[1..] : text, clock.LocalTimeZone);
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
