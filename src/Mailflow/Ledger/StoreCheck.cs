using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Checks the large tables of the store while Mailflow runs: at the start it would take a second for each 20 MB on a slow disk. It reads some rows
/// at a time, each time in a separate transaction, so that checkpoints of the -wal file are possible, and pauses as long as it reads.
/// </summary>
/// <remarks>
/// It finds pages and rows that cannot be read, and values of the wrong type. Damage ends the process, as it does at the start.
/// </remarks>
sealed class StoreCheck(Store store, TimeProvider clock)
{
    /// <summary>Tables that are not loaded at the start and can be large.</summary>
    public static readonly FrozenSet<string> Large = FrozenSet.Create(
        StringComparer.Ordinal, "events", "event_sessions", "event_hours", "answers", "smtp_refusals", "seen_events", "seen_rows",
        "quarantine");

    /// <summary>Rows of one read.</summary>
    public const int Part = 2000;

    /// <summary>Delay before the check, because reading the logs is more urgent.</summary>
    static readonly TimeSpan Before = TimeSpan.FromSeconds(10);

    static readonly TimeSpan LeastRest = TimeSpan.FromMilliseconds(10);

    /// <summary>Checks the store once, then waits for the stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.Delay(Before, clock, stop);
        using (var parts = Parts().GetEnumerator())
            while (true)
            {
                var began = clock.GetTimestamp();
                if (!parts.MoveNext())
                    break;
                var took = clock.GetElapsedTime(began);
                await Task.Delay(took > LeastRest ? took : LeastRest, clock, stop);
            }

        await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
    }

    /// <summary>The tables and indexes to read, and their keys; "0" where the first key is unique.</summary>
    static readonly (string Table, string? Index, string Key, string Second)[] Trees =
    [
        ("events", null, "id", "0"),
        ("events", "events_time", "time", "id"),
        ("event_sessions", null, "event", "0"),
        ("event_hours", null, "hour", "0"),
        ("answers", null, "event", "0"),
        ("smtp_refusals", null, "id", "0"),
        ("smtp_refusals", "smtp_refusals_session", "session", "id"),
        ("seen_events", null, "log", "record"),
        ("seen_rows", null, "id", "0"),
        ("quarantine", null, "id", "0"),
    ];

    /// <summary>Reads everything, some rows in each step.</summary>
    /// <returns>After each step, the number of rows it has read.</returns>
    /// <exception cref="StoreException">Something is damaged.</exception>
    public IEnumerable<int> Parts()
    {
        using var reader = store.OpenReader();
        foreach (var (table, index, key, second) in Trees)
        {
            var isText = key == "session";
            var isUnique = second == "0";
            var place = (isText ? "" : long.MinValue.ToString(CultureInfo.InvariantCulture), long.MinValue);
            var first = isText ? "?" : "CAST(? AS INTEGER)";
            var after = isUnique ? $"{key} > {first} AND ? IS NOT NULL" : $"({key}, {second}) > ({first}, ?)";
            var order = isUnique ? key : $"{key}, {second}";
            var fault = index is null ? Guarded(() => Fault(reader, table)) : "NULL";
            var by = index is null ? "" : "INDEXED BY " + index;
            var text = $"SELECT {key}, {second}, {fault} FROM {table} {by} WHERE {after} ORDER BY {order} "
                + $"LIMIT {Part.ToString(CultureInfo.InvariantCulture)}";
            for (var looked = Part; looked == Part;)
            {
                (looked, place) = Guarded(() => Read(reader, table, text, place));
                yield return looked;
            }
        }
    }

    (int Looked, (string, long) Place) Read(SqliteConnection reader, string table, string text, (string Key, long Second) place)
    {
        using var rows = new Statement(reader, text);
        rows.Give(place.Key).Give(place.Second);
        var looked = 0;
        for (; rows.Step(); looked++)
        {
            if (!rows.IsNull(2))
                throw StoreException.Corrupt(store.Path, $"in {table}, row {rows.Text(0)}: {rows.Text(2)}");
            place = (rows.Text(0), rows.Number(1));
        }

        return (looked, place);
    }

    T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException e)
        {
            throw Store.ExceptionOf(store.Path, e)!;
        }
    }

    /// <summary>
    /// An SQL expression: the error of a row, or NULL if it is correct. It uses the lengths of values, because SQLite reads a long value completely
    /// only for that.
    /// </summary>
    static string Fault(SqliteConnection reader, string table)
    {
        using var command = reader.CreateCommand();
        command.CommandText = $"SELECT name, lower(type), \"notnull\" FROM pragma_table_info('{table}')";
        using var columns = command.ExecuteReader();
        var (wrong, lengths) = (new List<string>(), new List<string>());
        while (columns.Read())
        {
            var (name, type) = (columns.GetString(0), columns.GetString(1));
            var unlessNull = columns.GetBoolean(2) || type == "integer" ? "" : $" AND \"{name}\" IS NOT NULL";
            wrong.Add($"WHEN typeof(\"{name}\") <> '{type}'{unlessNull} THEN 'the {name} is not of type {type}'");
            if (type != "integer")
                lengths.Add($"coalesce(length(CAST(\"{name}\" AS BLOB)), 0)");
        }

        return $"CASE {string.Join(' ', wrong)} WHEN {string.Join(" + ", lengths.DefaultIfEmpty("0"))} < 0 THEN '' END";
    }
}
