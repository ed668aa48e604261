using Mailflow.Pipeline;

namespace Mailflow.Trace;

/// <summary>Limits of a search.</summary>
/// <param name="Deadline">The longest time of the whole search.</param>
/// <param name="Stall">The longest time of one call of the system: a folder that does not answer for this long is given up.</param>
/// <param name="Workers">Threads that read at the same time, at least one for each root.</param>
sealed record SearchLimits(TimeSpan Deadline, TimeSpan Stall, int Workers);

/// <summary>
/// Reads parts of the files of some roots, the newest first. Each root has threads of its own: a call to a share may hang and cannot be cancelled, so its
/// threads are no longer waited for, and the other roots are searched to their end.
/// </summary>
sealed class Sweep(SearchLimits limits, TimeProvider clock, TraceNotes notes)
{
    static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    readonly long _start = clock.GetTimestamp();

    /// <summary>Whether the time of the whole search is over.</summary>
    public bool IsOver => clock.GetElapsedTime(_start) >= limits.Deadline;

    /// <param name="partsOf">The parts of a root, on a thread of the root.</param>
    /// <param name="read">Reads a part; its result is read next, if it is one.</param>
    /// <param name="isEnough">Whether rows of this time and earlier ones are not needed.</param>
    public async Task RunAsync(
        IEnumerable<TraceRoot> roots, Func<TraceRoot, IEnumerable<TracePart>> partsOf, Func<Lane, TracePart, TracePart?> read, Func<DateTime, bool> isEnough,
        CancellationToken stop)
    {
        var lanes = roots.Where(r => !r.IsLost).Select(r => new Lane(r, clock)).ToList();
        var threads = lanes.Count == 0 ? 0 : Math.Max(1, limits.Workers / lanes.Count);
        foreach (var lane in lanes)
            lane.Start(threads, () => partsOf(lane.Root), part => read(lane, part), isEnough);
        var all = Task.WhenAll(lanes.Select(l => l.Ended));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        while (!all.IsCompleted && !IsOver && !stop.IsCancellationRequested && !lanes.Exists(l => l.Ended.IsFaulted))
        {
            var left = limits.Deadline - clock.GetElapsedTime(_start);
            await Task.WhenAny(all, Task.Delay(left >= CheckEvery ? CheckEvery : left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, ended.Token));
            foreach (var lane in lanes.Where(l => l.Waiting >= limits.Stall))
                GiveUp(lane, $"did not answer for {limits.Stall.TotalSeconds:0.#} s");
        }

        foreach (var lane in lanes.Where(_ => IsOver))
            GiveUp(lane, lane.Waiting > TimeSpan.Zero && lane.Waiting >= limits.Deadline / 2 ? "did not answer" : "was not searched completely");
        foreach (var lane in lanes)
            lane.GiveUp();
        await ended.CancelAsync();
        stop.ThrowIfCancellationRequested();
        await all;

        void GiveUp(Lane lane, string says)
        {
            if (!lane.GiveUp())
                return;
            lane.Root.IsLost = true;
            notes.Add(
                FormattableString.Invariant($"{lane.Root.Name} {says}: the search ended there after {clock.GetElapsedTime(_start).TotalSeconds:0.#} s")
                + ", and rows of its logs may be missing.");
        }
    }
}

/// <summary>The threads that read one root.</summary>
sealed class Lane(TraceRoot root, TimeProvider clock)
{
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly PriorityQueue<TracePart, (long NewestFirst, int Order)> _parts = new();
    readonly List<Pulse> _pulses = [];
    readonly Lock _lock = new();
    int _running;
    int _order;
    bool _givenUp;

    [ThreadStatic]
    static Pulse? _pulse;

    public TraceRoot Root => root;

    public Task Ended => _ended.Task;

    /// <summary>Whether nothing is expected of it any more: its threads end when the call that they wait for returns.</summary>
    public bool IsGivenUp => Volatile.Read(ref _givenUp);

    /// <summary>How long the longest call has been waiting.</summary>
    public TimeSpan Waiting
    {
        get
        {
            lock (_lock)
                return _ended.Task.IsCompleted || _pulses.Count == 0 ? TimeSpan.Zero : _pulses.Max(p => p.Waiting);
        }
    }

    /// <summary>Makes a call that may hang.</summary>
    public static T Ask<T>(Func<T> call)
    {
        var pulse = _pulse ?? throw new InvalidOperationException("Only a thread of the lane asks.");
        pulse.Ask();
        try
        {
            return call();
        }
        finally
        {
            pulse.Answered();
        }
    }

    /// <summary>Hands over a result, unless the lane was given up.</summary>
    public void Deliver(Action result)
    {
        lock (_lock)
            if (!_givenUp)
                result();
    }

    /// <returns>False where it has ended.</returns>
    public bool GiveUp()
    {
        lock (_lock)
        {
            // Also of a lane of which a thread has failed: its other threads need not read on.
            Volatile.Write(ref _givenUp, true);
            return _ended.TrySetResult();
        }
    }

    public void Start(int threads, Func<IEnumerable<TracePart>> list, Func<TracePart, TracePart?> read, Func<DateTime, bool> isEnough)
    {
        _running = 1;
        StartThread(() =>
        {
            Add(Ask(list));
            int helpers;
            lock (_lock)
                _running += helpers = Math.Max(0, Math.Min(threads, _parts.Count) - 1);
            for (var i = 0; i < helpers; i++)
                StartThread(Work);
            Work();
        });

        void Work()
        {
            while (!IsGivenUp && Next() is { } part && !isEnough(part.Bound))
                if (read(part) is { } next)
                    Add([next]);
        }
    }

    void StartThread(Action work) => new Thread(() => Run(work)) { IsBackground = true, Name = "trace" }.Start();

    void Run(Action work)
    {
        _pulse = new(clock);
        lock (_lock)
            _pulses.Add(_pulse);
        try
        {
            work();
        }
#pragma warning disable CA1031 // The exception continues where the search is awaited.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _ended.TrySetException(e);
        }

        lock (_lock)
            if (--_running <= 0)
                _ended.TrySetResult();
    }

    void Add(IEnumerable<TracePart> parts)
    {
        lock (_lock)
            foreach (var part in parts)
                _parts.Enqueue(part, (-part.Bound.Ticks, _order++));
    }

    TracePart? Next()
    {
        lock (_lock)
            return _parts.TryDequeue(out var part, out _) ? part : null;
    }
}
