using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>A log of which a copy may be kept: it is present, and all of it was read.</summary>
/// <param name="File">Its number in the store.</param>
/// <param name="Root">The name of its root.</param>
/// <param name="Name">Its path below the root, with `/`.</param>
/// <param name="Size">Bytes that were read.</param>
/// <param name="Head">Hash of its first bytes.</param>
/// <param name="Newest">The time of its newest row.</param>
readonly record struct CopyCandidate(long File, string Root, string Name, long Size, long Head, DateTimeOffset Newest);

/// <summary>A copy of a log that is kept.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Size">Bytes of the log.</param>
/// <param name="Bytes">Bytes of the copy.</param>
/// <param name="Newest">The time of the newest row.</param>
readonly record struct KeptCopy(long File, string Path, long Size, long Bytes, DateTimeOffset Newest);

/// <summary>
/// The table of copies. The copy is complete before its row is written, and its row is deleted before the copy: a row without its copy is damage, a
/// copy without its row is deleted.
/// </summary>
sealed class KeptCopies(Store store) : IDisposable
{
    readonly SqliteConnection _connection = store.OpenWriter();

    /// <summary>Logs without a copy, or with one of fewer bytes, that have had no new row for a while, oldest first.</summary>
    /// <param name="from">The earliest time of the newest row.</param>
    /// <param name="before">The time before which the newest row is.</param>
    /// <param name="after">The last one of the page before, in the order of newest row and number; null: the first page.</param>
    /// <param name="most">How many.</param>
    public List<CopyCandidate> Missing(DateTimeOffset from, DateTimeOffset before, CopyCandidate? after, int most) => Load(
        """
        SELECT id, root, name, "offset", head, newest FROM files
        WHERE records IS NULL AND gone IS NULL AND head IS NOT NULL AND newest >= $from AND newest < $before AND "offset" > 0
            AND coalesce(format, 'tracking') = 'tracking'
            AND (newest, id) > ($newest, $id)
            AND NOT EXISTS (SELECT 1 FROM kept WHERE kept.file = files.id AND kept.size = files."offset")
        ORDER BY newest, id LIMIT $most
        """,
        r => new CopyCandidate(
            r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetInt64(4), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(5))),
        ("$from", Math.Max(1, from.ToUnixTimeMilliseconds())), ("$before", before.ToUnixTimeMilliseconds()),
        ("$newest", after?.Newest.ToUnixTimeMilliseconds() ?? 0), ("$id", after?.File ?? 0), ("$most", most));

    /// <summary>All copies, those with the oldest rows first.</summary>
    public List<KeptCopy> All() => Load(
        "SELECT file, path, size, bytes, newest FROM kept ORDER BY newest, file",
        r => new KeptCopy(r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(4))));

    /// <summary>Records a copy.</summary>
    public void Add(KeptCopy copy) => Run(
        "INSERT OR REPLACE INTO kept (file, path, size, bytes, newest) VALUES ($file, $path, $size, $bytes, $newest)",
        ("$file", copy.File), ("$path", copy.Path), ("$size", copy.Size), ("$bytes", copy.Bytes), ("$newest", copy.Newest.ToUnixTimeMilliseconds()));

    /// <summary>Removes the record of a copy.</summary>
    public void Remove(long file) => Run("DELETE FROM kept WHERE file = $file", ("$file", file));

    public void Dispose() => _connection.Dispose();

    List<T> Load<T>(string text, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = Command(text, values);
        using var rows = command.ExecuteReader();
        var loaded = new List<T>();
        while (rows.Read())
            loaded.Add(read(rows));
        return loaded;
    }

    void Run(string text, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = Command(text, values);
        command.ExecuteNonQuery();
    }

    SqliteCommand Command(string text, ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
