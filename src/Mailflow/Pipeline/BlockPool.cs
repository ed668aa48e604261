using System.Collections.Concurrent;

namespace Mailflow.Pipeline;

/// <summary>Buffers for blocks, bounded in bytes: who wants one more waits until a reader gave one back. This is the back-pressure on the tailers.</summary>
sealed class BlockPool : IDisposable
{
    /// <summary>Large enough that a hop between threads costs nothing a row, small enough to stay in the cache.</summary>
    public const int BlockBytes = 256 * 1024;

    // Rented by one thread and given back by another, which the shared pool's caches are not made for.
    readonly ConcurrentStack<byte[]> _free = [];

    readonly SemaphoreSlim _room;

    /// <summary>Larger buffers are few, and used again: new arrays of megabytes for one long line after another would be garbage that is collected late.</summary>
    readonly ConcurrentStack<byte[]> _large = [];
    readonly SemaphoreSlim _largeRoom = new(MostLarge, MostLarge);

    /// <summary>More than one: a share that hangs may keep one.</summary>
    const int MostLarge = 3;

    /// <param name="maxBytes">The most that is out at once, but for the larger buffers.</param>
    /// <param name="size">Bytes of a buffer; at least <see cref="BlockBytes"/>.</param>
    public BlockPool(long maxBytes, int size = BlockBytes)
    {
        Size = size;
        var most = (int)Math.Max(2, maxBytes / size);
        _room = new(most, most);
    }

    /// <summary>Bytes of a buffer that holds no longer line.</summary>
    public int Size { get; }

    /// <summary>Waits for room and rents a buffer of at least <paramref name="bytes"/>.</summary>
    public async ValueTask<byte[]> RentAsync(int bytes, CancellationToken stop)
    {
        if (bytes <= Size)
        {
            await _room.WaitAsync(stop);
            return _free.TryPop(out var buffer) ? buffer : new byte[Size];
        }

        await _largeRoom.WaitAsync(stop);
        return _large.TryPop(out var large) && large.Length >= bytes ? large : GC.AllocateUninitializedArray<byte>(bytes);
    }

    /// <summary>Gives a buffer back.</summary>
    public void Return(byte[] buffer)
    {
        var isLarge = buffer.Length > Size;
        (isLarge ? _large : _free).Push(buffer);
        (isLarge ? _largeRoom : _room).Release();
    }

    public void Dispose()
    {
        _room.Dispose();
        _largeRoom.Dispose();
    }
}
