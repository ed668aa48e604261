using Mailflow.Configuration;

namespace Mailflow.Ledger;

/// <summary>
/// What is to be cleaned up or added up in the store, done between commits on the committer's thread: in transactions of some hundred rows, and for a few milliseconds at a time, so that
/// no commit waits for longer than that. What takes long to find out is found out on another thread.
/// </summary>
/// <param name="kept">The time that ages are counted from.</param>
sealed class Maintenance(
    Store store, Departures departures, Arrivals arrivals, LedgerOptions options, TimeProvider clock,
    Func<DateTimeOffset, DateTimeOffset> kept) : IDisposable
{
    /// <summary>How often it is looked whether there is something to do.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>How long it works at once.</summary>
    static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(25);

    /// <summary>Refusals are bounded when they are written; only their age is left to look at, and looking at all of them takes a while.</summary>
    TimeSpan SweepInterval => options.Keep / 30 is var part && part > LeastSweepInterval ? part : LeastSweepInterval;

    static readonly TimeSpan LeastSweepInterval = TimeSpan.FromHours(1);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    HourBuilding? _hours;
    IEnumerator<Task?>? _pass;
    Task? _waits;
    long? _lastSweep;

    /// <summary>The numbers of the files that are in their folders now, and the roots of which nobody can tell. Asked on another thread.</summary>
    public Func<(IReadOnlySet<long> Files, IReadOnlySet<string> Unseen)>? Present { get; set; }

    /// <summary>Called with the numbers of files that were forgotten.</summary>
    public Action<IReadOnlyList<long>> Forgotten { get; set; } = _ => { };

    /// <summary>Whether a pass has begun and not ended.</summary>
    public bool IsBusy => _pass is not null;

    /// <summary>Works for a moment: begins a pass, or goes on with it.</summary>
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

    /// <summary>Waits for what another thread reads, but not for long.</summary>
    public async Task StopAsync()
    {
        if (_waits is { } reading)
            await reading.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End();
    }

    public void Dispose() => _hours?.Dispose();

    /// <summary>Everything, once. Each step is a small transaction, or something to wait for.</summary>
    IEnumerable<Task?> Pass(DateTimeOffset now)
    {
        var old = (kept(now) - options.Keep).ToUnixTimeMilliseconds();
        // Failures of the last hour always stay.
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

        // What they forget is written with the next commit.
        arrivals.Rejected.Prune(now - options.Keep);
        arrivals.Snapshots.Prune(now - options.Keep);
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

    /// <summary>Counting a million Windows events takes a while.</summary>
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

    /// <summary>Adds up the hours that are over and that no row has come for since the last pass.</summary>
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
            if (next.GetAwaiter().GetResult() is not { Count: > 0 } hours)
                yield break;
            store.Events.Seal(hours);
            yield return null;
        }
    }

    void End()
    {
        _pass?.Dispose();
        (_pass, _waits) = (null, null);
    }
}
