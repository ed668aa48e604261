namespace Mailflow.Simulator.Outages;

/// <summary>How much mail a day has, and in which hours: office hours in UTC, the peak on Monday from 8 to 10, little at night and at the weekend.</summary>
sealed class MailDay
{
    public const long HourMs = 3_600_000, DayMs = 24 * HourMs;

    const double WorkingDay = 2500, WeekendShare = 0.15;

    static readonly double[] Work = [.3, .2, .2, .2, .3, .6, 1.5, 5, 9, 10, 9.5, 8.5, 6, 8, 8.5, 8, 7, 4.5, 2.5, 1.5, 1, .8, .6, .4];

    static readonly double[] Rest = [.5, .4, .3, .3, .3, .5, 1, 2, 4, 6, 7, 7, 6, 6, 6, 6, 6, 6, 6, 5, 4, 3, 2, 1];

    static readonly Lottery Monday = new([.. Work.Select((share, hour) => hour is 8 or 9 ? share * 1.6 : share)]);

    static readonly Lottery Workday = new(Work), Weekend = new(Rest);

    readonly Lottery _hours;
    readonly long _start;

    /// <param name="index">The day, from 0, a Monday.</param>
    /// <param name="isRest">A weekend or a holiday.</param>
    /// <param name="change">A multiple of the usual amount.</param>
    public MailDay(long start, int index, bool isRest, double change, Chance chance)
    {
        _start = start + (index * DayMs);
        _hours = isRest ? Weekend : index % 7 == 0 ? Monday : Workday;
        // Days differ more than by chance: close to a gamma distribution with a deviation of 20 %, without functions that differ between machines.
        var root = 1 + (0.1 * Normal(chance));
        var rise = isRest || index % 7 != 0 ? 1 : 1.12;
        Mails = (int)((isRest ? WorkingDay * WeekendShare : WorkingDay) * rise * change * root * root);
    }

    /// <summary>The number of messages.</summary>
    public int Mails { get; }

    /// <summary>A time of this day at which a message is sent.</summary>
    public long Draw(Chance chance) => _start + (_hours.Draw(chance) * HourMs) + chance.Below((int)HourMs);

    /// <summary>The sum of twelve even numbers, less its mean: close to a normal distribution.</summary>
    static double Normal(Chance chance)
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
            sum += (double)chance.Below(1 << 20) / (1 << 20);
        return sum;
    }
}
