using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Reports;

namespace Mailflow.Tests.Reports;

/// <summary>The bars of a report: days of its time zone.</summary>
public sealed class DayBarsTests
{
    [Fact]
    public void Bars_are_days_of_the_zone_also_when_the_clocks_change()
    {
        var (from, to) = (Utc(2026, 3, 27, 23), Utc(2026, 3, 30, 22));
        var bars = PeriodFigures.Chart(new(new OneEachHour()), from, to, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.Equal([24, 23, 24], bars.Points.Select(p => p[Outcome.Delivered]));
        Assert.Equal([from, Utc(2026, 3, 28, 23), Utc(2026, 3, 29, 22)], bars.Points.Select(p => p.Start));
    }

    [Fact]
    public void First_and_last_bar_are_the_part_of_their_day_that_was_asked_for()
    {
        var bars = PeriodFigures.Chart(new(new OneEachHour()), Utc(2026, 3, 1, 13), Utc(2026, 3, 8, 13), TimeZoneInfo.Utc);
        Assert.Equal([11, 24, 24, 24, 24, 24, 24, 13], bars.Points.Select(p => p[Outcome.Delivered]));
    }

    [Fact]
    public void Long_time_has_few_bars()
    {
        var bars = PeriodFigures.Chart(new(new OneEachHour()), DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc), Utc(2026, 9, 1, 0), TimeZoneInfo.Utc);
        Assert.InRange(bars.Points.Count, 31, 62);
    }

    static DateTime Utc(int year, int month, int day, int hour) => new(year, month, day, hour, 0, 0, DateTimeKind.Utc);

    /// <summary>A recipient that gets its mail in each hour of 2026.</summary>
    sealed class OneEachHour : IRollups
    {
        static readonly DateTime First = Utc(2026, 1, 1, 0);

        public (DateTime First, TimeSpan Step)? Begin(DateTime from, TimeSpan step) => (First, TimeSpan.FromHours(1));

        public IReadOnlyList<string> Servers() => [];

        public IEnumerable<(DateTime At, RollupFact Fact, long Value)> Read(DateTime from, DateTime to, TimeSpan step, string server)
        {
            for (var at = from < First ? First : from; at < to; at = at.AddHours(1))
                yield return (at, new("", RollupKind.Outcome, (int)Outcome.Delivered, 0), 1);
        }
    }
}
