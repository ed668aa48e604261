namespace Mailflow.Simulator;

/// <summary>
/// How often each latency came, by the millisecond: exact percentiles in bounded memory. The common ones, up to a minute, have an array;
/// the rest, the deferred ones, a dictionary that cannot hold more than the milliseconds of the longest wait.
/// </summary>
sealed class TruthLatencies
{
    readonly long[] _common = new long[60_000];
    readonly SortedDictionary<long, long> _rare = [];
    long _count;
    long _sum;

    public void Add(long milliseconds)
    {
        _count++;
        _sum += milliseconds;
        if (milliseconds < _common.Length)
            _common[milliseconds]++;
        else
            _rare[milliseconds] = _rare.GetValueOrDefault(milliseconds) + 1;
    }

    public LatencyTruth ToTruth() => new(_count, _sum, Percentile(50), Percentile(95), Percentile(99));

    /// <summary>By nearest rank: the least latency that so many percent of all do not exceed; 0 when there are none.</summary>
    long Percentile(int percent)
    {
        var rank = ((_count * percent) + 99) / 100;
        for (var milliseconds = 0; milliseconds < _common.Length; milliseconds++)
        {
            rank -= _common[milliseconds];
            if (rank <= 0)
                return milliseconds;
        }
        foreach (var (milliseconds, count) in _rare)
        {
            rank -= count;
            if (rank <= 0)
                return milliseconds;
        }
        return 0;
    }
}
