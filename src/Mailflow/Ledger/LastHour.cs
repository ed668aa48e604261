using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>
/// Failures of the last hour by cause, by the time that the rows say: exact to the second, which `increase()` is not
/// (it extrapolates, and does not see the first failure of a new series).
/// </summary>
sealed class LastHour
{
    const int Seconds = 3600;

    /// <summary>Twice the hour: there is room for what a server says whose clock is ahead.</summary>
    const int Slots = 2 * Seconds;

    static readonly int Causes = Enum.GetValues<Cause>().Length;

    readonly Lock _lock = new();
    readonly long[] _second = new long[Slots];
    readonly int[] _counts = new int[Slots * Causes];

    /// <summary>Adds failures that happened in one second; what is over does not count.</summary>
    public void Add(DateTimeOffset time, DateTimeOffset now, Cause cause, int count)
    {
        var present = now.ToUnixTimeSeconds();
        var second = Math.Min(time.ToUnixTimeSeconds(), present + Seconds);
        if (second <= present - Seconds)
            return;
        var slot = (int)(second % Slots);
        lock (_lock)
        {
            if (_second[slot] > second)
                return;
            if (_second[slot] < second)
            {
                _second[slot] = second;
                Array.Clear(_counts, slot * Causes, Causes);
            }

            _counts[(slot * Causes) + (int)cause] += count;
        }
    }

    /// <summary>Counts by cause, of the 3,600 seconds that end with <paramref name="now"/>, and of what is dated after it.</summary>
    public int[] Count(DateTimeOffset now)
    {
        var end = now.ToUnixTimeSeconds();
        var sums = new int[Causes];
        lock (_lock)
            for (var slot = 0; slot < Slots; slot++)
                if (_second[slot] > end - Seconds)
                    for (var cause = 0; cause < Causes; cause++)
                        sums[cause] += _counts[(slot * Causes) + cause];
        return sums;
    }
}
