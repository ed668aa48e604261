using System.Runtime.InteropServices;

namespace Mailflow.Tail;

/// <summary>
/// Limits the files that all tailers together have open. A system may allow a process only 64 handles, and the store, the page and scrapes
/// need some of them. Some handles are kept, for files that are being written; the others are for files that are opened for one turn.
/// </summary>
sealed partial class HandleRoom : IDisposable
{
    /// <summary>Handles for everything else.</summary>
    const int Reserve = 48;

    const int Least = 4;
    const int MostKept = 4096;
    const int MostTurns = 512;

    readonly SemaphoreSlim _turns;
    readonly int _most;
    int _kept;

    public HandleRoom(long? limit = null)
    {
        var room = Math.Max(0, (limit ?? Limit()) - Reserve);
        _most = (int)Math.Clamp(room / 4, Least, MostKept);
        _turns = new((int)Math.Clamp(room / 8, Least, MostTurns));
    }

    /// <summary>Reserves a handle for a file that stays open; false where there is none left.</summary>
    public bool TryKeep()
    {
        if (Interlocked.Increment(ref _kept) <= _most)
            return true;
        Interlocked.Decrement(ref _kept);
        return false;
    }

    public void LetGo() => Interlocked.Decrement(ref _kept);

    /// <summary>Waits for a handle for one turn.</summary>
    public Task TurnAsync(CancellationToken stop) => _turns.WaitAsync(stop);

    public void EndTurn() => _turns.Release();

    public void Dispose() => _turns.Dispose();

    /// <summary>How many files this process may have open.</summary>
    static long Limit()
    {
        const int OpenFiles = 7;
        const long Unknown = 1024;
        if (!OperatingSystem.IsLinux())
            return OperatingSystem.IsWindows() ? long.MaxValue : Unknown;
        Span<ulong> limits = stackalloc ulong[2];
        return GetLimit(OpenFiles, ref MemoryMarshal.GetReference(limits)) == 0 ? (long)Math.Min(limits[0], long.MaxValue) : Unknown;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetLimit(int resource, ref ulong limits);
}
