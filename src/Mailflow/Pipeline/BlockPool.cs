using System.Collections.Concurrent;

namespace Mailflow.Pipeline;

/// <summary>Buffers for blocks, bounded in bytes. A tailer that needs one more waits until a reader returns one: the back-pressure on tailers.</summary>
sealed class BlockPool : IDisposable
{
    /// <summary>Large enough that the cost of a hop between threads is negligible per row, small enough for the CPU cache.</summary>
    public const int BlockBytes = 256 * 1024;

    // Rented by one thread and returned by another: the caches of ArrayPool.Shared, which are per thread, do not help there.
    readonly ConcurrentStack<byte[]> _free = [];

    readonly SemaphoreSlim _room;

    /// <summary>Larger buffers are few and reused: a new array of megabytes for each long line would be garbage that is collected late.</summary>
    readonly ConcurrentStack<byte[]> _large = [];
    readonly SemaphoreSlim _largeRoom = new(MostLarge, MostLarge);

    /// <summary>More than one, because a hanging share may keep one.</summary>
    const int MostLarge = 3;

    /// <param name="maxBytes">The most that may be rented at once, larger buffers excluded.</param>
    /// <param name="size">Bytes of a buffer; at least <see cref="BlockBytes"/>.</param>
    public BlockPool(long maxBytes, int size = BlockBytes)
    {
        Size = size;
        var most = (int)Math.Max(2, maxBytes / size);
        _room = new(most, most);
    }

    /// <summary>The default size; only longer lines get a larger buffer.</summary>
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

    /// <summary>Returns a buffer.</summary>
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
