using Mailflow.Configuration;

namespace Mailflow.Ledger;

/// <summary>
/// Retention and sums of hours, done between commits on the committer's thread: in transactions of some hundred rows, for a few milliseconds at a
/// time, so that a commit is not delayed for longer. Slow queries run on another thread.
/// </summary>
/// <param name="kept">The time from which ages are counted.</param>
sealed class Maintenance(
    Store store, Departures departures, Arrivals arrivals, LedgerOptions options, TimeProvider clock,
    Func<DateTimeOffset, DateTimeOffset> kept) : IDisposable
{
    /// <summary>Time between two passes.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>How long one call of <see cref="Work"/> works.</summary>
    static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Rejecting replies are bounded when they are written, so only their age is checked. That reads all of them, so it is done rarely: after a
    /// thirtieth of the time for which they are kept.
    /// </summary>
    TimeSpan SweepInterval => options.Keep / 30 > LeastSweepInterval ? options.Keep / 30 : LeastSweepInterval;

    static readonly TimeSpan LeastSweepInterval = TimeSpan.FromHours(1);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    HourBuilding? _hours;
    IEnumerator<Task?>? _pass;
    Task? _waits;
    long? _lastSweep;

    /// <summary>The ids of the files that are in their folders now, and the roots whose folders cannot be listed. Called on another thread.</summary>
    public Func<(IReadOnlySet<long> Files, IReadOnlySet<string> Unseen)>? Present { get; set; }

    /// <summary>Called with the ids of the files whose positions were deleted.</summary>
    public Action<IReadOnlyList<long>> Forgotten { get; set; } = _ => { };

    /// <summary>Whether a pass is unfinished.</summary>
    public bool IsBusy => _pass is not null;

    /// <summary>Starts or continues a pass for <see cref="Slice"/>.</summary>
    public void Work()
    {
        var began = clock.GetTimestamp();
        _pass ??= Pass(clock.GetUtcNow()).GetEnumerator();
        try
        {
            while (_waits is null or { IsCompleted: true })
            {
                _waits = null;
                if (!_pass.MoveNext())
                {
                    End();
                    return;
                }

                _waits = _pass.Current;
                if (clock.GetElapsedTime(began) >= Slice)
                    return;
            }
        }
        catch
        {
            End();
            throw;
        }
    }

    /// <summary>Waits for the other thread to finish its query, at most for <see cref="Patience"/>.</summary>
    public async Task StopAsync()
    {
        if (_waits is { } reading)
            await reading.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End();
    }

    public void Dispose() => _hours?.Dispose();

    /// <summary>One pass over everything. Each step is a small transaction, or a task to wait for.</summary>
    IEnumerable<Task?> Pass(DateTimeOffset now)
    {
        var old = (kept(now) - options.Keep).ToUnixTimeMilliseconds();
        // A prediction is better with more weeks, but it works with one.
        while (store.Bytes() > options.MaxBytes && store.Evidence.DeleteOldest(kept(now).AddDays(-7)) > 0)
            yield return null;
        // Failures of the last hour are always kept.
        var hourAgo = now.AddHours(-1).ToUnixTimeMilliseconds();
        while (store.Events.DeleteOldest(store.Bytes() > options.MaxBytes ? hourAgo : Math.Min(hourAgo, old)) > 0)
            yield return null;
        while (store.ForgetQuarantine() > 0)
            yield return null;
        if (_lastSweep is not { } last || clock.GetElapsedTime(last) >= SweepInterval)
        {
            foreach (var _ in store.Replies.Sweep(old))
                yield return null;
            _lastSweep = clock.GetTimestamp();
        }

        while (store.EndIdleTraces(now) > 0)
            yield return null;
        foreach (var _ in store.Evidence.Tidy(kept(now), options.Keep))
            yield return null;
        foreach (var _ in store.Rollups.Tidy(kept(now), options.Keep, now))
            yield return null;
        // The next commit writes these deletions.
        arrivals.Rejected.Prune(now - options.Keep);
        arrivals.Told.Prune(now - options.Keep);
        arrivals.Snapshots.Prune(now - options.Keep);
        arrivals.Builds.Prune(DateTimeOffset.FromUnixTimeMilliseconds(old));
        if (Present is not null)
        {
            var present = Task.Run(Present);
            while (!present.IsCompleted)
                yield return present;
            var (files, unseen) = present.GetAwaiter().GetResult();
            foreach (var _ in departures.Retire(files, unseen, now, options.Keep, Forgotten))
                yield return null;
        }

        foreach (var waits in ForgetSeen())
            yield return waits;
        foreach (var waits in AddUp(now))
            yield return waits;
    }

    /// <summary>Deletes the oldest Windows events if there are too many. Counting a million of them is slow, so it is done only after many additions.</summary>
    IEnumerable<Task?> ForgetSeen()
    {
        if (arrivals.Seen.Added < SeenEvents.MaxSeen / 10)
            yield break;
        arrivals.Seen.Added = 0;
        var floor = Task.Run(() => ExportTables.Floor(store, SeenEvents.MaxSeen));
        while (!floor.IsCompleted)
            yield return floor;
        if (floor.GetAwaiter().GetResult() is not { } before)
            yield break;
        arrivals.Seen.Forgot(before);
        foreach (var _ in store.Exports.Forget(before))
            yield return null;
    }

    /// <summary>Stores the sums of past hours for which no row has arrived since the last pass.</summary>
    IEnumerable<Task?> AddUp(DateTimeOffset now)
    {
        _hours ??= new(store);
        var busy = store.Events.TakeChanged();
        _hours.Restart();
        while (true)
        {
            var next = Task.Run(() => _hours.Next(HourSums.Of(now.ToUnixTimeMilliseconds()), busy));
            while (!next.IsCompleted)
                yield return next;
            var hours = next.GetAwaiter().GetResult();
            if (hours.Count == 0)
                yield break;
            store.Events.Seal(hours);
            yield return null;
        }
    }

    void End()
    {
        _pass?.Dispose();
        _pass = null;
        _waits = null;
    }
}
