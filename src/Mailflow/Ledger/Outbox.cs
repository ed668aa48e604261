using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The events table as one sink sees it: the events after its cursor. The cursor moves only after the sink has accepted an event, so each event
/// is sent at least once, and possibly again after a crash. One instance for each sink, used by one thread at a time.
/// </summary>
/// <remarks>
/// Ids are assigned without gaps, in the transaction that stores the event. A missing id is therefore an event that retention has deleted.
/// The oldest events need not have the lowest ids, since an old file may be read late.
/// </remarks>
sealed class Outbox : IDisposable
{
    /// <summary>Size of the cache of diagnoses: most failures repeat earlier texts, which have a few hundred bytes.</summary>
    const int Diagnoses = 1024;

    readonly SqliteConnection _reader;
    readonly SqliteConnection _writer;
    readonly SqliteCommand _read;
    readonly SqliteCommand _newest;
    readonly SqliteCommand _save;
    readonly DiagnosisCache _diagnoses = new(Diagnoses);
    readonly RulesInForce _rules;
    long _dropped;
    bool _unsaved;

    /// <summary>A new sink starts at the oldest stored event, so it receives the history once.</summary>
    /// <param name="answered">Whether events are sent only after their DNS queries are answered: then the outbox ends at the last answered event.</param>
    public Outbox(Store store, string sink, bool answered = false)
    {
        _rules = store.Rules;
        _reader = store.OpenReader();
        _writer = store.OpenWriter();
        _read = _reader.CreateCommand();
        _read.CommandText = """
            SELECT e.id, e.event_id, e.deferred, e.time, e.server, e.source, e.direction, e.recipient, e.sender, e.message_id, e.network_message_id,
                e.connector, e.subject, e.cause, e.status, e.remote_host, e.remote_address, f.root, f.name, e."offset",
                a.question, a.verdict, a.evidence, a.facts, s.session, e.reason
            FROM events e LEFT JOIN files f ON f.id = e.file LEFT JOIN answers a ON a.event = e.id LEFT JOIN event_sessions s ON s.event = e.id
            WHERE e.id > $after AND e.id <= $until ORDER BY e.id LIMIT $count
            """;
        _read.Parameters.Add(new SqliteParameter { ParameterName = "$after" });
        _read.Parameters.Add(new SqliteParameter { ParameterName = "$count" });
        _read.Parameters.Add(new SqliteParameter { ParameterName = "$until" });
        _newest = _reader.CreateCommand();
        _newest.CommandText = answered
            ? $"SELECT coalesce((SELECT last_id FROM cursors WHERE sink = '{Unanswered.Cursor}'), 0)"
            : "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)";
        _save = _writer.CreateCommand();
        _save.CommandText = "UPDATE cursors SET last_id = $last, dropped = $dropped WHERE sink = $sink";
        _save.Parameters.AddWithValue("$sink", sink);
        _save.Parameters.Add(new SqliteParameter { ParameterName = "$last" });
        _save.Parameters.Add(new SqliteParameter { ParameterName = "$dropped" });

        using var start = _writer.CreateCommand();
        // Events that were deleted before the sink existed are not counted as dropped: `dropped` starts at minus the number of missing ids that
        // the sink will pass. The number of stored events is the last id minus the number of deleted events.
        start.CommandText = """
            PRAGMA synchronous = FULL;
            INSERT OR IGNORE INTO cursors (sink, last_id, dropped)
                SELECT $sink, coalesce(least - 1, last), iif(least IS NULL, 0, last - removed - (last - least + 1)) FROM
                    (SELECT (SELECT min(id) FROM events) AS least, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS last,
                        (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'removed') AS removed);
            SELECT last_id, dropped FROM cursors WHERE sink = $sink
            """;
        start.Parameters.AddWithValue("$sink", sink);
        using var row = start.ExecuteReader();
        row.Read();
        (Last, _dropped) = (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>The last event that the sink has accepted, or that was deleted before.</summary>
    public long Last { get; private set; }

    /// <summary>Events that retention has deleted before the sink accepted them, since the sink exists.</summary>
    public long Dropped => Math.Max(0, _dropped);

    /// <summary>The last event that was stored and may be sent, even if it was deleted meanwhile.</summary>
    public long Newest() => Math.Max(Last, (long)_newest.ExecuteScalar()!);

    /// <summary>Events after the cursor, in order. The read transaction ends with the enumeration.</summary>
    public IEnumerable<StoredEvent> Read(int count)
    {
        _read.Parameters[0].Value = Last;
        _read.Parameters[1].Value = count;
        _read.Parameters[2].Value = Newest();
        using var row = _read.ExecuteReader();
        while (row.Read())
            yield return Event(row);
    }

    /// <summary>Moves the cursor: the sink accepted <paramref name="taken"/> events, the last of them with this id.</summary>
    public void Advance(long id, int taken)
    {
        _dropped += id - Last - taken;
        Last = id;
        _unsaved = true;
    }

    /// <summary>Writes the cursor if it has moved. Waits while the committer writes.</summary>
    public void Save()
    {
        if (!_unsaved)
            return;
        _save.Parameters[1].Value = Last;
        _save.Parameters[2].Value = _dropped;
        _save.ExecuteNonQuery();
        _unsaved = false;
    }

    public void Dispose()
    {
        _read.Dispose();
        _newest.Dispose();
        _save.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    StoredEvent Event(SqliteDataReader row)
    {
        var status = row.Kept(14, KeptText.Status);
        var cause = CauseTable.TryParse(row.GetString(13), out var known) ? known : Cause.Unknown;
        var (host, address) = (OrNull(row.Kept(15, KeptText.Name)), OrNull(row.Kept(16, KeptText.Name)));
        // This version may classify the text differently from the one that counted it: the counted cause is sent.
        var diagnosis = Reason.AsCounted(row.GetString(25), cause, _diagnoses.Get(status), () => Diagnosis.Of(status, _rules.Current, host, address));
        return new(
            Id: row.GetInt64(0),
            EventId: Convert.ToHexStringLower(row.GetFieldValue<byte[]>(1)),
            Deferred: row.GetInt64(2) != 0,
            Time: DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
            Server: row.GetString(4),
            Source: row.GetString(5),
            Direction: row.GetString(6),
            Recipient: row.Kept(7, KeptText.Address),
            Sender: row.Kept(8, KeptText.Address),
            MessageId: row.Kept(9, KeptText.Line),
            NetworkMessageId: row.Kept(10, KeptText.Name),
            Connector: row.Kept(11, KeptText.Name),
            Subject: row.Kept(12, KeptText.Line),
            Cause: cause,
            Diagnosis: diagnosis with { Text = status, RemoteHost = host, RemoteAddress = address },
            File: row.IsDBNull(18) ? "" : $"{row.GetString(17)}/{row.GetString(18)}",
            Offset: row.GetInt64(19),
            Answer: row.IsDBNull(20) ? null : new(row.GetInt64(0), row.GetString(20), row.GetString(21), row.GetString(22), row.GetString(23)))
        {
            Session = row.IsDBNull(24) ? "" : row.GetString(24),
        };
    }

    static string? OrNull(string text) => text.Length == 0 ? null : text;
}
