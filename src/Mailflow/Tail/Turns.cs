using System.Diagnostics.CodeAnalysis;
using Mailflow.Configuration;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>
/// Decides which file is read next: live files first, then the oldest backlog. Files that cannot be read wait for the next tick.
/// </summary>
sealed class Turns(TailOptions options, TimeProvider clock)
{
    readonly PriorityQueue<LogFile, LogFile> _live = new(ByAge.Instance);
    readonly PriorityQueue<LogFile, LogFile> _backlog = new(ByAge.Instance);
    readonly List<LogFile> _later = [];

    /// <summary>Whether files are waiting for a turn.</summary>
    public bool HasMore => _live.Count > 0 || _backlog.Count > 0;

    public IEnumerable<LogFile> All => _live.UnorderedItems.Concat(_backlog.UnorderedItems).Select(i => i.Element).Concat(_later);

    /// <summary>Queues a file that may have more data.</summary>
    public void Add(LogFile file)
    {
        if (file.Waits is Waiting.Live or Waiting.Later)
            return;
        // A backlog file that is written again moves to the live queue; its entry in the backlog becomes void.
        if (IsLive(file))
            Enter(_live, file, Waiting.Live);
        else if (file.Waits == Waiting.No)
            Enter(_backlog, file, Waiting.Backlog);
    }

    /// <summary>Queues a file that cannot be read now.</summary>
    public void Later(LogFile file)
    {
        file.Waits = Waiting.Later;
        _later.Add(file);
    }

    /// <summary>At a tick, files that could not be read are retried.</summary>
    public void Tick()
    {
        foreach (var file in _later)
        {
            file.Waits = Waiting.No;
            if (file.MayHaveMore && file.Standing != FileStanding.Absent)
                Add(file);
        }

        _later.Clear();
    }

    public bool TryNextLive([NotNullWhen(true)] out LogFile? next) => TryNext(_live, Waiting.Live, out next);

    public bool TryNextOfBacklog([NotNullWhen(true)] out LogFile? next) => TryNext(_backlog, Waiting.Backlog, out next);

    static bool TryNext(PriorityQueue<LogFile, LogFile> queue, Waiting waits, [NotNullWhen(true)] out LogFile? next)
    {
        while (queue.TryDequeue(out next, out _))
        {
            if (next.Waits != waits)
                continue;
            next.Waits = Waiting.No;
            if (next.MayHaveMore && next.Standing != FileStanding.Absent)
                return true;
        }

        return false;
    }

    static void Enter(PriorityQueue<LogFile, LogFile> queue, LogFile file, Waiting waits)
    {
        file.Waits = waits;
        queue.Enqueue(file, file);
    }

    bool IsLive(LogFile file) => clock.GetUtcNow().UtcDateTime - file.LastWrite < options.LiveWithin;

    /// <summary>Oldest modification time first; a file that is written while it waits keeps its place or moves back a little.</summary>
    sealed class ByAge : IComparer<LogFile>
    {
        public static readonly ByAge Instance = new();

        public int Compare(LogFile? x, LogFile? y) =>
            x!.LastWrite.CompareTo(y!.LastWrite) is not 0 and var byTime ? byTime : string.CompareOrdinal(x.FileName, y.FileName);
    }
}
