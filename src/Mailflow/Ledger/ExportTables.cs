using System.Globalization;
using Mailflow.Analysis.Snapshots;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The part of the store with the content of exports: counted events, open rejections, the newest snapshots; and the builds of the servers. Written
/// in the committer's transaction.
/// </summary>
sealed class ExportTables : IDisposable
{
    readonly Store _store;
    readonly SqliteConnection _connection;
    readonly SqliteCommand _seenAt;
    readonly Statement _seenAfter;
    readonly Statement _forgetSeen;
    readonly SqliteCommand _insertLog;
    readonly SqliteCommand _insertSeen;
    readonly SqliteCommand _upsertRejection;
    readonly SqliteCommand _deleteRejection;
    readonly SqliteCommand _upsertTold;
    readonly SqliteCommand _deleteTold;
    readonly SqliteCommand _upsertSnapshot;
    readonly SqliteCommand _deleteSnapshot;
    readonly SqliteCommand _upsertBuild;
    readonly SqliteCommand _deleteBuild;
    readonly Statement _insertRow;
    readonly Statement _forgetRows;

    public ExportTables(Store store, SqliteConnection connection)
    {
        (_store, _connection) = (store, connection);
        _seenAt = store.Command("SELECT time FROM seen_events WHERE log = $log AND record = $record", "log", "record");
        Failed = new(connection);
        _seenAfter = new(connection, "SELECT log, record, time FROM seen_events WHERE (log, record) > (?, ?) ORDER BY log, record LIMIT ?");
        _forgetSeen = new(connection, "DELETE FROM seen_events WHERE log = ? AND record = ?");
        _insertLog = store.Command(
            "INSERT INTO event_logs (id, server, channel, floor) VALUES ($id, $server, $channel, $floor)", "id", "server", "channel", "floor");
        _insertSeen = store.Command("""
            INSERT INTO seen_events (log, record, time) VALUES ($log, $record, $time) ON CONFLICT DO UPDATE SET time = excluded.time
            """, "log", "record", "time");
        _upsertRejection = store.Command("""
            INSERT INTO refusals (message_id, due, counted, time, server, connector, status, event_id, file, record)
            VALUES ($message, $due, $counted, $time, $server, $connector, $status, $event, $file, $record) ON CONFLICT DO UPDATE SET counted = excluded.counted
            """, "message", "due", "counted", "time", "server", "connector", "status", "event", "file", "record");
        _deleteRejection = store.Command("DELETE FROM refusals WHERE message_id = $message", "message");
        _upsertTold = store.Command("INSERT OR REPLACE INTO told_failures (key, time) VALUES ($key, $time)", "key", "time");
        _deleteTold = store.Command("DELETE FROM told_failures WHERE key = $key", "key");
        _upsertSnapshot = store.Command(
            "INSERT INTO snapshots (kind, server, data) VALUES ($kind, $server, $data) ON CONFLICT DO UPDATE SET data = excluded.data",
            "kind", "server", "data");
        _deleteSnapshot = store.Command("DELETE FROM snapshots WHERE kind = $kind AND server = $server", "kind", "server");
        _upsertBuild = store.Command(
            "INSERT OR REPLACE INTO builds (server, build, written, reply, replied) VALUES ($server, $build, $written, $reply, $replied)",
            "server", "build", "written", "reply", "replied");
        _insertRow = new(connection, "INSERT INTO seen_rows (key, file) VALUES (?, ?)");
        _forgetRows = new(connection, "DELETE FROM seen_rows WHERE id <= (SELECT max(id) FROM seen_rows) - ?");
        _deleteBuild = store.Command("DELETE FROM builds WHERE server = $server", "server");
    }

    public List<SeenLog> LoadLogs() => _store.Load(
        "SELECT id, server, channel, floor FROM event_logs",
        r => new SeenLog(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetInt64(3)));

    public List<OpenRejection> LoadRejections() => _store.Load(
        "SELECT message_id, due, counted, time, server, connector, status, event_id, file, record FROM refusals",
        r => new OpenRejection(
            MessageId: r.GetString(0),
            Due: r.GetInt64(1),
            Counted: r.GetInt64(2) != 0,
            Time: DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(3)).UtcDateTime,
            Server: r.GetString(4),
            Connector: r.GetString(5),
            Status: r.GetString(6),
            EventId: r.GetFieldValue<byte[]>(7),
            File: r.GetInt64(8),
            Record: r.GetInt64(9)));

    /// <summary>See <see cref="FailuresToldTwice"/>.</summary>
    public Dictionary<ulong, long> LoadTold() =>
        _store.Load("SELECT key, time FROM told_failures", r => (Key: (ulong)r.GetInt64(0), Time: r.GetInt64(1))).ToDictionary(t => t.Key, t => t.Time);

    public List<ServerSnapshot> LoadSnapshots() => _store.Load("SELECT data FROM snapshots", r => SnapshotJson.Read(r.GetString(0)));

    public List<ServerBuild> LoadBuilds() => _store.Load(
        "SELECT server, build, written, reply, replied FROM builds", StoredStates.BuildOf);

    /// <summary>The keys of rows of message tracking that were counted, the oldest first, read when the first export comes.</summary>
    public IEnumerable<(long Key, long File)> LoadRows()
    {
        using var reader = _store.OpenReader();
        using var command = reader.CreateCommand();
        command.CommandText = "SELECT key, file FROM seen_rows ORDER BY id";
        using var rows = command.ExecuteReader();
        while (rows.Read())
            yield return (rows.GetInt64(0), rows.GetInt64(1));
    }

    /// <summary>Writes the keys of rows that are counted with this commit; as many of the oldest are deleted.</summary>
    public void Write(IReadOnlyList<(long Key, long File)> keys)
    {
        if (keys.Count == 0)
            return;
        foreach (var (key, file) in keys)
            _insertRow.Give(key).Give(file).Run();
        _forgetRows.Give(SeenRows.Most).Run();
    }

    /// <summary>The time of a counted Windows event; null if it was not counted.</summary>
    public long? SeenAt(long log, long record)
    {
        _seenAt.Parameters[0].Value = log;
        _seenAt.Parameters[1].Value = record;
        return _seenAt.ExecuteScalar() as long?;
    }

    /// <summary>Messages that failed according to a tracking log or an event.</summary>
    public FailedMessages Failed { get; }

    public void Write(Arrivals arrivals, SqliteTransaction transaction)
    {
        foreach (var log in arrivals.Seen.FreshLogs)
            Store.Run(_insertLog, transaction, log.Id, log.Server, log.Channel, log.Floor);
        foreach (var ((log, record), time) in arrivals.Seen.Fresh)
            Store.Run(_insertSeen, transaction, log, record, time);
        foreach (var (messageId, rejection) in arrivals.Rejected.Changed)
            if (rejection is { } r)
                Store.Run(
                    _upsertRejection, transaction, messageId, r.Due, r.Counted ? 1 : 0,
                    Milliseconds(r.Time),
                    r.Server, r.Connector, r.Status, r.EventId, r.File, r.Record);
            else
                Store.Run(_deleteRejection, transaction, messageId);
        foreach (var (key, time) in arrivals.Told.Changed)
            if (time is { } told)
                Store.Run(_upsertTold, transaction, (long)key, told);
            else
                Store.Run(_deleteTold, transaction, (long)key);
        foreach (var (kind, server, snapshot) in arrivals.Snapshots.Changed)
            if (snapshot is not null)
                Store.Run(_upsertSnapshot, transaction, kind.ToString(), server, SnapshotJson.Write(snapshot));
            else
                Store.Run(_deleteSnapshot, transaction, kind.ToString(), server);
        foreach (var (server, build) in arrivals.Builds.Changed)
            if (build is not null)
                Store.Run(
                    _upsertBuild, transaction, server, build.Build?.ToString() ?? "", Milliseconds(build.Written), build.Limit, Milliseconds(build.Limited));
            else
                Store.Run(_deleteBuild, transaction, server);
    }

    static long Milliseconds(DateTime utc) => new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>Windows events that one step of <see cref="Forget"/> reads.</summary>
    public const int Part = 5000;

    /// <summary>
    /// If there are more than <paramref name="most"/> Windows events: the time in milliseconds before which they may be deleted. Slow, so it must
    /// not run on the committer's thread.
    /// </summary>
    public static long? Floor(Store store, int most)
    {
        using var reader = store.OpenReader();
        using var command = reader.CreateCommand();
        // A tenth at once, so that it is needed rarely.
        command.CommandText = $"SELECT time FROM seen_events WHERE (SELECT count(*) FROM seen_events) > "
            + $"{most.ToString(CultureInfo.InvariantCulture)} ORDER BY time LIMIT 1 OFFSET {(most / 10).ToString(CultureInfo.InvariantCulture)}";
        return command.ExecuteScalar() as long?;
    }

    /// <summary>Deletes the Windows events before a time in several steps. From the first step on, all of them are treated as counted.</summary>
    /// <returns>After each step, the number of deleted events.</returns>
    public IEnumerable<int> Forget(long before)
    {
        _store.Execute($"UPDATE event_logs SET floor = max(floor, {before.ToString(CultureInfo.InvariantCulture)})", null);
        var old = new List<(long Log, long Record)>();
        var (log, record) = (long.MinValue, long.MinValue);
        for (var looked = Part; looked == Part;)
        {
            old.Clear();
            looked = 0;
            _seenAfter.Give(log).Give(record).Give(Part);
            for (; _seenAfter.Step(); looked++)
            {
                (log, record) = (_seenAfter.Number(0), _seenAfter.Number(1));
                if (_seenAfter.Number(2) < before)
                    old.Add((log, record));
            }

            _seenAfter.Reset();
            if (old.Count > 0)
            {
                using var transaction = _connection.BeginTransaction();
                foreach (var one in old)
                    _forgetSeen.Give(one.Log).Give(one.Record).Run();
                transaction.Commit();
            }

            yield return old.Count;
        }
    }

    public void Dispose()
    {
        _seenAt.Dispose();
        Failed.Dispose();
        _insertRow.Dispose();
        _forgetRows.Dispose();
        _seenAfter.Dispose();
        _forgetSeen.Dispose();
        _insertLog.Dispose();
        _insertSeen.Dispose();
        _upsertRejection.Dispose();
        _deleteRejection.Dispose();
        _upsertTold.Dispose();
        _deleteTold.Dispose();
        _upsertSnapshot.Dispose();
        _deleteSnapshot.Dispose();
        _upsertBuild.Dispose();
        _deleteBuild.Dispose();
    }
}
