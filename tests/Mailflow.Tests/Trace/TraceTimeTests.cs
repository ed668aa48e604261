using System.Globalization;
using Mailflow.Trace;

namespace Mailflow.Tests.Trace;

public sealed class TraceTimeTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);
    static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), "test", "test");

    [Theory]
    [InlineData("2h", "2026-11-20T10:30:00")]
    [InlineData("90m", "2026-11-20T11:00:00")]
    [InlineData("1.5d", "2026-11-19T00:30:00")]
    [InlineData("now", "2026-11-20T12:30:00")]
    [InlineData("Today", "2026-11-19T23:00:00")]
    [InlineData("yesterday", "2026-11-18T23:00:00")]
    [InlineData("2026-11-18", "2026-11-17T23:00:00")]
    [InlineData("2026-11-18 08:15", "2026-11-18T07:15:00")]
    [InlineData("2026-11-18T08:15:30", "2026-11-18T07:15:30")]
    [InlineData("2026-11-18T08:15Z", "2026-11-18T08:15:00")]
    [InlineData("2026-11-18T08:15:00.5Z", "2026-11-18T08:15:00.5")]
    [InlineData("2026-11-18T08:15:00+02:00", "2026-11-18T06:15:00")]
    [InlineData("soon", null)]
    [InlineData("5", null)]
    [InlineData("-2h", null)]
    [InlineData("2026-13-01", null)]
    [InlineData("11/20/2026", null)]
    public void Time_is_read_as_people_type_it(string text, string? utc) =>
        Assert.Equal(
            utc is null ? null : DateTime.Parse(utc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
            TraceTime.Read(text, Now, Zone));
}
