using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>
/// Failures of the last hour by cause and responsible side, by the time in the rows. Exact to the second, unlike `increase()`, which extrapolates
/// and misses the first failure of a new series.
/// </summary>
sealed class LastHour
{
    const int Seconds = 3600;

    /// <summary>Two hours, because the clock of a server may be ahead.</summary>
    const int Slots = 2 * Seconds;

    readonly Lock _lock = new();
    readonly long[] _second = new long[Slots];
    readonly int[] _counts = new int[Slots * FailureCounts.Length];

    /// <summary>Adds failures that happened in one second; those before the last hour do not count.</summary>
    public void Add(DateTimeOffset time, DateTimeOffset now, Cause cause, Fault fault, int count)
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
                Array.Clear(_counts, slot * FailureCounts.Length, FailureCounts.Length);
            }

            _counts[(slot * FailureCounts.Length) + FailureCounts.IndexOf(cause, fault)] += count;
        }
    }

    /// <summary>Counts of the 3,600 seconds before <paramref name="now"/>, and of failures with a later time.</summary>
    public FailureCounts Count(DateTimeOffset now)
    {
        var end = now.ToUnixTimeSeconds();
        var sums = new FailureCounts();
        lock (_lock)
            for (var slot = 0; slot < Slots; slot++)
                if (_second[slot] > end - Seconds)
                    sums.Add(_counts.AsSpan(slot * FailureCounts.Length, FailureCounts.Length));
        return sums;
    }
}

/// <summary>Failures by cause and responsible side.</summary>
sealed class FailureCounts
{
    static readonly int Faults = Enum.GetValues<Fault>().Length;

    readonly int[] _counts = new int[Length];

    /// <summary>Pairs of a cause and a side.</summary>
    public static int Length { get; } = Enum.GetValues<Cause>().Length * Faults;

    public int this[Cause cause, Fault fault] => _counts[IndexOf(cause, fault)];

    public int this[Cause cause] => _counts.AsSpan(IndexOf(cause, Fault.Unknown), Faults).ToArray().Sum();

    public IReadOnlyList<int> All => _counts;

    public static int IndexOf(Cause cause, Fault fault) => ((int)cause * Faults) + (int)fault;

    public void Add(ReadOnlySpan<int> counts)
    {
        for (var i = 0; i < counts.Length; i++)
            _counts[i] += counts[i];
    }
}
