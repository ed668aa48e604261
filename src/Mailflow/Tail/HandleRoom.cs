using System.Runtime.InteropServices;

namespace Mailflow.Tail;

/// <summary>
/// How many files all tailers together may have open. A system may allow a process 64 handles and the store, the page and a scrape need some of them.
/// Some may be kept, for files that are being written; some are for files that are opened and closed in one turn.
/// </summary>
sealed partial class HandleRoom : IDisposable
{
    /// <summary>What everything else needs.</summary>
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

    /// <summary>One more may stay open.</summary>
    public bool TryKeep()
    {
        if (Interlocked.Increment(ref _kept) <= _most)
            return true;
        Interlocked.Decrement(ref _kept);
        return false;
    }

    public void LetGo() => Interlocked.Decrement(ref _kept);

    /// <summary>Waits until one may be opened for a turn.</summary>
    public Task TurnAsync(CancellationToken stop) => _turns.WaitAsync(stop);

    public void EndTurn() => _turns.Release();

    public void Dispose() => _turns.Dispose();

    /// <summary>Files that this process may have open.</summary>
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
