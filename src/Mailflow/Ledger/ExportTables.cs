using System.Globalization;
using Mailflow.Analysis.Snapshots;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>The part of the store that holds what exports brought: events that were counted, refusals that wait, the newest snapshots. Written in the committer's transaction.</summary>
sealed class ExportTables : IDisposable
{
    readonly Store _store;
    readonly SqliteConnection _connection;
    readonly SqliteCommand _seenAt;
    readonly SqliteCommand _hasFailure;
    readonly SqliteCommand _insertLog;
    readonly SqliteCommand _insertSeen;
    readonly SqliteCommand _upsertRefusal;
    readonly SqliteCommand _deleteRefusal;
    readonly SqliteCommand _upsertSnapshot;
    readonly SqliteCommand _deleteSnapshot;

    public ExportTables(Store store, SqliteConnection connection)
    {
        (_store, _connection) = (store, connection);
        _seenAt = store.Command("SELECT time FROM seen_events WHERE log = $log AND record = $record", "log", "record");
        _hasFailure = store.Command("SELECT 1 FROM events WHERE message_id = $message AND deferred = 0 LIMIT 1", "message");
        _insertLog = store.Command("INSERT INTO event_logs (id, server, channel, floor) VALUES ($id, $server, $channel, $floor)", "id", "server", "channel", "floor");
        _insertSeen = store.Command("""
            INSERT INTO seen_events (log, record, time) VALUES ($log, $record, $time) ON CONFLICT DO UPDATE SET time = excluded.time
            """, "log", "record", "time");
        _upsertRefusal = store.Command("""
            INSERT INTO refusals (message_id, due, counted, time, server, connector, status, event_id, file, record)
            VALUES ($message, $due, $counted, $time, $server, $connector, $status, $event, $file, $record) ON CONFLICT DO UPDATE SET counted = excluded.counted
            """, "message", "due", "counted", "time", "server", "connector", "status", "event", "file", "record");
        _deleteRefusal = store.Command("DELETE FROM refusals WHERE message_id = $message", "message");
        _upsertSnapshot = store.Command("INSERT INTO snapshots (kind, server, data) VALUES ($kind, $server, $data) ON CONFLICT DO UPDATE SET data = excluded.data", "kind", "server", "data");
        _deleteSnapshot = store.Command("DELETE FROM snapshots WHERE kind = $kind AND server = $server", "kind", "server");
    }

    public List<EventLog> LoadLogs() => _store.Load("SELECT id, server, channel, floor FROM event_logs", r => new EventLog(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetInt64(3)));

    public List<OpenRefusal> LoadRefusals() => _store.Load(
        "SELECT message_id, due, counted, time, server, connector, status, event_id, file, record FROM refusals",
        r => new OpenRefusal(r.GetString(0), r.GetInt64(1), r.GetInt64(2) != 0, DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(3)).UtcDateTime, r.GetString(4), r.GetString(5), r.GetString(6), r.GetFieldValue<byte[]>(7), r.GetInt64(8), r.GetInt64(9)));

    public List<ServerSnapshot> LoadSnapshots() => _store.Load("SELECT data FROM snapshots", r => SnapshotJson.Read(r.GetString(0)));

    /// <summary>The time of a Windows event that was counted; null where it was not.</summary>
    public long? SeenAt(long log, long record) => Ask(_seenAt, log, record);

    /// <summary>Whether a message failed, as a tracking log or an event told.</summary>
    public bool HasFailure(string messageId) => Ask(_hasFailure, messageId) is not null;

    public void Write(Arrivals arrivals, SqliteTransaction transaction)
    {
        foreach (var log in arrivals.Seen.FreshLogs)
            Store.Run(_insertLog, transaction, log.Id, log.Server, log.Channel, log.Floor);
        foreach (var ((log, record), time) in arrivals.Seen.Fresh)
            Store.Run(_insertSeen, transaction, log, record, time);
        foreach (var (messageId, refusal) in arrivals.Refusals.Changed)
            if (refusal is { } r)
                Store.Run(_upsertRefusal, transaction, messageId, r.Due, r.Counted ? 1 : 0, new DateTimeOffset(r.Time, TimeSpan.Zero).ToUnixTimeMilliseconds(), r.Server, r.Connector, r.Status, r.EventId, r.File, r.Record);
            else
                Store.Run(_deleteRefusal, transaction, messageId);
        foreach (var (kind, server, snapshot) in arrivals.Snapshots.Changed)
            if (snapshot is not null)
                Store.Run(_upsertSnapshot, transaction, kind.ToString(), server, SnapshotJson.Write(snapshot));
            else
                Store.Run(_deleteSnapshot, transaction, kind.ToString(), server);
    }

    /// <summary>Forgets the oldest Windows events where they are more than <paramref name="most"/>.</summary>
    /// <returns>The time in milliseconds before which they are forgotten; null where nothing was.</returns>
    public long? Prune(int most)
    {
        if (_store.Scalar("SELECT count(*) FROM seen_events") <= most)
            return null;
        // A tenth at once, so that the next time is far off.
        var floor = _store.Scalar($"SELECT time FROM seen_events ORDER BY time LIMIT 1 OFFSET {(most / 10).ToString(CultureInfo.InvariantCulture)}");
        var before = floor.ToString(CultureInfo.InvariantCulture);
        using var transaction = _connection.BeginTransaction();
        _store.Execute($"UPDATE event_logs SET floor = max(floor, {before}); DELETE FROM seen_events WHERE time < {before}", transaction);
        transaction.Commit();
        return floor;
    }

    public void Dispose()
    {
        _seenAt.Dispose();
        _hasFailure.Dispose();
        _insertLog.Dispose();
        _insertSeen.Dispose();
        _upsertRefusal.Dispose();
        _deleteRefusal.Dispose();
        _upsertSnapshot.Dispose();
        _deleteSnapshot.Dispose();
    }

    static long? Ask(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        return command.ExecuteScalar() as long?;
    }
}
