using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>
/// Failures of the last hour by cause, by the time that the rows say: exact to the second, which `increase()` is not
/// (it extrapolates, and does not see the first failure of a new series).
/// </summary>
sealed class LastHour
{
    const int Seconds = 3600;

    static readonly int Causes = Enum.GetValues<Cause>().Length;

    readonly Lock _lock = new();
    readonly long[] _second = new long[Seconds];
    readonly int[] _counts = new int[Seconds * Causes];

    /// <summary>Adds failures that happened in one second; a server whose clock is ahead had them now.</summary>
    public void Add(DateTimeOffset time, DateTimeOffset now, Cause cause, int count)
    {
        var second = Math.Min(time.ToUnixTimeSeconds(), now.ToUnixTimeSeconds());
        var slot = (int)(second % Seconds);
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

    /// <summary>Counts by cause, of the 3,600 seconds that end with <paramref name="now"/>.</summary>
    public int[] Count(DateTimeOffset now)
    {
        var end = now.ToUnixTimeSeconds();
        var sums = new int[Causes];
        lock (_lock)
            for (var slot = 0; slot < Seconds; slot++)
                if (_second[slot] > end - Seconds && _second[slot] <= end)
                    for (var cause = 0; cause < Causes; cause++)
                        sums[cause] += _counts[(slot * Causes) + cause];
        return sums;
    }
}
