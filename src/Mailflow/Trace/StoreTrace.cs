using Mailflow.Analysis.Tracing;
using Mailflow.Ledger;
using Mailflow.Tail;

namespace Mailflow.Trace;

/// <summary>Searches the logs that a store knows: those of a running or a stopped program.</summary>
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
        var notes = new TraceNotes();
        var known = await Task.Run(Known, stop);
        var changed = LastCommit();
        var roots = known.Select(r => new TraceRoot(r.Key, n => List(r.Key, r.Value, changed, n))).ToList();
        var limits = new SearchLimits(deadline, Stall, Math.Clamp(Environment.ProcessorCount, 1, 16));
        return await new TraceSearch(roots, Parts, limits, clock ?? TimeProvider.System, notes).FindAsync(query, limit, after, progress, stop);

        IEnumerable<TracePart> Parts(TraceRoot root, TraceQuery q) => root.Files(notes).Select(f => TraceFiles.All(f, q));
    }

    static List<TraceFile> List(string folder, Dictionary<string, KnownLog> known, DateTime changed, TraceNotes notes)
    {
        if (!Path.IsPathFullyQualified(folder))
        {
            notes.Add($"The folder of the logs '{folder}' is not in the store: start mailflow run once, which adds it.");
            return [];
        }

        if (!Directory.Exists(folder))
        {
            notes.Add($"{folder} does not exist or cannot be read: its logs are not searched.");
            return [];
        }

        return [.. TraceFiles.Folder(folder, notes).Where(notes.IsNew).Select(f => Of(f, known.GetValueOrDefault(NameOf(f.Path, folder)), changed))];
    }

    /// <summary>A file that was not written since the last commit is the one that was read, if it is the same by inode: it need not be compared.</summary>
    static TraceFile Of(FoundFile found, KnownLog? known, DateTime changed) =>
        new(found.Path, found.Size, found.LastWrite, known?.Server)
        {
            Known = known,
            MayDiffer = found.LastWrite >= changed || found.Inode == 0 || (known is not null && found.Identity != known.Identity),
        };

    static string NameOf(string file, string folder) => Path.GetRelativePath(folder, file).Replace('\\', '/');

    /// <summary>When the store was last written, with a margin: files that were written later may differ from what it knows.</summary>
    DateTime LastCommit()
    {
        var times = new[] { path, path + "-wal" }.Where(File.Exists).Select(File.GetLastWriteTimeUtc).ToList();
        return times.Count == 0 ? DateTime.MinValue : times.Max() - TimeSpan.FromMinutes(1);
    }

    /// <summary>The logs that the store knows, by root and name; of several generations of a file the newest.</summary>
    Dictionary<string, Dictionary<string, KnownLog>> Known()
    {
        var known = new Dictionary<string, Dictionary<string, KnownLog>>(StringComparer.Ordinal);
        using var connection = Store.OpenReader(path);
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT id, root, name, device, inode, header_offset, header_hash, head, guard, "offset", server FROM files WHERE records IS NULL ORDER BY generation
            """;
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (!known.TryGetValue(rows.GetString(1), out var files))
                known.Add(rows.GetString(1), files = new(StringComparer.Ordinal));
            files[rows.GetString(2)] = new(
                rows.GetInt64(0), rows.GetString(2), (rows.GetInt64(3), rows.GetInt64(4)), rows.GetInt64(5), rows.GetInt64(6),
                rows.IsDBNull(7) ? null : rows.GetInt64(7), rows.GetInt64(8), rows.GetInt64(9), rows.IsDBNull(10) ? null : rows.GetString(10));
        }

        return known;
    }
}
