using System.Collections.Concurrent;
using Mailflow.Analysis.Messages;

namespace Mailflow.Pipeline;

/// <summary>
/// Bounds the deltas in flight in number and in bytes: a reader waits until the ledger has committed some. Their tallies, which are large, are
/// reused.
/// </summary>
/// <param name="most">How many deltas may be in flight.</param>
/// <param name="mostBytes">What they may hold together; a larger one passes alone.</param>
/// <param name="keepsTimes">Whether latencies are kept one by one, for a scan.</param>
/// <param name="evidence">Whether the facts that incidents are found in are collected.</param>
/// <param name="quarters">Whether the history by quarter of an hour is collected.</param>
sealed class DeltaPool(int most, long mostBytes = DeltaPool.InFlightBytes, bool keepsTimes = false, bool evidence = false, bool quarters = true)
    : IDisposable
{
    /// <summary>About 25 blocks in which every row is a failure.</summary>
    public const long InFlightBytes = 16L << 20;

    /// <summary>The unit in which bytes are counted. A smaller delta is not counted: the number of deltas bounds those.</summary>
    const int Unit = 64 * 1024;

    readonly int _units = (int)Math.Max(1, mostBytes / Unit);
    readonly ConcurrentBag<Tally> _free = [];
    readonly SemaphoreSlim _room = new(most, most);
    readonly SemaphoreSlim _bytes = new((int)Math.Max(1, mostBytes / Unit));
    readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for a place for one more delta.</summary>
    public Task EnterAsync(CancellationToken abort) => _room.WaitAsync(abort);

    /// <summary>Waits for a place, and rents the tally of a delta with rows.</summary>
    public async ValueTask<Tally> RentAsync(CancellationToken abort)
    {
        await EnterAsync(abort);
        return _free.TryTake(out var tally) ? tally
            : new() { KeepsTimes = keepsTimes, Sightings = evidence ? new() : null, Quarters = quarters ? new() : null };
    }

    /// <summary>Waits until there is room for the bytes that a delta holds: then it may go to the ledger.</summary>
    public async ValueTask AdmitAsync(FileDelta delta, CancellationToken abort)
    {
        delta.Bytes = delta.Measure();
        var units = (int)Math.Min(_units, delta.Bytes / Unit);
        if (units == 0)
            return;
        // One at a time: two that each hold half of what they need would wait for each other.
        await _turn.WaitAsync(abort);
        try
        {
            for (; delta.Admitted < units; delta.Admitted++)
                await _bytes.WaitAsync(abort);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Frees the place, the bytes and the tally of a delta, which must not be used afterwards.</summary>
    public void Return(Delta delta)
    {
        if (delta.Admitted > 0)
            _bytes.Release(delta.Admitted);
        if (delta is RowDelta { Tally: var tally })
        {
            tally.Clear();
            _free.Add(tally);
        }

        _room.Release();
    }

    public void Dispose()
    {
        _room.Dispose();
        _bytes.Dispose();
        _turn.Dispose();
    }
}
