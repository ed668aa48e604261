using System.Globalization;
using Mailflow.Analysis.Formats;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Logging;
using Mailflow.Tail;
using Microsoft.Data.Sqlite;

namespace Mailflow.Keep;

/// <summary>
/// Keeps compressed copies of tracking logs, so that messages are found after Exchange has deleted its logs. A log is copied once it had no new row for
/// some hours, long before Exchange deletes it. It is not on the way of the rows: a folder or disk that hangs delays copies only.
/// </summary>
/// <param name="roots">The log folders.</param>
/// <param name="folder">The folder of the copies.</param>
sealed class Keeper(
    KeepOptions options, string folder, IReadOnlyList<LogRoot> roots, Store store, Func<DateTimeOffset> newest, TimeProvider clock, ILogger log)
{
    /// <summary>How the name of a copy ends.</summary>
    public const string Extension = ".kept";

    static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Exchange starts a file each hour and each 10 MB; a file without a new row for this time is complete.</summary>
    static readonly TimeSpan Rest = TimeSpan.FromHours(3);

    /// <summary>How many times smaller a copy is at least, as a rule.</summary>
    const int Smaller = 8;

    /// <summary>Copies of one pass, after which old ones are deleted.</summary>
    const int Part = 100;

    readonly Dictionary<string, string> _folders = roots.ToDictionary(r => r.Name, r => r.Folder, StringComparer.Ordinal);

    // Logs that are not tracking logs, by number: they are not opened again.
    readonly HashSet<long> _others = [];
    KeepStatus _status = options.For is null ? KeepStatus.Off : new(folder);

    /// <summary>The state that metrics and page show.</summary>
    public KeepStatus Status => Volatile.Read(ref _status);

    /// <summary>Makes and deletes copies until the stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            if (options.For is null)
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
            using var copies = new KeptCopies(store);
            while (true)
            {
                var more = Work(copies, stop);
                await Task.Delay(more ? TimeSpan.FromMilliseconds(1) : Interval, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>One pass.</summary>
    /// <returns>Whether there is more to do at once.</returns>
    public bool Work(KeptCopies copies, CancellationToken stop)
    {
        string? problem = null;
        var made = 0;
        try
        {
            Directory.CreateDirectory(folder);
            DeleteOld(copies);
            made = Copy(copies, stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || (e is SqliteException fault && fault.MayWrite()))
        {
            problem = e.Message.TrimEnd('.');
            if (Status.Problem != problem)
                Log.KeepFailed(log, folder, problem);
        }

        Look(copies, problem);
        return made > 0 && problem is null;
    }

    int Copy(KeptCopies copies, CancellationToken stop)
    {
        var (all, made) = (copies.All(), 0);
        var room = options.MaxBytes - all.Sum(c => c.Bytes);
        // Older logs than the oldest copy are copied only where there is room, or they would be copied and deleted again and again.
        var oldest = all.Count > 0 ? all[0].Newest : DateTimeOffset.MinValue;
        // Those that are no tracking logs come again: there must be room for others behind them.
        foreach (var candidate in copies.Missing(newest() - options.For!.Value, newest() - Rest, Part + _others.Count))
        {
            if (_others.Contains(candidate.File) || (candidate.Size / Smaller > room && candidate.Newest <= oldest))
                continue;
            if (TryCopy(copies, candidate, stop) is not { } bytes)
                continue;
            made++;
            room -= bytes;
        }

        return made;
    }

    /// <returns>Bytes of the copy; null where there is none.</returns>
    long? TryCopy(KeptCopies copies, CopyCandidate candidate, CancellationToken stop)
    {
        if (!_folders.TryGetValue(candidate.Root, out var root))
            return null;
        var path = Path.Combine(root, candidate.Name);
        var name = string.Create(CultureInfo.InvariantCulture, $"{candidate.File:D8}-{Path.GetFileName(candidate.Name)}{Extension}");
        var copy = Path.Combine(folder, name);
        try
        {
            using var file = FileOpener.Open(path);
            if (FileOpener.ReadTop(file).Header is not { } header || !TrackingLog.Recognises(header))
            {
                _others.Add(candidate.File);
                return null;
            }

            // Fewer bytes, or another head: another file has this name now; the tailer detects that. Bytes behind those that were read are not copied.
            var head = new byte[Math.Min(Guard.Length, candidate.Size)];
            if (RandomAccess.GetLength(file) < candidate.Size || FileOpener.ReadAll(file, head, 0) < head.Length || Guard.Hash(head) != candidate.Head)
                return null;
            var bytes = KeptLogWriter.Write(file, candidate.Size, copy, stop);
            copies.Add(new(candidate.File, copy, candidate.Size, bytes, candidate.Newest));
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or EndOfStreamException)
        {
            // Deleted or emptied meanwhile; or the root is absent. The tailer reports it.
            return null;
        }
    }

    /// <summary>Deletes copies that are too old, the oldest while all together are too large, and files that belong to no copy.</summary>
    void DeleteOld(KeptCopies copies)
    {
        var all = copies.All();
        var (bytes, before) = (all.Sum(c => c.Bytes), newest() - options.For!.Value);
        foreach (var copy in all)
        {
            var missing = !File.Exists(copy.Path);
            if (missing)
                Log.KeptMissing(log, copy.Path);
            else if (bytes <= options.MaxBytes && copy.Newest >= before)
                continue;
            copies.Remove(copy.File);
            File.Delete(copy.Path);
            bytes -= copy.Bytes;
        }

        var known = copies.All().Select(c => c.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder))
            if (path.EndsWith(Extension + KeptLogWriter.Unfinished, StringComparison.Ordinal)
                || (path.EndsWith(Extension, StringComparison.Ordinal) && !known.Contains(path)))
                File.Delete(path);
    }

    void Look(KeptCopies copies, string? problem)
    {
        try
        {
            var all = copies.All();
            Volatile.Write(
                ref _status,
                new(folder, all.Count, all.Sum(c => c.Size), all.Sum(c => c.Bytes), all.Count > 0 ? all[0].Newest : null, problem));
        }
        catch (SqliteException e) when (e.MayWrite())
        {
            Volatile.Write(ref _status, Status with { Problem = problem ?? e.Message.TrimEnd('.') });
        }
    }
}
