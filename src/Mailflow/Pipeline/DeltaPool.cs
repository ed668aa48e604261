using System.Collections.Concurrent;

namespace Mailflow.Pipeline;

/// <summary>Deltas that are used again, bounded in number and in bytes: a reader waits until the ledger has taken one in.</summary>
/// <param name="mostBytes">What the deltas on their way to the store may hold together; a larger one gets through alone.</param>
sealed class DeltaPool(int most, long mostBytes = DeltaPool.InFlightBytes, bool keepsTimes = false) : IDisposable
{
    /// <summary>Some 25 blocks that hold failures alone.</summary>
    public const long InFlightBytes = 16L << 20;

    /// <summary>What bytes are counted in. A delta with less is not counted: their number bounds those.</summary>
    const int Unit = 64 * 1024;

    readonly int _units = (int)Math.Max(1, mostBytes / Unit);
    readonly ConcurrentBag<Delta> _free = [];
    readonly SemaphoreSlim _room = new(most, most);
    readonly SemaphoreSlim _bytes = new((int)Math.Max(1, mostBytes / Unit));
    readonly SemaphoreSlim _turn = new(1, 1);

    public async ValueTask<Delta> RentAsync(CancellationToken abort)
    {
        await _room.WaitAsync(abort);
        return _free.TryTake(out var delta) ? delta : new Delta(keepsTimes);
    }

    /// <summary>Waits until there is room for what a delta has come to hold: then it may go to the ledger.</summary>
    public async ValueTask AdmitAsync(Delta delta, CancellationToken abort)
    {
        delta.Bytes = delta.Measure();
        var units = (int)Math.Min(_units, delta.Bytes / Unit);
        if (units == 0)
            return;
        // One at a time: two who each hold half of what they need would wait for each other.
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

    public void Return(Delta delta)
    {
        if (delta.Admitted > 0)
            _bytes.Release(delta.Admitted);
        delta.Clear();
        _free.Add(delta);
        _room.Release();
    }

    public void Dispose()
    {
        _room.Dispose();
        _bytes.Dispose();
        _turn.Dispose();
    }
}
