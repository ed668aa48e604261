using Mailflow.Configuration;

namespace Mailflow.Tests.Configuration;

/// <summary>A zone has the name that IANA or Windows gives it, on every system.</summary>
public sealed class ZoneTextTests
{
    [Theory]
    [InlineData("Europe/Berlin", 2)]
    [InlineData("W. Europe Standard Time", 2)]
    [InlineData("Eastern Standard Time", -4)]
    [InlineData("Asia/Calcutta", 5.5)]
    [InlineData("utc", 0)]
    [InlineData("-09:30", -9.5)]
    [InlineData("local", 7)]
    public void Names_of_both_kinds_and_offsets_are_zones(string text, double hours)
    {
        var local = TimeZoneInfo.CreateCustomTimeZone("here", TimeSpan.FromHours(7), "here", "here");
        Assert.Equal(TimeSpan.FromHours(hours), ZoneText.Of(text, local)!.GetUtcOffset(new DateTime(2026, 7, 1, 0, 0, 0, DateTimeKind.Utc)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mars/Olympus")]
    [InlineData("+15:00")]
    [InlineData("02:00")]
    public void Other_texts_are_none(string text) => Assert.Null(ZoneText.Of(text, TimeZoneInfo.Utc));
}
