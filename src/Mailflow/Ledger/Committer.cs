using System.Collections.Immutable;
using System.Threading.Channels;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Configuration;
using Mailflow.Logging;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The single committer: adds deltas up, writes the changes in one transaction, and only then publishes the snapshot that all other stages
/// read. After a kill at any moment it continues from the last commit: no row is lost or counted twice.
/// </summary>
sealed class Committer(Store store, EventNames names, DeltaPool pool, LedgerOptions options, TimeProvider clock, ILogger log)
{
    /// <summary>Maximum number of deltas in one commit: 64 blocks are 16 MB of log.</summary>
    const int MaxDeltas = 64;

    /// <summary>Maximum size of the deltas of one commit; the last delta may exceed it.</summary>
    const long MaxBytes = DeltaPool.InFlightBytes / 2;

    /// <summary>The pause between two slices of maintenance, so that commits are not delayed.</summary>
    static readonly TimeSpan MaintenanceRest = TimeSpan.FromMilliseconds(25);

    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    readonly Totals _totals = new(names, new((label, name) => Log.LabelFull(log, label, name)));
    readonly Copies _copies = new(options.MostCopies);
    readonly ReadRows _read = new();
    readonly RecentIncidents _incidents = new();
    Arrivals _arrivals = null!;
    Departures _departures = null!;

    // Immutable, because each commit publishes it: unchanged parts are shared.
    readonly ImmutableDictionary<string, DateTime>.Builder _newest =
        ImmutableDictionary.CreateBuilder<string, DateTime>(StringComparer.OrdinalIgnoreCase);


    readonly List<Delta> _pending = new(MaxDeltas);
    long _pendingBytes;

    long? _surveyed;
    TimeSpan _surveyRest;

    long _turned = clock.GetTimestamp();

    // Timestamps, not times of day: setting the clock back must not delay a commit.
    long? _lastCommit;
    long? _lastMaintenance;

    /// <summary>The last committed state.</summary>
    public Snapshot Current { get; private set; } = Snapshot.Empty;

    public LastHour LastHour { get; } = new();

    /// <summary>Time since the last turn of the loop or the last retry of a commit: it grows while a system call hangs.</summary>
    public TimeSpan SinceTurn => clock.GetElapsedTime(Volatile.Read(ref _turned));

    /// <summary>What was counted as <c>other</c>, because the label set was full or the value is not a valid label.</summary>
    public Folded Folded => _totals.Folded;

    /// <summary>Called with each delta after it was committed.</summary>
    public Action<Delta>? Committed { get; set; }

    /// <summary>The ids of the files that are in their folders now, and the roots whose folders cannot be listed.</summary>
    public Func<(IReadOnlySet<long> Files, IReadOnlySet<string> Unseen)>? Present { get; set; }

    /// <summary>What is not committed yet, by root.</summary>
    public Func<IReadOnlyList<UnreadRows>>? Unread { get; set; }

    /// <summary>Called with the ids of the files whose positions were deleted.</summary>
    public Action<IReadOnlyList<long>>? Retired { get; set; }

    /// <summary>Set at each commit, so that shippers need not poll.</summary>
    public Wakeup NewEvents { get; } = new();

    /// <summary>Loads the committed state, and starts closed label sets at 0 for the configured servers.</summary>
    public void Load(IEnumerable<string> servers)
    {
        _arrivals = new(store, _totals, store.Rules);
        _departures = new(store);
        foreach (var row in store.LoadCells())
            _totals.Load(row);
        if (_totals.Unknown > 0)
            Log.CountersUnknown(log, store.Path, _totals.Unknown);
        foreach (var server in _arrivals.Snapshots.Servers)
            _totals.Servers.Load(server);
        _totals.Start(servers);
        _arrivals.Snapshots.Most = _totals.Servers.Most * Enum.GetValues<SnapshotKind>().Length;
        foreach (var (server, time) in store.LoadNewest(clock.GetUtcNow().AddDays(1)))
            Meet(server, time);
        if (store.LoadCopies(_copies) is { } fault)
            Log.CopiesDamaged(log, store.Path, fault);
        if (store.Evidence.Load() is { } missing)
            Log.EvidenceDamaged(log, store.Path, missing);
        store.Rollups.Load();
        _incidents.Take(store.LoadIncidents());
        _copies.Loaded(_totals.ServersWithMail);
        _copies.Looping = _totals.Looping;
        _copies.LostAt = _totals.Lost;
        foreach (var (root, server, time) in store.LoadRead())
            _read.Meet(root, _totals.Servers.Known(server).Value, time);
        var now = clock.GetUtcNow();
        foreach (var (time, cause, side, count) in store.LoadFailures(now.AddHours(-1)))
            LastHour.Add(time, now, cause, side, count);
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

    /// <summary>
    /// Commits until the readers have ended. Deltas are accepted as they arrive; a commit is made after its interval, or earlier when there are
    /// enough deltas.
    /// </summary>
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
            var wait = NextWait(maintenance);
            // Whether this wait is only the pause of the maintenance, which ends before a commit is due.
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

            if ((ended || !rests) && (_pending.Count > 0 || _arrivals.Rejected.AreDue(clock.GetUtcNow()) || _copies.HasChanges))
                await CommitAsync(abort);
            if (maintenance.IsBusy || Until(_lastMaintenance, Maintenance.Interval) <= TimeSpan.Zero)
                Maintain(maintenance);
        }
    }

    /// <summary>Time until the next commit, or, without pending deltas, until the next maintenance.</summary>
    TimeSpan NextWait(Maintenance maintenance)
    {
        if (_pending.Count > 0 || _copies.HasChanges)
            return Until(_lastCommit, options.CommitInterval);
        return maintenance.IsBusy ? MaintenanceRest : Until(_lastMaintenance, Maintenance.Interval);
    }

    bool MayTakeMore => _pending.Count < MaxDeltas && _pendingBytes < MaxBytes;

    /// <summary>The rest of an interval since the last time; zero before the first time.</summary>
    TimeSpan Until(long? last, TimeSpan interval) => last is { } then ? interval - clock.GetElapsedTime(then) : TimeSpan.Zero;

    /// <summary>Does one slice of maintenance between commits. If it fails because the store is busy or full, it is retried later.</summary>
    void Maintain(Maintenance maintenance)
    {
        store.MustBeThere();
        if (!maintenance.IsBusy)
            FollowCopies();
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

    /// <summary>Raises the time up to which all rows are read, and finds lost copies. The next commit writes them.</summary>
    void FollowCopies()
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (Unread is not null && _read.UpTo(Unread(), now) is { } upTo)
        {
            _copies.Raise(Copies.MillisecondsOf(upTo));
            _copies.Survey(Copies.MillisecondsOf(upTo - options.Expiry - Copies.LostAfter));
        }
        else
        {
            _copies.Survey();
        }

        if (_pending.Count == 0)
            Current = Current with { Copies = _copies.ByServer() };
    }

    void Forget(IReadOnlyList<long> files) => Retired?.Invoke(files);

    /// <summary>
    /// The time from which ages are counted: that of the newest row, so that old logs are kept as long as current ones; but not later than now,
    /// in case the clock of a server is ahead.
    /// </summary>
    DateTimeOffset AgeFrom(DateTimeOffset now)
    {
        if (_newest.Count == 0)
            return now;
        var newest = new DateTimeOffset(_newest.Values.Max(), TimeSpan.Zero);
        return newest < now ? newest : now;
    }

    void Take(Delta delta)
    {
        _pending.Add(delta);
        _pendingBytes += delta.Bytes;
        _arrivals.Take(delta, clock.GetUtcNow());
        _totals.Apply(delta);
        if (delta is not RowDelta rows)
            return;
        _arrivals.Builds.Take(rows, _totals.Servers);
        var label = _totals.Servers.Known(rows.Server).Value;
        _copies.Take(rows, label);
        if (rows.Tally.Newest is var newest && newest != default)
        {
            Meet(rows.Server, newest);
            _read.Meet(rows.File.Root, label, newest);
        }
    }

    /// <summary>Records the newest row by server label: rows can name any number of servers, but labels are bounded.</summary>
    void Meet(string server, DateTime time)
    {
        var label = _totals.Servers.Known(server).Value;
        if (!_newest.TryGetValue(label, out var newest) || newest < time)
            _newest[label] = time;
    }

    /// <summary>
    /// Commits, and retries while the disk is full or the file is busy: no deltas are accepted meanwhile, so nothing is lost. Any other error
    /// ends the process.
    /// </summary>
    async Task CommitAsync(CancellationToken abort)
    {
        _arrivals.TakeDue(clock.GetUtcNow());
        while (true)
        {
            store.MustBeThere();
            try
            {
                store.Commit(_pending, _totals, options.KeepDeferrals, options.KeepSubjects, clock.GetUtcNow(), _arrivals, _copies);
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
        foreach (var delta in _pending.OfType<FileDelta>())
            _departures.Seen(delta.File.Id, delta.File.Root, delta is ExportDelta);
        foreach (var delta in _pending.OfType<RowDelta>())
            foreach (var failure in delta.Tally.Failures)
                if (!failure.Deferred)
                    LastHour.Add(new(failure.Time, TimeSpan.Zero), now, failure.Diagnosis.Cause, failure.Diagnosis.Fault, 1);
        foreach (var lone in _arrivals.Lone)
            LastHour.Add(new(lone.Failure.Time, TimeSpan.Zero), now, lone.Failure.Diagnosis.Cause, lone.Failure.Diagnosis.Fault, 1);
        _arrivals.Stored();
        _copies.Stored();
        store.Copies.Stored();
        store.Evidence.Stored();
        _incidents.Take(_pending.OfType<IncidentDelta>().SelectMany(d => d.Incidents));
        Publish(_pending.Count == 0 ? Current.Lag : now - _pending.Min(d => d.ReadAt));
        foreach (var delta in _pending)
        {
            Committed?.Invoke(delta);
            if (delta is FileDelta { File: var file } part)
                file.Progress?.Commit(file.Id, part.End, NewestOf(delta));
            pool.Return(delta);
        }

        _pending.Clear();
        _pendingBytes = 0;
        NewEvents.Set();
        _lastCommit = clock.GetTimestamp();
    }

    static DateTime NewestOf(Delta delta) => delta is RowDelta { File.Format: var format, Tally.Newest: var newest } && format == LogFormat.Tracking
        ? newest
        : DateTime.MaxValue;

    void Publish(TimeSpan lag) =>
        Current = new(
            clock.GetUtcNow(),
            _totals.Publish(),
            _newest.ToImmutable(),
            lag,
            null,
            _arrivals.Snapshots.All)
        {
            Builds = _arrivals.Builds.All,
            Copies = CopiesNow(),
            CopiesByHop = [.. _copies.Open],
            CopiesFolded = _copies.Folded,
            FailedTls = _totals.FailedTls,
            LastEvent = store.LastEvent,
            Incidents = _incidents.All,
        };

    /// <summary>Finding the oldest copies reads all of them, so it is not done more often than every 50 times as long as it takes.</summary>
    ImmutableArray<CopiesAtServer> CopiesNow()
    {
        if (_copies.NeedsSurvey && (_surveyed is not { } last || clock.GetElapsedTime(last) >= _surveyRest))
        {
            var began = clock.GetTimestamp();
            _copies.Survey();
            _surveyed = clock.GetTimestamp();
            _surveyRest = 50 * clock.GetElapsedTime(began);
        }

        return _copies.ByServer();
    }
}
