using System.Collections.Immutable;
using System.Threading.Channels;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Configuration;
using Mailflow.Logging;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The single committer: adds deltas up, writes what they change in one transaction, and only then publishes the snapshot that everyone
/// else sees. Killed at any moment, it goes on from the last commit: no row is lost or counted twice.
/// </summary>
sealed class Committer(Store store, EventNames names, DeltaPool pool, LedgerOptions options, TimeProvider clock, ILogger log)
{
    /// <summary>Deltas of one commit at the most: 64 blocks are 16 MB of log.</summary>
    const int MaxDeltas = 64;

    /// <summary>What the deltas of one commit may hold; the last of them may go beyond.</summary>
    const long MaxBytes = DeltaPool.InFlightBytes / 2;

    /// <summary>While there is something to clean up, commits and rest take turns with it.</summary>
    static readonly TimeSpan MaintenanceRest = TimeSpan.FromMilliseconds(25);

    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    readonly Totals _totals = new(names, new((label, name) => Log.LabelFull(log, label, name)));
    Arrivals _arrivals = null!;
    Departures _departures = null!;

    // Each commit publishes it as it is: what does not change is shared.
    readonly ImmutableDictionary<string, DateTime>.Builder _newest = ImmutableDictionary.CreateBuilder<string, DateTime>(StringComparer.OrdinalIgnoreCase);
    readonly List<Delta> _pending = new(MaxDeltas);
    long _pendingBytes;

    long _turned = clock.GetTimestamp();

    // Timestamps, not times of day: a clock that is set back must not hold a commit up.
    long? _lastCommit;
    long? _lastMaintenance;

    /// <summary>The last committed state.</summary>
    public Snapshot Current { get; private set; } = Snapshot.Empty;

    public LastHour LastHour { get; } = new();

    /// <summary>How long ago the loop last turned, or tried a commit again: a system call that hangs shows here.</summary>
    public TimeSpan SinceTurn => clock.GetElapsedTime(Volatile.Read(ref _turned));

    /// <summary>What was counted as <c>other</c> for want of room or of a name.</summary>
    public Folded Folded => _totals.Folded;

    /// <summary>Called with each delta after it was committed.</summary>
    public Action<Delta>? Committed { get; set; }

    /// <summary>The numbers of the files that are in their folders now, and the roots of which nobody can tell.</summary>
    public Func<(IReadOnlySet<long> Files, IReadOnlySet<string> Unseen)>? Present { get; set; }

    /// <summary>Called with the numbers of files that were forgotten.</summary>
    public Action<IReadOnlyList<long>>? Retired { get; set; }

    /// <summary>Set at each commit: shippers wait for it instead of asking again and again.</summary>
    public Signal NewEvents { get; } = new();

    /// <summary>Takes up what was committed before, and starts closed label sets at 0 for the servers that are configured.</summary>
    public void Load(IEnumerable<string> servers)
    {
        _arrivals = new(store, _totals);
        _departures = new(store);
        foreach (var row in store.LoadCells())
            _totals.Load(row);
        if (_totals.Unknown > 0)
            Log.CountersUnknown(log, store.Path, _totals.Unknown);
        foreach (var server in _arrivals.Snapshots.Servers)
            _totals.Servers.Load(server);
        _totals.Start(servers);
        _arrivals.Snapshots.Most = _totals.Servers.Most * Enum.GetValues<SnapshotKind>().Length;
        foreach (var (server, time) in store.LoadNewest())
            Meet(server, time);
        var now = clock.GetUtcNow();
        foreach (var (time, cause, fault, count) in store.LoadFailures(now.AddHours(-1)))
            LastHour.Add(time, now, cause, fault, count);
        try
        {
            store.Commit([], _totals, false, false, now);
        }
        catch (SqliteException e)
        {
            throw StoreException.Unusable(store.Path, e.Message);
        }

        _totals.Stored();
        _arrivals.Stored();
        Publish(TimeSpan.Zero);
    }

    /// <summary>Commits until the readers have ended. Deltas are taken in as they come; a commit waits for its interval, or for enough of them.</summary>
    public async Task RunAsync(ChannelReader<Delta> deltas, CancellationToken abort)
    {
        using var maintenance = new Maintenance(store, _departures, _arrivals, options, clock, AgeFrom) { Present = Present, Forgotten = Forget };
        try
        {
            await CommitAllAsync(deltas, maintenance, abort);
        }
        finally
        {
            await maintenance.StopAsync();
        }
    }

    async Task CommitAllAsync(ChannelReader<Delta> deltas, Maintenance maintenance, CancellationToken abort)
    {
        Task<bool>? more = null;
        for (var ended = false; ;)
        {
            Volatile.Write(ref _turned, clock.GetTimestamp());
            while (MayTakeMore && deltas.TryRead(out var delta))
                Take(delta);
            var full = !MayTakeMore;
            var wait = _pending.Count > 0
                ? Until(_lastCommit, options.CommitInterval)
                : maintenance.IsBusy ? MaintenanceRest
                : Until(_lastMaintenance, Maintenance.Interval);
            // A rest ends before a commit is due; where there is none, a commit is due when the waiting ends.
            var rests = !full && maintenance.IsBusy && _pending.Count > 0 && MaintenanceRest < wait;
            if (rests)
                wait = MaintenanceRest;
            if (!full && wait > TimeSpan.Zero)
            {
                more ??= deltas.WaitToReadAsync(abort).AsTask();
                await ((Task)more).WaitAsync(wait, clock, abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                abort.ThrowIfCancellationRequested();
                if (more.IsCompleted)
                {
                    var open = await more;
                    more = null;
                    if (open)
                        continue;
                    if (_pending.Count == 0)
                        return;
                    ended = true;
                }
            }

            if ((ended || !rests) && (_pending.Count > 0 || _arrivals.Rejected.AreDue(clock.GetUtcNow())))
                await CommitAsync(abort);
            if (maintenance.IsBusy || Until(_lastMaintenance, Maintenance.Interval) <= TimeSpan.Zero)
                Maintain(maintenance);
        }
    }

    bool MayTakeMore => _pending.Count < MaxDeltas && _pendingBytes < MaxBytes;

    /// <summary>What is left of an interval; nothing before the first time.</summary>
    TimeSpan Until(long? last, TimeSpan interval) => last is { } then ? interval - clock.GetElapsedTime(then) : TimeSpan.Zero;

    /// <summary>Cleans up between commits, for a moment. What cannot be done now is tried again; it holds nothing up.</summary>
    void Maintain(Maintenance maintenance)
    {
        store.MustBeThere();
        try
        {
            maintenance.Work();
        }
        catch (SqliteException e) when (e.MayWrite())
        {
            Log.PruneFailed(log, store.Path, e.Message);
        }

        if (!maintenance.IsBusy)
            _lastMaintenance = clock.GetTimestamp();
    }

    void Forget(IReadOnlyList<long> files) => Retired?.Invoke(files);

    /// <summary>Ages are counted from the newest row, so that logs of long ago are kept as long as those of today; a server's clock that is ahead changes nothing.</summary>
    DateTimeOffset AgeFrom(DateTimeOffset now) =>
        _newest.Count > 0 && new DateTimeOffset(_newest.Values.Max(), TimeSpan.Zero) is var newest && newest < now ? newest : now;

    void Take(Delta delta)
    {
        _pending.Add(delta);
        _pendingBytes += delta.Bytes;
        _arrivals.Take(delta, clock.GetUtcNow());
        _totals.Apply(delta);
        if (delta.Answers is not null)
            return;
        if (delta.Tally.Newest != default)
            Meet(delta.Server, delta.Tally.Newest);
    }

    /// <summary>The newest row of each label: rows can name any number of servers.</summary>
    void Meet(string server, DateTime time)
    {
        var label = _totals.Servers.Known(server).Value;
        if (!_newest.TryGetValue(label, out var newest) || newest < time)
            _newest[label] = time;
    }

    /// <summary>A full disk or a busy file is waited for: intake stands still meanwhile and nothing is lost. Anything else ends the process.</summary>
    async Task CommitAsync(CancellationToken abort)
    {
        _arrivals.TakeDue(clock.GetUtcNow());
        while (true)
        {
            store.MustBeThere();
            try
            {
                store.Commit(_pending, _totals, options.KeepDeferrals, options.KeepSubjects, clock.GetUtcNow(), _arrivals);
                break;
            }
            catch (SqliteException e) when (e.MayWrite())
            {
                var isNew = Current.Problem is null;
                Current = Current with { Problem = e.Message };
                if (isNew)
                    Log.CommitFailed(log, store.Path, e.Message);
                await Task.Delay(RetryInterval, clock, abort);
                Volatile.Write(ref _turned, clock.GetTimestamp());
            }
        }

        if (Current.Problem is not null)
            Log.CommitRecovered(log, store.Path);
        var now = clock.GetUtcNow();
        _totals.Stored();
        foreach (var delta in _pending.Where(d => d.Answers is null))
            _departures.Seen(delta.File.Id, delta.File.Root, delta.Records is not null);
        foreach (var delta in _pending)
            foreach (var failure in delta.Tally.Failures)
                if (!failure.Deferred)
                    LastHour.Add(new(failure.Time, TimeSpan.Zero), now, failure.Diagnosis.Cause, failure.Diagnosis.Fault, 1);
        foreach (var lone in _arrivals.Lone)
            LastHour.Add(new(lone.Failure.Time, TimeSpan.Zero), now, lone.Failure.Diagnosis.Cause, lone.Failure.Diagnosis.Fault, 1);
        _arrivals.Stored();
        Publish(_pending.Count == 0 ? Current.Lag : now - _pending.Min(d => d.ReadAt));
        foreach (var delta in _pending)
        {
            Committed?.Invoke(delta);
            if (delta.Answers is null)
                delta.File.Progress?.Commit(delta.File.Id, delta.End);
            pool.Return(delta);
        }

        _pending.Clear();
        _pendingBytes = 0;
        NewEvents.Set();
        _lastCommit = clock.GetTimestamp();
    }

    void Publish(TimeSpan lag) =>
        Current = new(
            clock.GetUtcNow(),
            _totals.Publish(),
            _newest.ToImmutable(),
            lag,
            null,
            _arrivals.Snapshots.All)
        {
            LastEvent = store.LastEvent,
        };
}
