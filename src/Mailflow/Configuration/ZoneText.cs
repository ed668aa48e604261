using System.Globalization;
using TimeZoneConverter;

namespace Mailflow.Configuration;

/// <summary>
/// A time zone as a user writes it. Names of IANA and of Windows are known on every system: .NET itself knows only one kind, since the program has no
/// ICU.
/// </summary>
static class ZoneText
{
    const int Longest = 64;

    /// <summary>What a zone can be, for a message.</summary>
    public const string Allowed = "a name of a time zone such as Europe/Berlin or W. Europe Standard Time, UTC, local, or an offset such as +02:00";

    /// <summary>Null where there is no such zone.</summary>
    public static TimeZoneInfo? Of(string text, TimeZoneInfo local)
    {
        text = text.Trim();
        if (text.Length is 0 or > Longest)
            return null;
        if (text.Equals("UTC", StringComparison.OrdinalIgnoreCase))
            return TimeZoneInfo.Utc;
        if (text == local.Id || text.Equals("local", StringComparison.OrdinalIgnoreCase))
            return local;
        if (text[0] is '+' or '-' && TimeSpan.TryParseExact(text[1..], "hh\\:mm", CultureInfo.InvariantCulture, out var offset))
            return offset <= TimeSpan.FromHours(14) ? TimeZoneInfo.CreateCustomTimeZone(text, text[0] == '-' ? -offset : offset, text, text) : null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(text, out var found) || TZConvert.TryGetTimeZoneInfo(text, out found) ? found : null;
    }
}
