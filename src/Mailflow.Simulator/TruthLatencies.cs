namespace Mailflow.Simulator;

/// <summary>
/// The number of rows for each latency in milliseconds: exact percentiles in bounded memory. Common latencies, up to a minute, are in an array;
/// those of deferred messages in a dictionary, with at most as many entries as the longest wait has milliseconds.
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

    /// <summary>By nearest rank: the lowest latency that this percentage of all rows does not exceed; 0 if there are none.</summary>
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
