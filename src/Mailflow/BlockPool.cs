using System.Collections.Concurrent;

namespace Mailflow;

/// <summary>Buffers for blocks, bounded in bytes: who wants one more waits until a reader gave one back. This is the back-pressure on the tailers.</summary>
sealed class BlockPool : IDisposable
{
    /// <summary>Large enough that a hop between threads costs nothing a row, small enough to stay in the cache.</summary>
    public const int BlockBytes = 256 * 1024;

    // Rented by one thread and given back by another, which the shared pool's caches are not made for.
    readonly ConcurrentStack<byte[]> _free = [];
    readonly SemaphoreSlim _room;
    readonly SemaphoreSlim _turn = new(1, 1);
    readonly int _units;

    /// <param name="maxBytes">The most that is out at once.</param>
    /// <param name="size">Bytes of a buffer; at least <see cref="BlockBytes"/>.</param>
    public BlockPool(long maxBytes, int size = BlockBytes)
    {
        Size = size;
        _units = (int)Math.Max(2, maxBytes / size);
        _room = new(_units, _units);
    }

    /// <summary>Bytes of a buffer that holds no longer line.</summary>
    public int Size { get; }

    /// <summary>Waits for room and rents a buffer of at least <paramref name="bytes"/>.</summary>
    public async ValueTask<byte[]> RentAsync(int bytes, CancellationToken stop)
    {
        // One at a time: two who each hold half of what they need would wait for each other.
        await _turn.WaitAsync(stop);
        var taken = 0;
        try
        {
            for (; taken < Units(bytes); taken++)
                await _room.WaitAsync(stop);
            return bytes > Size ? new byte[bytes] : _free.TryPop(out var buffer) ? buffer : new byte[Size];
        }
        catch
        {
            if (taken > 0)
                _room.Release(taken);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives a buffer back.</summary>
    public void Return(byte[] buffer)
    {
        if (buffer.Length == Size)
            _free.Push(buffer);
        _room.Release(Units(buffer.Length));
    }

    public void Dispose()
    {
        _room.Dispose();
        _turn.Dispose();
    }

    /// <summary>A buffer larger than all the room takes all of it, so that it gets through.</summary>
    int Units(int bytes) => Math.Clamp(bytes / Size, 1, _units);
}
