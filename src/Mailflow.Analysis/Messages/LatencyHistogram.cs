namespace Mailflow.Analysis.Messages;

/// <summary>
/// Counts times in milliseconds for percentiles: exact below 2,048 ms, within 0.1 % above. Its size is fixed (184 KB), however many
/// values are added. 1,024 steps per doubling, as in HdrHistogram.
/// </summary>
public sealed class LatencyHistogram
{
    const int StepBits = 10;
    const int Steps = 1 << StepBits;

    readonly long[] _counts = new long[Steps * (32 - StepBits + 1)];

    /// <summary>Number of values.</summary>
    public long Count { get; private set; }

    public void Add(uint milliseconds)
    {
        _counts[IndexOf(milliseconds)]++;
        Count++;
    }

    /// <summary>The nearest-rank percentile in milliseconds; null where there are no values.</summary>
    /// <param name="share">0 to 1.</param>
    public long? Percentile(double share)
    {
        if (Count == 0)
            return null;
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
                return ValueOf(i);
        }

        return null;
    }

    static int IndexOf(uint value)
    {
        var doubling = Math.Max(0, 32 - int.LeadingZeroCount((int)value) - StepBits - 1);
        return (doubling * Steps) + (int)(value >> doubling);
    }

    /// <summary>The middle of the step.</summary>
    static long ValueOf(int index)
    {
        if (index < 2 * Steps)
            return index;
        var doubling = (index / Steps) - 1;
        return (((long)(index - (doubling * Steps))) << doubling) + (1L << doubling >> 1);
    }
}
