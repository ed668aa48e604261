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

    /// <summary>Logs that are opened in one pass: those of a share that is absent are tried again in a minute.</summary>
    const int MostTried = 1000;

    readonly Dictionary<string, string> _folders = roots.ToDictionary(r => r.Name, r => r.Folder, StringComparer.Ordinal);

    // Logs that are not tracking logs, by number: they are not opened again.
    readonly HashSet<long> _others = [];

    /// <summary>How the names of this store's copies begin: copies of another store in the same folder are not its own.</summary>
    readonly string _mine = string.Create(CultureInfo.InvariantCulture, $"{store.Born?.ToUnixTimeMilliseconds() ?? 0:x}-");

    CopyCandidate? _after;
    string? _problem;

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
            if (problem != _problem)
                Log.KeepFailed(log, folder, problem);
        }

        _problem = problem;
        if (made > 0)
            Log.KeptLogs(log, made, folder);
        return made > 0 && problem is null;
    }

    /// <summary>Copies logs, the oldest first; goes on behind those that cannot be copied now.</summary>
    int Copy(KeptCopies copies, CancellationToken stop)
    {
        var (all, made, tried) = (copies.All(), 0, 0);
        var room = options.MaxBytes - all.Sum(c => c.Bytes);
        // Older logs than the oldest copy are copied only where there is room, or they would be copied and deleted again and again.
        var oldest = all.Count > 0 ? all[0].Newest : DateTimeOffset.MinValue;
        while (made < Part && tried < MostTried && copies.Missing(newest() - options.For!.Value, newest() - Rest, _after, Part) is var page)
        {
            foreach (var candidate in page)
            {
                _after = candidate;
                if (_others.Contains(candidate.File) || (candidate.Size / Smaller > room && candidate.Newest <= oldest))
                    continue;
                tried++;
                if (TryCopy(copies, candidate, stop) is not { } bytes)
                    continue;
                made++;
                room -= bytes;
            }

            if (page.Count > 0)
                continue;
            // From the start at the next pass.
            _after = null;
            break;
        }

        return made;
    }

    /// <returns>Bytes of the copy; null where there is none.</returns>
    long? TryCopy(KeptCopies copies, CopyCandidate candidate, CancellationToken stop)
    {
        if (!_folders.TryGetValue(candidate.Root, out var root))
            return null;
        var path = Path.Combine(root, candidate.Name);
        var name = string.Create(CultureInfo.InvariantCulture, $"{_mine}{candidate.File:D8}-{Path.GetFileName(candidate.Name)}{Extension}");
        var copy = Path.Combine(folder, name);
        try
        {
            using var file = LogReadException.Guard(() => FileOpener.Open(path));
            if (LogReadException.Guard(() => FileOpener.ReadTop(file)).Header is not { } header || !TrackingLog.Recognises(header))
            {
                _others.Add(candidate.File);
                return null;
            }

            // Another head: another file has this name now; the tailer detects that. Bytes behind those that were read are not copied.
            var head = new byte[Math.Min(Guard.Length, candidate.Size)];
            if (LogReadException.Guard(() => FileOpener.ReadAll(file, head, 0)) < head.Length || Guard.Hash(head) != candidate.Head)
                return null;
            var bytes = KeptLogWriter.Write(file, candidate.Size, copy, stop);
            copies.Add(new(candidate.File, copy, candidate.Size, bytes, candidate.Newest));
            return bytes;
        }
        catch (Exception e) when (e is LogReadException or EndOfStreamException)
        {
            // Deleted or emptied meanwhile, or it cannot be read: the tailer reports it. The next log may be all right.
            return null;
        }
    }

    /// <summary>Deletes copies that are too old, the oldest while all together are too large, and what a kill left of this store's copies.</summary>
    void DeleteOld(KeptCopies copies)
    {
        var all = copies.All();
        var (bytes, before) = (all.Sum(c => c.Bytes), newest() - options.For!.Value);
        foreach (var copy in all)
        {
            var path = Found(copies, copy);
            if (path is null)
                Log.KeptMissing(log, copy.Path);
            else if (bytes <= options.MaxBytes && copy.Newest >= before)
                continue;
            copies.Remove(copy.File);
            if (path is not null)
                File.Delete(path);
            bytes -= copy.Bytes;
        }

        var known = copies.All().Select(c => Path.GetFileName(c.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder))
            if (Path.GetFileName(path) is var name && name.StartsWith(_mine, StringComparison.Ordinal) && !known.Contains(name)
                && (name.EndsWith(Extension + KeptLogWriter.Unfinished, StringComparison.Ordinal) || name.EndsWith(Extension, StringComparison.Ordinal)))
                File.Delete(path);
    }

    /// <summary>Where a copy is: also after the folder was moved. Null where it is not.</summary>
    string? Found(KeptCopies copies, KeptCopy copy)
    {
        if (File.Exists(copy.Path))
            return copy.Path;
        var moved = Path.Combine(folder, Path.GetFileName(copy.Path));
        if (!File.Exists(moved))
            return null;
        copies.Add(copy with { Path = moved });
        return moved;
    }
}
