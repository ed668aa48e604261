using System.Globalization;
using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Tests.Exports;

public sealed class ExportTimesTests
{
    [Theory]
    [InlineData("2025-03-04T10:00:26.1234567Z", "2025-03-04 10:00:26.1234567")]
    [InlineData("2025-03-04T10:00:26.123456700Z", "2025-03-04 10:00:26.1234567")]
    [InlineData("2025-03-04T10:00:26+02:00", "2025-03-04 08:00:26.0000000")]
    [InlineData("2025-03-04 10:00:26Z", "2025-03-04 10:00:26.0000000")]
    [InlineData("2025-03-04 10:00:26 +02:00", "2025-03-04 08:00:26.0000000")]
    [InlineData("2025-03-04 10:00:26.5-05:00", "2025-03-04 15:00:26.5000000")]
    [InlineData("/Date(1741082426123)/", "2025-03-04 10:00:26.1230000")]
    [InlineData("/Date(1741082426123+0100)/", "2025-03-04 10:00:26.1230000")]
    public void Export_times_with_a_zone_are_read(string text, string expected)
    {
        Assert.Equal(nameof(TimeReading.Utc), ExportTimes.Read(text, DateOrder.Unknown, null, out var time).ToString());
        Assert.Equal(expected, time.ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture));
        Assert.Equal(DateTimeKind.Utc, time.Kind);
    }

    // 10 p.m. on 4 March, as written by the cultures of Windows.
    [Theory]
    [InlineData("2025-03-04T22:00:26")]
    [InlineData("2025-03-04 22:00:26")]
    [InlineData("04.03.2025 22:00:26")] // de-DE, ru-RU, pl-PL
    [InlineData("4.3.2025 22.00.26")] // fi-FI
    [InlineData("4. 3. 2025 22:00:26")] // cs-CZ, sk-SK
    [InlineData("04-03-2025 22:00:26")] // nl-NL, da-DK
    [InlineData("2025/03/04 22:00:26")] // ja-JP
    [InlineData("2025/3/4 下午 10:00:26")] // zh-TW
    [InlineData("2025-03-04 오후 10:00:26")] // ko-KR
    [InlineData("2025. 03. 04. 22:00:26")] // hu-HU
    [InlineData("4.3.2025 г. 22:00:26 ч.")] // bg-BG
    [InlineData("4/03/2025 10:00:26 PM")] // en-AU: the only culture that pads the month but not the day
    public void Export_times_without_a_zone_are_read(string text)
    {
        Assert.Equal(nameof(TimeReading.Local), ExportTimes.Read(text, DateOrder.Unknown, null, out var time).ToString());
        Assert.Equal(new DateTime(2025, 3, 4, 22, 0, 26, DateTimeKind.Utc), time);
    }

    [Theory]
    [InlineData("03/04/2025 10:00:26")]
    [InlineData("3/4/2025 10:00:26")]
    [InlineData("3/4/2025 10:00:26 AM", nameof(TimeReading.Guessed))]
    public void Ambiguous_dates_are_resolved_by_other_dates_in_the_file(string text, string alone = nameof(TimeReading.Ambiguous))
    {
        Assert.Equal(alone, ExportTimes.Read(text, DateOrder.Unknown, null, out var time).ToString());
        Assert.Equal(alone == nameof(TimeReading.Guessed) ? new(2025, 3, 4, 10, 0, 26, DateTimeKind.Utc) : default, time);
        Assert.Equal(nameof(TimeReading.Local), ExportTimes.Read(text, DateOrder.DayFirst, null, out time).ToString());
        Assert.Equal(new DateTime(2025, 4, 3, 10, 0, 26, DateTimeKind.Utc), time);
        Assert.Equal(nameof(TimeReading.Local), ExportTimes.Read(text, DateOrder.MonthFirst, null, out time).ToString());
        Assert.Equal(new DateTime(2025, 3, 4, 10, 0, 26, DateTimeKind.Utc), time);
    }

    [Theory]
    [InlineData("13/12/2025 10:00:26", "DayFirst")]
    [InlineData("12/13/2025 10:00:26", "MonthFirst")]
    [InlineData("12/12/2025 10:00:26", "Unknown")]
    [InlineData("13.12.2025 10:00:26", "Unknown")]
    [InlineData("13/13/2025 10:00:26", "Unknown")]
    [InlineData("2/16 of 1000 at 10:00", "Unknown")]
    public void Order_of_day_and_month_is_detected_where_possible(string text, string order) => Assert.Equal(order, ExportTimes.OrderOf(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("2025-02-30T10:00:00Z")]
    [InlineData("31.02.2025 10:00:00")]
    [InlineData("04.03.2025 25:00:00")]
    [InlineData("/Date(99999999999999999)/")]
    [InlineData("/Date()/")]
    [InlineData("/Date(")]
    [InlineData("1 2 3 4 5 6 7 8 9 10")]
    [InlineData("99999999999.1.1")]
    public void Invalid_export_times_are_rejected(string text) =>
        Assert.Equal(nameof(TimeReading.Bad), ExportTimes.Read(text, DateOrder.Unknown, null, out _).ToString());

    [Fact]
    public void Export_times_use_the_given_zone()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(2), "x", "x");
        Assert.Equal(nameof(TimeReading.Local), ExportTimes.Read("04.03.2025 22:00:26", DateOrder.Unknown, zone, out var time).ToString());
        Assert.Equal(new DateTime(2025, 3, 4, 20, 0, 26, DateTimeKind.Utc), time);
    }
}
