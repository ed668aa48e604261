namespace Mailflow.Analysis.Messages;

/// <summary>
/// Times of several kinds in Prometheus histogram buckets: a count per bucket, and the exact sum in milliseconds. Fixed size, and
/// added like counters.
/// </summary>
/// <param name="kinds">How many kinds of times there are: outcomes, or stages.</param>
public sealed class TimeCounts(int kinds)
{
    /// <summary>
    /// Upper bounds of the buckets in milliseconds, inclusive; the last bucket has none. They cover the range of mail: fast in seconds,
    /// slow in minutes, late in hours.
    /// </summary>
    public static IReadOnlyList<uint> Bounds { get; } =
    [
        100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 900_000, 1_800_000, 3_600_000, 14_400_000, 86_400_000,
    ];

    /// <summary>Buckets per kind.</summary>
    public static int Buckets { get; } = Bounds.Count + 1;

    /// <summary>Slots per kind: the buckets, then the sum.</summary>
    public static int Slots { get; } = Buckets + 1;

    static readonly uint[] Search = [.. Bounds];

    readonly long[] _slots = new long[kinds * Slots];

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>By kind, then slot.</summary>
    public ReadOnlySpan<long> All => _slots;

    public void Add(int kind, uint milliseconds)
    {
        IsEmpty = false;
        var slots = _slots.AsSpan(kind * Slots, Slots);
        slots[BucketOf(milliseconds)]++;
        slots[Buckets] += milliseconds;
    }

    public void Clear()
    {
        if (IsEmpty)
            return;
        IsEmpty = true;
        Array.Clear(_slots);
    }

    /// <summary>The first bucket whose bound is not below the value.</summary>
    internal static int BucketOf(uint milliseconds)
    {
        var bucket = 0;
        while (bucket < Search.Length && milliseconds > Search[bucket])
            bucket++;
        return bucket;
    }
}
