using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Looks through the large tables of the store while Mailflow runs: reading all of them would hold up the start by a second for each 20 MB of a slow disk. It reads some rows at a time,
/// each time in a transaction of its own, so that the -wal file can be written back meanwhile, and rests as long as it reads.
/// </summary>
/// <remarks>What is found: pages and rows that cannot be read, and values of another kind than their column's. Damage ends the process, as it does at the start.</remarks>
sealed class StoreCheck(Store store, TimeProvider clock)
{
    /// <summary>Tables that are not loaded at the start and can be large.</summary>
    public static readonly FrozenSet<string> Large = FrozenSet.Create(
        StringComparer.Ordinal, "events", "event_sessions", "event_hours", "answers", "smtp_refusals", "seen_events", "quarantine");

    /// <summary>Rows of one read.</summary>
    public const int Part = 2000;

    /// <summary>The logs come first.</summary>
    static readonly TimeSpan Before = TimeSpan.FromSeconds(10);

    static readonly TimeSpan LeastRest = TimeSpan.FromMilliseconds(10);

    /// <summary>Looks through the store once, and then waits for the end.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.Delay(Before, clock, stop);
        using (var parts = Parts().GetEnumerator())
            for (var began = clock.GetTimestamp(); parts.MoveNext(); began = clock.GetTimestamp())
                await Task.Delay(clock.GetElapsedTime(began) is var took && took > LeastRest ? took : LeastRest, clock, stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
    }

    /// <summary>What is walked, and by which key.</summary>
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
        ("quarantine", null, "id", "0"),
    ];

    /// <summary>Reads everything, some rows at each step.</summary>
    /// <returns>After each step, how many rows it looked at.</returns>
    /// <exception cref="StoreException">Something is damaged.</exception>
    public IEnumerable<int> Parts()
    {
        using var reader = store.OpenReader();
        foreach (var (table, index, key, second) in Trees)
        {
            var place = key == "session" ? ("", long.MinValue) : (long.MinValue.ToString(CultureInfo.InvariantCulture), long.MinValue);
            // One key is unique by itself.
            var (after, order) = second == "0"
                ? ($"{key} > CAST(? AS INTEGER) AND ? IS NOT NULL", key)
                : ($"({key}, {second}) > ({(key == "session" ? "?" : "CAST(? AS INTEGER)")}, ?)", $"{key}, {second}");
            var fault = index is null ? Guarded(() => Fault(reader, table)) : "NULL";
            var text = $"SELECT {key}, {second}, {fault} FROM {table} {(index is null ? "" : "INDEXED BY " + index)} WHERE {after} ORDER BY {order} "
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

    /// <summary>An expression that says what is wrong with a row, and is NULL where nothing is. Lengths are asked for, since a long value is read to its end only then.</summary>
    static string Fault(SqliteConnection reader, string table)
    {
        using var command = reader.CreateCommand();
        command.CommandText = $"SELECT name, lower(type), \"notnull\" FROM pragma_table_info('{table}')";
        using var columns = command.ExecuteReader();
        var (wrong, lengths) = (new List<string>(), new List<string>());
        while (columns.Read())
        {
            var (name, type) = (columns.GetString(0), columns.GetString(1));
            wrong.Add($"WHEN typeof(\"{name}\") <> '{type}'{(columns.GetBoolean(2) || type == "integer" ? "" : $" AND \"{name}\" IS NOT NULL")} THEN 'the {name} is not of type {type}'");
            if (type != "integer")
                lengths.Add($"coalesce(length(CAST(\"{name}\" AS BLOB)), 0)");
        }

        return $"CASE {string.Join(' ', wrong)} WHEN {string.Join(" + ", lengths.DefaultIfEmpty("0"))} < 0 THEN '' END";
    }
}
