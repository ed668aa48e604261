using System.Diagnostics;
using System.Threading.Channels;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
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
sealed class Scanning(
    int workers, TailOptions options, TimeProvider clock, RulesInForce rules, Action<SightingBlock>? sighted = null, RollupSums? history = null,
    Action<RowDelta>? seen = null) : IDisposable
{
    /// <summary>Small enough that a block stays in the processor's cache between tailer and reader.</summary>
    const long InFlightBytes = 2 * BlockBytes;

    /// <summary>Twice the service's block size: latency does not matter here, and the fixed cost of a block is halved.</summary>
    const int BlockBytes = 2 * BlockPool.BlockBytes;

    static readonly string[] Archives = [".gz", ".zip", ".7z", ".bz2", ".xz", ".zst", ".tgz", ".rar", ".cab"];

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
        var servers = new FolderServers();
        var toReaders = Enumerable.Range(0, workers).Select(_ => Channel.CreateUnbounded<LogBlock>(new() { SingleReader = true })).ToArray();
        var toReport = Channel.CreateUnbounded<Delta>(new() { SingleReader = true });
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ChannelWriter<LogBlock>[] writers = [.. toReaders.Select(c => c.Writer)];
        var (known, exports) = (new KnownFiles([]), new List<FoundFile>());
        var tail = Stages.EndAsync(
            [EachAsync(files, (file, progressed) => ReadLogAsync(file, writers, exports, progressed, failed.Token))],
            failed,
            () => Stages.Complete(toReaders));
        var read = Stages.EndAsync(
            toReaders.Select(c => Task.Run(
                () => new Reader(_names, servers, _blocks, _deltas, clock, rules, details).RunAsync(c.Reader, toReport.Writer, failed.Token),
                CancellationToken.None)),
            failed);
        var end = Stages.EndAsync([ReadExportsAsync()], failed, () => Stages.Complete(toReport));
        var apply = Stages.EndAsync(
            [Task.Run(() => ApplyAsync(toReport.Reader, report, told, failed.Token), CancellationToken.None)], failed);
        await Stages.AllAsync(tail, read, end, apply);
        if (told is not null)
            new MailScan(report, told, rules, history).Read(mails, named, progress, files.Sum(f => f.Size) + mails.Sum(m => m.Size), stop);
        report.Finish(history);
        if (report is { Files: 0, Errors.Count: 0 })
            report.Errors.Add(NothingRead(paths, report));
        report.Elapsed = watch.Elapsed;
        return report;

        // Logs first: their rows name the server of the exports in the same folder.
        async Task ReadExportsAsync()
        {
            await read;
            var worker = new ExportWorker(servers, _deltas, clock, rules);
            await EachAsync(exports, async (file, _) =>
            {
                if (ExportReading.Next(file) is { } export)
                    await worker.ReadAsync(export, toReport.Writer, failed.Token);
                return true;
            });
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
            {
                history?.Take(rows);
                seen?.Invoke(rows);
            }
            else if (delta is ExportDelta export)
                history?.Take(export);
            _deltas.Return(delta);
        }
    }

    static string NothingRead(IReadOnlyList<string> paths, ScanReport report) => report.LeftAlone switch
    {
        [] => $"No log was found in {string.Join(", ", paths)}: expected files that end in .log, exports, or mails (.eml, .mbox).{Packed(paths)}",
        [var one] => $"Nothing was read. {one.Path} is ignored: {one.Why.TrimEnd('.')}.",
        [var first, ..] => $"Nothing was read: {report.LeftAlone.Count} paths are ignored. The first is {first.Path}: {first.Why.TrimEnd('.')}.",
    };

    /// <summary>Archives are not read. If nothing else was found, the message mentions them, because the logs are probably inside.</summary>
    static string Packed(IReadOnlyList<string> paths)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 8, IgnoreInaccessible = true };
        var archives = paths.Where(Directory.Exists)
            .SelectMany(p => Directory.EnumerateFiles(p, "*", options))
            .Where(f => Archives.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
            .Take(1000)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (archives.Count == 0)
            return "";
        return $" Found only archives: {string.Join(", ", archives.Take(3))}{(archives.Count > 3 ? " and more" : "")}. Unpack them first.";
    }

    /// <param name="named">The given paths. If one of them cannot be read, it is an error; a file that was found in a folder is only listed.</param>
    /// <param name="read">Reads one file and reports its progress. False if the file is read later.</param>
    internal static async Task ReadFilesAsync(
        List<FoundFile> files, KnownFiles known, HashSet<string> named, ScanReport report, long total,
        IProgress<ScanProgress>? progress, Func<LogFile, Action<long>, Task<bool>> read)
    {
        var root = new LogRoot("scan", "/", null);
        for (var i = 0; i < files.Count; i++)
        {
            using var file = LogFile.Alone(files[i].Path);
            try
            {
                if (!Open(file, root, known, report) || !await read(file, bytes => progress?.Report(new(report.Bytes + bytes, total, i, files.Count))))
                    continue;
                report.Files++;
                report.Bytes += file.Size;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report.LeftAlone.Add(new(file.Path, e.Message));
                if (named.Contains(file.Path))
                    report.Errors.Add($"{file.Path} cannot be read: {e.Message}");
            }
            catch (ReplacedException)
            {
                report.LeftAlone.Add(new(file.Path, "changed while it was read; the data before the change is counted"));
            }
        }
    }

    static bool Open(LogFile file, LogRoot root, KnownFiles known, ScanReport report)
    {
        file.Reading.Handle = FileOpener.Open(file.Path);
        file.Size = RandomAccess.GetLength(file.Handle!);
        var refusal = FileIdentity.Identify(file, root, known, atRest: true).Refusal
            ?? (file.Tracked is null ? NoLog.AtRest(FileIdentity.HeadOf(file.Handle!)) : null);
        if (refusal is null)
            return true;
        report.LeftAlone.Add(new(file.Path, refusal));
        return false;
    }

    async Task<bool> ReadLogAsync(LogFile file, ChannelWriter<LogBlock>[] readers, List<FoundFile> exports, Action<long> progressed, CancellationToken stop)
    {
        if (file.Tracked!.Format.IsExport)
        {
            exports.Add(new(file.Path, 0, 0, file.Size, default));
            return false;
        }

        var reader = readers[(int)(file.Tracked.Id % readers.Length)];
        while (await BlockReading.NextAsync(file, _blocks, options.MaxLineBytes, stop) is { } block)
        {
            await reader.WriteAsync(block, stop);
            progressed(file.Offset);
        }

        if (await BlockReading.UnfinishedAsync(file, _blocks, options.MaxLineBytes, stop) is { } last)
            await reader.WriteAsync(last, stop);
        return true;
    }

    internal static List<FoundFile> Find(IReadOnlyList<string> paths, ScanReport report)
    {
        var files = new List<FoundFile>();
        foreach (var path in paths.SelectMany(Expand))
        {
            var (found, passed) = (new List<FoundFile>(), new List<PassedOver>());
            if (Directory.Exists(path))
            {
                if (FolderScan.Find(path, found, passed) is { } error)
                    Unreadable(path, error, report);
                report.LeftAlone.AddRange(passed.Select(p => new LeftAlone(p.Path, p.IsUnknown ? $"cannot be listed: {p.Why}" : p.Why)));
                files.AddRange(found.OrderBy(f => f.Path, StringComparer.Ordinal));
            }
            else if (FileId.Find(Path.GetFullPath(path), follow: true, out var error, out var other) is { } file)
            {
                files.Add(file);
            }
            else if (error is not null)
            {
                Unreadable(path, error, report);
            }
            else if (other is not null)
            {
                report.LeftAlone.Add(new(path, other));
            }
            else
            {
                throw new FileNotFoundException($"{path} does not exist: expected a log file or a folder of logs.", path);
            }
        }

        // A file that is given twice or has two names is read once.
        return [.. files.DistinctBy(f => f.Inode == 0 ? (f.Path, 0L, 0L) : ("", f.Device, f.Inode))];
    }

    static IReadOnlyList<string> Expand(string path) =>
        Wildcards.Expand(path) is { Count: > 0 } found
            ? found
            : throw new FileNotFoundException($"{path} matches nothing: expected log files, exports, or folders with them.", path);

    static void Unreadable(string path, string error, ScanReport report)
    {
        report.LeftAlone.Add(new(path, error));
        report.Errors.Add($"{path} cannot be read: {error}.");
    }
}
