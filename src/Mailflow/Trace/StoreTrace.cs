using Mailflow.Analysis.Tracing;
using Mailflow.Analysis.Tracing.Index;
using Mailflow.Ledger;
using Mailflow.Tail;
using Microsoft.Data.Sqlite;

namespace Mailflow.Trace;

/// <summary>
/// Searches the logs that a store knows: those of a running or a stopped program. The index says which ranges may have rows that match. What it does not
/// know is read as well: the end of a file beyond the committed position, files that are new, and files that are not those that were read.
/// </summary>
/// <param name="path">The store.</param>
sealed class StoreTrace(string path, TimeProvider? clock = null)
{
    /// <summary>The longest time that one call of the system may take.</summary>
    static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    /// <summary>The newest messages that match, with all their rows.</summary>
    /// <param name="limit">The most messages.</param>
    /// <param name="deadline">The longest time; what was not searched by then is in <see cref="TraceResult.Incomplete"/>.</param>
    /// <param name="after">The last place of the page before: <see cref="TraceResult.Next"/>.</param>
    public async Task<TraceResult> FindAsync(
        TraceQuery query, int limit, TimeSpan deadline, IProgress<(long Done, long Total)>? progress, CancellationToken stop, RowPlace? after = null)
    {
        await Task.Yield();
        try
        {
            using var connection = Store.OpenReader(path);
            var index = new TraceIndex(connection);
            var notes = new TraceNotes();
            var written = LastCommit();
            var roots = index.Files().GroupBy(f => f.Folder ?? f.Root, StringComparer.Ordinal)
                .Select(g => new TraceRoot(g.Key, n => List(g.Key, [.. g], written, n))).ToList();
            var limits = new SearchLimits(deadline, Stall, Math.Clamp(Environment.ProcessorCount, 1, 16));
            var search = new TraceSearch(roots, (q, probes) => Plan(index, notes, q, probes), limits, clock ?? TimeProvider.System, notes);
            return await search.FindAsync(query, limit, after, progress, stop, ListedRows.Of(connection, query, notes));
        }
        catch (SqliteException e)
        {
            throw Store.ExceptionOf(path, e)!;
        }
    }

    static Func<TraceRoot, IEnumerable<TracePart>> Plan(TraceIndex index, TraceNotes notes, TraceQuery query, IReadOnlyList<KeyProbe>? probes)
    {
        ILookup<long, TraceRange>? ranges = null;
        try
        {
            ranges = index.Find(probes, query.Since, query.Until).ToLookup(r => r.File.Id);
            if (index.Damaged > 0)
                notes.Remark("A part of the store's index is damaged: its logs were searched without it. mailflow run builds it again.");
        }
        catch (SqliteException e)
        {
            notes.Remark($"The index of the store cannot be read ({e.Message.TrimEnd('.')}): all logs were searched without it.");
        }

        return root => root.Files(notes).SelectMany(f => Parts(f, ranges, query));
    }

    static IEnumerable<TracePart> Parts(TraceFile file, ILookup<long, TraceRange>? ranges, TraceQuery query)
    {
        // Where the columns changed inside of the file, only reading from its start tells them.
        if (file.IsKnown == false)
            return [TracePart.Whole(file)];
        if (ranges is null || file.Known is not { HeaderOffset: 0 } known)
            return [TraceFiles.All(file, query)];
        var parts = ranges[known.Id].Select(r => new TracePart(file, r.Start, r.End, r.Last ?? DateTime.MaxValue)
        {
            Backwards = !r.Indexed && r.Start == 0 && TraceFiles.IsBackwards(query),
        });
        // Beyond what was committed. Where nothing is, the file is compared with what was read, if it may have changed since.
        return file.Size > known.Offset ? parts.Append(new(file, known.Offset, long.MaxValue, DateTime.MaxValue))
            : file.Size < known.Offset || (file.MayDiffer && file.IsKnown is null) ? parts.Append(new(file, known.Offset, known.Offset, DateTime.MaxValue))
            : parts;
    }

    static List<TraceFile> List(string folder, IReadOnlyList<TracedFile> files, DateTime written, TraceNotes notes)
    {
        if (!Path.IsPathFullyQualified(folder))
        {
            notes.Add($"The folder of the logs '{folder}' is not in the store: start mailflow run once, which adds it.");
            return [];
        }

        // Of several generations of a name, the last is there.
        var known = new Dictionary<string, TracedFile>(StringComparer.Ordinal);
        foreach (var file in files.OrderBy(f => f.Id))
            known[file.Name] = file;
        var start = Path.EndsInDirectorySeparator(folder) ? folder.Length : folder.Length + 1;
        var present = new List<TraceFile>();
        if (Directory.Exists(folder))
            present.AddRange(TraceFiles.Folder(folder, notes).Where(notes.IsNew)
                .Select(f => Of(f, known.GetValueOrDefault(f.Path[start..].Replace('\\', '/')), written)));
        else
            notes.Add($"{folder} does not exist or cannot be read: its logs are not searched.");
        var ids = present.Select(f => f.Known?.Id).ToHashSet();
        return [.. present, .. files.Where(f => f.Copy is not null && !ids.Contains(f.Id)).Select(CopyOf)];
    }

    /// <summary>The copy of a log that is gone.</summary>
    static TraceFile CopyOf(TracedFile file) => new(file.Copy!, file.Offset, file.Newest ?? default, file.Server) { Known = file };

    /// <summary>A file that was not written since the last commit, and is the same by inode, is the one that was read: it need not be compared.</summary>
    static TraceFile Of(FoundFile found, TracedFile? known, DateTime written) =>
        new(found.Path, found.Size, found.LastWrite, known?.Server)
        {
            Known = known,
            MayDiffer = found.LastWrite >= written || found.Inode == 0 || (known is not null && found.Identity != known.Identity),
        };

    /// <summary>When the store was last written, less a margin for clocks that differ.</summary>
    DateTime LastCommit()
    {
        var times = new[] { path, path + "-wal" }.Where(File.Exists).Select(File.GetLastWriteTimeUtc).ToList();
        return times.Count == 0 ? DateTime.MinValue : times.Max() - TimeSpan.FromMinutes(1);
    }
}
