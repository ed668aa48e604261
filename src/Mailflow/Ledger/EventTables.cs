using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The part of the store with failures, their sessions, and the sums of each hour. Rows are written in the committer's transaction and deleted
/// in separate small transactions.
/// </summary>
sealed class EventTables : IDisposable
{
    /// <summary>Events that are deleted in one transaction.</summary>
    public const int Part = 500;

    readonly SqliteConnection _connection;
    readonly Statement _insert;
    readonly Statement _insertSession;
    readonly Statement _unseal;
    readonly Statement _seal;
    readonly Statement _oldest;
    readonly Statement _delete;
    readonly Statement _removed;
    readonly HashSet<long> _changed = [];
    long? _hour;

    public EventTables(SqliteConnection connection)
    {
        _connection = connection;
        _insert = new(connection, """
            INSERT INTO events (event_id, deferred, time, server, source, direction, recipient, domain, sender, message_id, network_message_id,
                connector, subject, cause, reason, status, remote_host, remote_address, file, "offset")
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        _insertSession = new(connection, "INSERT INTO event_sessions (event, session) VALUES (last_insert_rowid(), ?)");
        _unseal = new(connection, "DELETE FROM event_hours WHERE hour = ?");
        _seal = new(connection, "INSERT OR REPLACE INTO event_hours (hour, listed, reasons, domains) VALUES (?, ?, ?, ?)");
        _oldest = new(connection, "SELECT id, time FROM events WHERE time < ? ORDER BY time LIMIT ?");
        _delete = new(connection, "DELETE FROM events WHERE id = ?");
        _removed = new(connection, "UPDATE meta SET value = CAST(value AS INTEGER) + ? WHERE key = 'removed'");
    }

    /// <summary>Events that were written since <see cref="Begin"/>.</summary>
    public int Inserted { get; private set; }

    /// <summary>A transaction begins.</summary>
    public void Begin()
    {
        Inserted = 0;
        _hour = null;
    }

    public void Write(Failure failure, string server, byte[] eventId, long file, long offset, bool keepSubjects)
    {
        var diagnosis = failure.Diagnosis;
        var time = new DateTimeOffset(failure.Time, TimeSpan.Zero).ToUnixTimeMilliseconds();
        if (HourSums.Of(time) is var hour && hour != _hour)
        {
            // The sums of this hour are now incomplete.
            _unseal.Give(hour).Run();
            _hour = hour;
            _changed.Add(hour);
        }

        Inserted++;
        _insert.Give(eventId).Give(failure.Deferred ? 1 : 0).Give(time).Give(server).Give(failure.Source).Give(failure.Direction.Name())
            .Give(failure.Recipient).Give(failure.Domain).Give(failure.Sender).Give(failure.MessageId).Give(failure.NetworkMessageId).Give(failure.Connector)
            .Give(keepSubjects ? failure.Subject : "").Give(diagnosis.Cause.Name()).Give(Reason.Of(diagnosis)).Give(diagnosis.Text)
            .Give(diagnosis.RemoteHost ?? "").Give(diagnosis.RemoteAddress ?? "").Give(file).Give(offset).Run();
        if (failure.Session.Length > 0)
            _insertSession.Give(failure.Session).Run();
    }

    /// <summary>Deletes the oldest events before a time, at most <see cref="Part"/>.</summary>
    /// <returns>The number of deleted events.</returns>
    public int DeleteOldest(long before)
    {
        var old = new List<(long Id, long Time)>(Part);
        _oldest.Give(before).Give(Part);
        while (_oldest.Step())
            old.Add((_oldest.Number(0), _oldest.Number(1)));
        _oldest.Reset();
        if (old.Count == 0)
            return 0;
        using var transaction = _connection.BeginTransaction();
        foreach (var (id, time) in old)
        {
            _delete.Give(id).Run();
            _changed.Add(HourSums.Of(time));
        }

        _removed.Give(old.Count).Run();
        transaction.Commit();
        return old.Count;
    }

    /// <summary>The hours in which events were written or deleted since the last call.</summary>
    public HashSet<long> TakeChanged()
    {
        var changed = _changed.ToHashSet();
        _changed.Clear();
        return changed;
    }

    /// <summary>Whether an event of an hour was written or deleted since <see cref="TakeChanged"/>.</summary>
    public bool HasChanged(long hour) => _changed.Contains(hour);

    /// <summary>Stores the sums of hours in one transaction, except those of hours that have changed meanwhile.</summary>
    public void Seal(IReadOnlyList<HourSums> hours)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var hour in hours)
            if (!HasChanged(hour.Hour))
                _seal.Give(hour.Hour).Give(hour.Listed).Give(hour.Reasons).Give(hour.Domains).Run();
        transaction.Commit();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _insertSession.Dispose();
        _unseal.Dispose();
        _seal.Dispose();
        _oldest.Dispose();
        _delete.Dispose();
        _removed.Dispose();
    }
}
