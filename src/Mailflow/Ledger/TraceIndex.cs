using Mailflow.Analysis.Tracing.Index;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Finds the ranges of tracking logs that may have rows with some keys. A range that the index does not know is returned too: the index makes a search
/// faster and never hides a row. What a file has beyond its committed offset is not here: the caller knows the size of the file.
/// </summary>
/// <param name="reader">A connection that only reads, of a running or a stopped program's store.</param>
sealed class TraceIndex(SqliteConnection reader)
{
    /// <summary>The ranges, newest first. Reads in one short transaction.</summary>
    /// <param name="probes">A range is returned if it may have all keys of one of these; null: any range.</param>
    /// <param name="since">The earliest time of a row.</param>
    /// <param name="until">The time before which a row must be.</param>
    public List<TraceRange> Find(IReadOnlyList<KeyProbe>? probes, DateTime? since, DateTime? until)
    {
        _ = (probes, until);
        var ranges = new List<TraceRange>();
        foreach (var file in Files())
            if (file.Offset > 0 && (since is not { } from || file.Newest is not { } newest || newest >= from))
                ranges.Add(new(file, 0, file.Offset, null, file.Newest, false));
        ranges.Sort((a, b) => Nullable.Compare(b.Last, a.Last));
        return ranges;
    }

    /// <summary>All files that are tracking logs, or may be.</summary>
    public List<TracedFile> Files()
    {
        using var files = new Statement(reader, IsPresent("roots")
            ? """
              SELECT id, root, folder, files.name, server, header_offset, header_hash, head, guard, "offset", newest, gone, device, inode
              FROM files LEFT JOIN roots ON roots.name = root WHERE records IS NULL AND (format IS NULL OR format = 'tracking')
              """
            // A store that no newer program has opened yet.
            : """
              SELECT id, root, NULL, name, server, header_offset, header_hash, NULL, guard, "offset", newest, gone, device, inode FROM files WHERE records IS NULL
              """);
        var found = new List<TracedFile>();
        while (files.Step())
            found.Add(new(
                files.Number(0), files.Text(1), files.IsNull(2) ? null : files.Text(2), files.Text(3), files.IsNull(4) ? null : files.Text(4),
                files.Number(5), files.Number(6), files.IsNull(7) ? null : files.Number(7), files.Number(8), files.Number(9),
                files.IsNull(10) || files.Number(10) <= 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(files.Number(10)).UtcDateTime,
                !files.IsNull(11))
            {
                Identity = (files.Number(12), files.Number(13)),
            });
        files.Reset();
        return found;
    }

    bool IsPresent(string table)
    {
        using var present = new Statement(reader, "SELECT count(*) FROM sqlite_master WHERE name = ?");
        return present.Give(table).Scalar() > 0;
    }
}
