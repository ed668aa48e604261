using System.Threading.Channels;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Read;
using Mailflow.Tail;

namespace Mailflow.Hosting;

/// <summary>
/// Every channel and stage, in order:
/// <code>
/// Tailer (one per root) ==blocks==> Reader (one per worker) ==deltas==> Committer (one) --> snapshot --> metrics, page
///        '==exports==> ExportWorker (one per root) ==deltas==^     |
///                                                            ^     '--> store --> shippers, at their own pace
///                                                            |==answers== Enricher, from the store
///                                                            '==incidents== Detection, from the store
/// </code>
/// Only tailers see <c>stop</c>; each later stage ends when its input ends. <c>abort</c> means that the deadline has passed or a stage failed.
/// </summary>
sealed class Flow : IDisposable
{
    readonly BlockPool _blocks;
    readonly DeltaPool _deltas;
    readonly HandleRoom _handles = new();
    readonly Reader[] _readers;
    readonly ArchiveReading[] _archives;
    readonly ExportWorker[] _exportWorkers;
    readonly Enricher? _enricher;
    readonly IndexRebuild _rebuild;
    readonly Detection? _detection;
    readonly SignalTable _signals = new(new(), new());
    readonly Channel<LogBlock>[] _toReaders;
    readonly Channel<ExportBlock>[] _toExportWorkers;
    readonly Channel<Delta> _toCommitter;

    /// <param name="checks">What queries DNS about failures; null: nothing is queried.</param>
    public Flow(MailflowOptions options, Store store, TimeProvider clock, ILoggerFactory logs, Checks? checks = null)
    {
        var names = new EventNames();
        _blocks = new(options.InFlightBytes);
        // A worker that hangs keeps the delta that it fills.
        _deltas = new(129 + options.Workers + options.Logs.Count, evidence: options.Incidents);
        var servers = new FolderServers();
        _readers =
        [
            .. Enumerable.Range(0, options.Workers).Select(
                _ => new Reader(names, servers, _blocks, _deltas, clock, store.Rules, index: options.TraceIndex ? new() : null)),
        ];
        // The pools, and for exports the tailer, bound what is in the channels.
        _toReaders = [.. _readers.Select(_ => Channel.CreateUnbounded<LogBlock>(new() { SingleReader = true }))];
        _toExportWorkers = [.. options.Logs.Select(_ => Channel.CreateUnbounded<ExportBlock>(new() { SingleReader = true, SingleWriter = true }))];
        _toCommitter = Channel.CreateUnbounded<Delta>(new() { SingleReader = true });
        store.SetRoots(options.Logs);
        var known = new KnownFiles(store.LoadFiles(), options.Logs);
        _archives =
        [
            .. options.Logs.Select(root => new ArchiveReading(
                root, known, new(names, servers, _blocks, _deltas, clock, store.Rules), _deltas, clock, options.Tail, logs.CreateLogger("Mailflow.Tail"))),
        ];
        var seenRows = new SeenRows(store.Exports.LoadRows());
        _exportWorkers =
        [
            .. _archives.Select(a => new ExportWorker(
                names, servers, _deltas, clock, store.Rules, zone: options.ExportZone, seen: seenRows, archives: a)),
        ];
        Tailers = [.. options.Logs.Select(root => new Tailer(root, known, _blocks, options.Tail, clock, logs.CreateLogger("Mailflow.Tail"), _handles))];
        Committer = new(store, names, _deltas, options.Ledger, clock, logs.CreateLogger("Mailflow.Ledger"));
        Committer.Present = () => Present(known);
        Committer.Unread = Unread;
        Committer.Retired = known.Forget;
        Committer.Load(options.Logs.Select(r => r.Server).OfType<string>());
        _rebuild = new(store, names, _deltas, clock, logs.CreateLogger("Mailflow.Ledger"), options.TraceIndex);
        if (options.Incidents)
            _detection = new(
                store, _deltas, Unread, NewestRow, new(before => SignalsNow(before, clock)), options.Ledger.Keep, clock,
                logs.CreateLogger("Mailflow.Incidents"));
        if (checks is not null)
        {
            var reached = new KnownDomains();
            using (var history = new History(store))
                reached.Add(history.Reached());
            Committer.Committed += delta =>
            {
                if (delta is RowDelta rows)
                    reached.Add(rows.Tally.Reached);
            };
            _enricher = new(new(checks, reached.All), options.Enrich, store, _deltas, Committer.NewEvents, clock, logs.CreateLogger("Mailflow.Enrich"));
        }
    }

    public IReadOnlyList<Tailer> Tailers { get; }

    public Committer Committer { get; }

    /// <summary>The results of the regular checks; null where there are none.</summary>
    public Func<WatchState>? Watched { get; set; }

    /// <summary>Runs until <paramref name="stop"/>, then drains. Ends early, with the error, when a stage fails.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(abort);
        using var stopOrFailed = CancellationTokenSource.CreateLinkedTokenSource(stop, failed.Token);
        ChannelWriter<LogBlock>[] writers = [.. _toReaders.Select(c => c.Writer)];
        var tail = Stages.EndAsync(
            Tailers.Select((t, i) => Task.Run(() => t.RunAsync(writers, _toExportWorkers[i].Writer, stopOrFailed.Token), CancellationToken.None)),
            failed, () => Stages.Complete(_toReaders), () => Stages.Complete(_toExportWorkers));
        var readers = _readers.Select((r, i) => Task.Run(() => r.RunAsync(_toReaders[i].Reader, _toCommitter.Writer, failed.Token), CancellationToken.None))
            .Concat(_exportWorkers.Select(
                (w, i) => Task.Run(() => w.RunAsync(_toExportWorkers[i].Reader, _toCommitter.Writer, failed.Token), CancellationToken.None)));
        // These have no input that ends: like a tailer, they see stop.
        readers = readers.Append(Task.Run(() => _rebuild.RunAsync(_toCommitter.Writer, stopOrFailed.Token), CancellationToken.None));
        if (_detection is not null)
            readers = readers.Append(Task.Run(() => _detection.RunAsync(_toCommitter.Writer, stopOrFailed.Token), CancellationToken.None));
        var read = Stages.EndAsync(
            _enricher is null ? readers : readers.Append(Task.Run(() => _enricher.RunAsync(_toCommitter.Writer, stopOrFailed.Token), CancellationToken.None)),
            failed, () => Stages.Complete(_toCommitter));
        var commit = Stages.EndAsync(
            [Task.Run(() => Committer.RunAsync(_toCommitter.Reader, failed.Token), CancellationToken.None)], failed);
        await Stages.AllAsync(tail, read, commit);
    }

    IEnumerable<Signal> SignalsNow(IReadOnlyCollection<Signal> before, TimeProvider clock) =>
        _signals.Of(new(clock.GetUtcNow().UtcDateTime, Committer.Current, Watched?.Invoke().Round, [.. Tailers.Select(t => t.Status)], before));

    DateTime? NewestRow() => Committer.Current.NewestEvent.Values is var rows && rows.Any() ? rows.Max() : null;

    List<UnreadRows> Unread() =>
    [
        .. Tailers.Select(t => t.Status).Select(
            s => new UnreadRows(s.Root.Name, !s.IsNew && s.Error is null, s.UnreadFrom, s.UnreadRowsFrom)),
    ];

    (IReadOnlySet<long> Files, IReadOnlySet<string> Unseen) Present(KnownFiles known)
    {
        var (files, unseen) = (known.Present(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var status in Tailers.Select(t => t.Status))
        {
            files.UnionWith(status.Unlisted.SelectMany(u => known.Below(status.Root.Name, u.Name)));
            // An empty folder may be a mount point without its file system.
            if (status.IsNew || status.Error is not null || status.Totals.Files == 0)
                unseen.Add(status.Root.Name);
        }

        return (files, unseen);
    }

    public void Dispose()
    {
        foreach (var tailer in Tailers)
            tailer.Dispose();
        _enricher?.Dispose();
        _detection?.Dispose();
        foreach (var archive in _archives)
            archive.Dispose();
        _handles.Dispose();
        _blocks.Dispose();
        _deltas.Dispose();
    }
}
