using System.Diagnostics;
using System.Threading.Channels;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Archives;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Read;
using Mailflow.Tail;

namespace Mailflow.Scan;

/// <summary>The progress of a scan.</summary>
readonly record struct ScanProgress(long Bytes, long TotalBytes, int Files, int TotalFiles);

/// <summary>Reads files once, from start to end, with the same stages as the service. The result is a report, not a store.</summary>
/// <param name="rules">The user's own rules.</param>
/// <param name="sighted">Receives what each block says for the detection of incidents; null: that is not collected.</param>
/// <param name="history">Receives the history by quarter of an hour; null: it is not collected.</param>
/// <param name="seen">Receives what each block of a log changes; null: nobody does.</param>
/// <param name="zone">The zone of times without one in exports of message tracking.</param>
sealed class Scanning(
    int workers, TailOptions options, TimeProvider clock, RulesInForce rules, Action<SightingBlock>? sighted = null, RollupSums? history = null,
    Action<RowDelta>? seen = null, TimeZoneInfo? zone = null) : IDisposable
{
    /// <summary>Small enough that a block stays in the processor's cache between tailer and reader.</summary>
    const long InFlightBytes = 2 * BlockBytes;

    /// <summary>Twice the service's block size: latency does not matter here, and the fixed cost of a block is halved.</summary>
    const int BlockBytes = 2 * BlockPool.BlockBytes;

    readonly EventNames _names = new();
    readonly BlockPool _blocks = new(InFlightBytes, BlockBytes);
    readonly DeltaPool _deltas = new(1 + workers, keepsTimes: true, evidence: sighted is not null, quarters: history is not null);

    /// <param name="paths">Files and folders. In folders, logs and exports are read.</param>
    /// <exception cref="FileNotFoundException">A path does not exist.</exception>
    public async Task<ScanReport> RunAsync(IReadOnlyList<string> paths, IProgress<ScanProgress>? progress, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var report = new ScanReport(_names, rules) { Now = clock.GetUtcNow() };
        var files = Find(paths, report);
        var mails = MailScan.TakeFrom(files, paths);
        var told = mails.Count > 0 ? new ToldRecipients() : null;
        var named = paths.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        // Message-ids are compared only if there are exports: only an event can report the same failure as a log row.
        var details = sighted is not null || mails.Count > 0 || files.Exists(f => !FolderScan.IsLog(f.Path));
        var shared = SharedExports.Collect(files, zone, stop);
        var servers = new FolderServers();
        var toReaders = Enumerable.Range(0, workers).Select(_ => Channel.CreateUnbounded<LogBlock>(new() { SingleReader = true })).ToArray();
        var toReport = Channel.CreateUnbounded<Delta>(new() { SingleReader = true });
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ChannelWriter<LogBlock>[] writers = [.. toReaders.Select(c => c.Writer)];
        var (known, exports, kept) = (new KnownFiles([]), new List<FoundFile>(), new List<ExportBlock>());
        var tail = Stages.EndAsync(
            [EachAsync(files, (file, progressed) => ReadLogAsync(file, writers, exports, kept, progressed, failed.Token))],
            failed,
            () => Stages.Complete(toReaders));
        var read = Stages.EndAsync(
            toReaders.Select(c => Task.Run(
                () => new Reader(_names, servers, _blocks, _deltas, clock, rules, details, shared: shared).RunAsync(c.Reader, toReport.Writer, failed.Token),
                CancellationToken.None)),
            failed);
        var end = Stages.EndAsync([ReadExportsAsync()], failed, () => Stages.Complete(toReport));
        var apply = Stages.EndAsync(
            [Task.Run(() => ApplyAsync(toReport.Reader, report, told, failed.Token), CancellationToken.None)], failed);
        await Stages.AllAsync(tail, read, end, apply);
        if (told is not null)
            new MailScan(report, told, rules, history).Read(mails, named, progress, files.Sum(f => f.Size) + mails.Sum(m => m.Size), stop);
        report.Finish(history);
        report.Shared = shared;
        if (report is { Files: 0, Errors.Count: 0 })
            report.Errors.Add(NothingRead(paths, report));
        report.Elapsed = watch.Elapsed;
        return report;

        // Logs first: their rows name the server of the exports in the same folder.
        async Task ReadExportsAsync()
        {
            await read;
            var worker = new ExportWorker(_names, servers, _deltas, clock, rules, details, zone);
            await EachAsync(
                exports, async (file, _) => ExportReading.Next(file) is not { } export || await IsReadAsync(file.Path, export, shared?.Of(file.Path)));
            foreach (var export in kept)
            {
                var bytes = export.Whole.Length;
                if (await IsReadAsync(export.File.Name, export, choice: null))
                    (report.Files, report.Bytes) = (report.Files + 1, report.Bytes + bytes);
            }

            async Task<bool> IsReadAsync(string path, ExportBlock export, IRowChoice? choice) =>
                IsRead(report, path, export, await worker.ReadAsync(export, toReport.Writer, failed.Token, choice));
        }

        Task EachAsync(List<FoundFile> some, Func<LogFile, Action<long>, Task<bool>> action) =>
            ReadFilesAsync(some, known, named, report, files.Sum(f => f.Size), progress, action);
    }

    public void Dispose()
    {
        _blocks.Dispose();
        _deltas.Dispose();
    }

    async Task ApplyAsync(ChannelReader<Delta> deltas, ScanReport report, ToldRecipients? told, CancellationToken abort)
    {
        await foreach (var delta in deltas.ReadAllAsync(abort))
        {
            report.Apply(delta);
            if (told is not null && delta is RowDelta { Tally.Failures: var failures })
                failures.ForEach(told.Add);
            if (delta is RowDelta { Tally.Sightings: { } block })
                sighted?.Invoke(block);
            if (delta is RowDelta rows)
                See(rows);
            else if (delta is ExportDelta export)
                history?.Take(export);
            _deltas.Return(delta);
        }

        foreach (var rows in report.OwnFailures(quarters: history is not null))
        {
            report.Apply(rows);
            See(rows);
        }

        void See(RowDelta rows)
        {
            history?.Take(rows);
            seen?.Invoke(rows);
        }
    }

    static bool IsRead(ScanReport report, string path, ExportBlock export, string? why)
    {
        if (why is not null)
            report.Unreadable(path, why, export.End);
        return why is null;
    }

    static string NothingRead(IReadOnlyList<string> paths, ScanReport report) => report.LeftAlone switch
    {
        [] => $"No log was found in {string.Join(", ", paths)}: expected Exchange logs, also in archives (.gz, .zip, .zst, .7z), exports, or mails"
            + " (.eml, .mbox).",
        [var one] => $"Nothing was read. {one.Path} is ignored: {one.Why.TrimEnd('.')}.",
        [var first, ..] => $"Nothing was read: {report.LeftAlone.Count} paths are ignored. The first is {first.Path}: {first.Why.TrimEnd('.')}.",
    };

    /// <param name="named">The given paths. A file that was found in a folder, and is no log, is only listed.</param>
    /// <param name="read">Reads one file and reports its progress. False if the file is read later.</param>
    internal static async Task ReadFilesAsync(
        List<FoundFile> files, KnownFiles known, HashSet<string> named, ScanReport report, long total,
        IProgress<ScanProgress>? progress, Func<LogFile, Action<long>, Task<bool>> read)
    {
        var sources = new ScanSources(report);
        using var twins = files.Exists(f => !FolderScan.IsUsual(f.Path)) ? new ScanTwins() : null;
        var packed = 0L;
        for (var i = 0; i < files.Count; i++)
        {
            var (found, number) = (files[i], i);
            try
            {
                foreach (var opened in sources.Open(found))
                {
                    using var file = opened;
                    await ReadFileAsync(file);
                }
            }
            catch (FileNotFoundException e) when (!named.Contains(found.Path))
            {
                // Exchange deletes its oldest logs.
                report.LeftAlone.Add(new(found.Path, e.Message));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report.Unreadable(found.Path, e.Message, found.Size);
            }

            packed += found.Size;

            async Task ReadFileAsync(LogFile file)
            {
                var isOther = !FolderScan.IsUsual(file.FileName) && !named.Contains(found.Path);
                try
                {
                    if (!ScanOpening.Open(file, found, sources, known, report, isOther)
                        || !ScanOpening.IsNew(file, found, twins, report)
                        || !await read(file, bytes => progress?.Report(new(Math.Min(total, packed + Math.Min(bytes, found.Size)), total, number, files.Count))))
                        return;
                    report.Files++;
                    report.Bytes += file.Size;
                    if ((file.Reading.Unpacked as StreamBytes)?.Fault is { } fault)
                        report.Incomplete(file.Path, fault.Message);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    report.Unreadable(file.Path, e.Message, found.Size);
                }
                catch (ReplacedException)
                {
                    report.LeftAlone.Add(new(file.Path, "changed while it was read; the data before the change is counted"));
                }
            }
        }
    }

    async Task<bool> ReadLogAsync(
        LogFile file, ChannelWriter<LogBlock>[] readers, List<FoundFile> exports, List<ExportBlock> kept, Action<long> progressed, CancellationToken stop)
    {
        if (file.Tracked!.Format.IsExport)
        {
            if (file.Reading.Unpacked is null)
                exports.Add(new(file.Path, 0, 0, file.Size, default));
            else if (ExportReading.Next(file) is { } export)
                kept.Add(export);
            return false;
        }

        var reader = readers[(int)(file.Tracked.Id % readers.Length)];
        while (await BlockReading.NextAsync(file, _blocks, options.MaxLineBytes, stop) is { } block)
        {
            await reader.WriteAsync(block, stop);
            progressed(file.Offset);
        }

        // The last line of what could be unpacked is cut off.
        if (file.Reading.Unpacked is StreamBytes { Fault: not null })
            return true;
        if (await BlockReading.UnfinishedAsync(file, _blocks, options.MaxLineBytes, stop) is { } last)
            await reader.WriteAsync(last, stop);
        return true;
    }

    /// <summary>The files to read: first those with the usual names, then archives and files with other names.</summary>
    internal static List<FoundFile> Find(IReadOnlyList<string> paths, ScanReport report)
    {
        var (files, others) = (new List<FoundFile>(), new List<FoundFile>());
        foreach (var path in paths.SelectMany(Expand))
        {
            var (found, rest, passed) = (new List<FoundFile>(), new List<FoundFile>(), new List<PassedOver>());
            if (path == ScanSources.StandardInput)
            {
                others.Add(new(path, 0, 0, 0, default) { IsStream = true });
            }
            else if (Directory.Exists(path))
            {
                if (FolderScan.Find(path, found, passed, rest) is { } error)
                    report.Unreadable(path, error);
                foreach (var one in passed)
                    if (one.IsUnknown)
                        report.Unlisted(one.Path, one.Why);
                    else if (FolderScan.IsUsual(one.Path) || NoLog.LooksLikeLog(Path.GetFileName(one.Path), []) || Directory.Exists(one.Path))
                        report.LeftAlone.Add(new(one.Path, one.Why));
                files.AddRange(found.OrderBy(f => f.Path, StringComparer.Ordinal));
                others.AddRange(rest.OrderBy(f => f.Path, StringComparer.Ordinal));
            }
            else if (FileId.Find(Path.GetFullPath(path), follow: true, out var error, out var other) is { } file)
            {
                (FolderScan.IsUsual(path) ? files : others).Add(file);
            }
            else if (error is not null)
            {
                report.Unreadable(path, error);
            }
            else if (other is not null)
            {
                others.Add(new(Path.GetFullPath(path), 0, 0, 0, default) { IsStream = true });
            }
            else
            {
                throw new FileNotFoundException($"{path} does not exist: expected a log file or a folder of logs.", path);
            }
        }

        // A file that is given twice or has two names is read once.
        return [.. files.Concat(others).DistinctBy(f => f.Inode == 0 ? (f.Path, 0L, 0L) : ("", f.Device, f.Inode))];
    }

    static IReadOnlyList<string> Expand(string path) =>
        Wildcards.Expand(path) is { Count: > 0 } found
            ? found
            : throw new FileNotFoundException($"{path} matches nothing: expected log files, exports, or folders with them.", path);
}
