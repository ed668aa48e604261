using System.Globalization;

namespace Mailflow.Configuration;

/// <summary>A time of each day, in the zone of the machine. It may pass midnight.</summary>
sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    /// <summary><c>22:00-06:00</c>; null for another text.</summary>
    public static QuietHours? Read(string text) =>
        text.Split('-') is [var from, var to] && Time(from) is { } begin && Time(to) is { } end && begin != end ? new(begin, end) : null;

    /// <summary>How long it still is quiet; null if it is not.</summary>
    public TimeSpan? Left(TimeOnly now) => now.IsBetween(From, To) ? To - now : null;

    /// <summary>A time of day, <c>7:00</c>; null for another text.</summary>
    public static TimeOnly? Time(string text) =>
        TimeOnly.TryParseExact(text.Trim(), "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
