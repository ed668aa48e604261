using System.Collections.Concurrent;

namespace Mailflow;

/// <summary>Deltas that are used again, bounded in number: a reader waits until the ledger has taken one in.</summary>
sealed class DeltaPool(int most, bool keepsTimes = false) : IDisposable
{
    readonly ConcurrentBag<Delta> _free = [];
    readonly SemaphoreSlim _room = new(most, most);

    public async ValueTask<Delta> RentAsync(CancellationToken abort)
    {
        await _room.WaitAsync(abort);
        return _free.TryTake(out var delta) ? delta : new Delta(keepsTimes);
    }

    public void Return(Delta delta)
    {
        delta.Clear();
        _free.Add(delta);
        _room.Release();
    }

    public void Dispose() => _room.Dispose();
}
