using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The one SQLite file. The committer writes through this class alone; readers open connections of their own (<see cref="OpenReader"/>).
/// WAL with synchronous=FULL: a commit that returned is on the disk, and readers never wait.
/// </summary>
sealed class Store : IDisposable
{
    /// <summary>Quarantine rows that are kept: the newest.</summary>
    const int MaxQuarantine = 10_000;

    /// <summary>Refusals that are kept of each server and direction: the newest. Many come from who tries to send spam to us.</summary>
    public const int MaxRefusals = 5_000;

    static readonly TimeSpan ExportsAreKept = TimeSpan.FromHours(1);

    /// <summary>Events that are deleted at once: a commit waits for no more.</summary>
    public const int PrunePart = 20_000;

    readonly SqliteConnection _connection;
    readonly SqliteCommand _insertEvent;
    int _inserted;
    readonly SqliteCommand _upsertCell;
    readonly SqliteCommand _upsertFile;
    readonly SqliteCommand _insertQuarantine;
    readonly SqliteCommand _upsertSessions;
    readonly SqliteCommand _deleteSessions;
    readonly SqliteCommand _insertEventSession;
    readonly SqliteCommand _insertRefusal;
    readonly SqliteCommand _insertAnswer;
    readonly SqliteCommand _upsertAnswered;

    public Store(string path)
    {
        Path = path;
        try
        {
            if (!File.Exists(path))
                Create(path);
            _connection = Open(path, SqliteOpenMode.ReadWrite);
            // Whoever holds the store longer, a backup for example, is waited for by the committer, which can be stopped and says so.
            _connection.DefaultTimeout = 5;
            Prepare();
        }
        catch (Exception e)
        {
            _connection?.Dispose();
            if (Refusal(path, e) is { } refusal)
                throw refusal;
            throw;
        }

        LastEvent = Scalar("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'");
        _insertEvent = Command("""
            INSERT INTO events (event_id, deferred, time, server, source, direction, recipient, domain, sender, message_id, network_message_id,
                connector, subject, cause, reason, status, remote_host, remote_address, file, "offset")
            VALUES ($event_id, $deferred, $time, $server, $source, $direction, $recipient, $domain, $sender, $message_id, $network_message_id,
                $connector, $subject, $cause, $reason, $status, $remote_host, $remote_address, $file, $offset)
            """, "event_id", "deferred", "time", "server", "source", "direction", "recipient", "domain", "sender", "message_id", "network_message_id",
            "connector", "subject", "cause", "reason", "status", "remote_host", "remote_address", "file", "offset");
        _upsertCell = Command("""
            INSERT INTO cells (counter, a, b, c, d, value) VALUES ($counter, $a, $b, $c, $d, $value)
            ON CONFLICT DO UPDATE SET value = excluded.value
            """, "counter", "a", "b", "c", "d", "value");
        _upsertFile = Command("""
            INSERT INTO files (id, root, name, device, inode, header_hash, generation, header_offset, "offset", guard, server, newest, records, head)
            VALUES ($id, $root, $name, $device, $inode, $header_hash, $generation, $header_offset, $offset, $guard, $server, $newest, $records, $head)
            ON CONFLICT DO UPDATE SET root = excluded.root, name = excluded.name, device = excluded.device, inode = excluded.inode, header_hash = excluded.header_hash, generation = excluded.generation,
                header_offset = excluded.header_offset, "offset" = excluded."offset", guard = excluded.guard, server = coalesce(excluded.server, server), gone = NULL,
                newest = max(coalesce(newest, 0), excluded.newest), records = excluded.records, head = excluded.head
            """, "id", "root", "name", "device", "inode", "header_hash", "generation", "header_offset", "offset", "guard", "server", "newest", "records", "head");
        _insertQuarantine = Command("""
            INSERT INTO quarantine (at, root, name, "offset", length, reason) VALUES ($at, $root, $name, $offset, $length, $reason)
            """, "at", "root", "name", "offset", "length", "reason");
        _upsertSessions = Command("INSERT INTO sessions (file, state) VALUES ($file, $state) ON CONFLICT DO UPDATE SET state = excluded.state", "file", "state");
        _insertEventSession = Command("INSERT INTO event_sessions (event, session) VALUES (last_insert_rowid(), $session)", "session");
        _insertRefusal = Command("""
            INSERT INTO smtp_refusals (session, server, direction, stage, time, cause, status, connector, remote, tls)
            VALUES ($session, $server, $direction, $stage, $time, $cause, $status, $connector, $remote, $tls)
            """, "session", "server", "direction", "stage", "time", "cause", "status", "connector", "remote", "tls");
        _deleteSessions = Command("DELETE FROM sessions WHERE file = $file", "file");
        Exports = new(this, _connection);
        _insertAnswer = Command("""
            INSERT OR IGNORE INTO answers (event, question, verdict, evidence, facts) SELECT $event, $question, $verdict, $evidence, $facts
            WHERE EXISTS (SELECT 1 FROM events WHERE id = $event)
            """, "event", "question", "verdict", "evidence", "facts");
        _upsertAnswered = Command($"""
            INSERT INTO cursors (sink, last_id, dropped) VALUES ('{Unanswered.Cursor}', $last, 0) ON CONFLICT DO UPDATE SET last_id = excluded.last_id
            """, "last");
    }

    public string Path { get; }

    /// <summary>The number of the last event that was committed: by it, two readers tell whether they see the same moment.</summary>
    public long LastEvent { get; private set; }

    /// <summary>What exports brought.</summary>
    public ExportTables Exports { get; }

    /// <summary>A connection that only reads, for the page, the shippers and the commands.</summary>
    public SqliteConnection OpenReader() => Open(Path, SqliteOpenMode.ReadOnly);

    /// <summary>A connection for small writes beside the committer: it waits its turn.</summary>
    public SqliteConnection OpenWriter() => Open(Path, SqliteOpenMode.ReadWrite);

    public List<FilePosition> LoadFiles() => Load(
        """
        SELECT id, root, name, device, inode, header_hash, generation, header_offset, "offset", guard, server, records, state, head
        FROM files LEFT JOIN sessions ON sessions.file = files.id
        """,
        r => new FilePosition(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt32(6), r.GetInt64(7), r.GetInt64(8), r.GetInt64(9), r.IsDBNull(10) ? null : r.GetString(10), r.IsDBNull(11) ? null : r.GetInt64(11))
        {
            Sessions = r.IsDBNull(12) ? null : new(r.GetInt64(8), r.GetFieldValue<byte[]>(12)),
            Head = r.IsDBNull(13) ? null : r.GetInt64(13),
        });

    public List<CellValue> LoadCells() => Load(
        "SELECT counter, a, b, c, d, value FROM cells",
        r => Enum.TryParse<Counter>(r.GetString(0), out var counter) && counter.ToString() == r.GetString(0)
            ? new CellValue(new(counter, r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4)), r.GetInt64(5))
            : throw new FormatException($"there is no counter '{r.GetString(0)}'"));

    /// <summary>Failures at or after a time by second and cause.</summary>
    public List<(DateTimeOffset Time, Cause Cause, int Count)> LoadFailures(DateTimeOffset since) => Load(
        "SELECT time / 1000, cause, count(*) FROM events WHERE deferred = 0 AND time >= $since GROUP BY 1, 2",
        r => (DateTimeOffset.FromUnixTimeSeconds(r.GetInt64(0)), CauseTable.TryParse(r.GetString(1), out var cause) ? cause : Cause.Unknown, r.GetInt32(2)),
        ("since", since.ToUnixTimeMilliseconds()));

    /// <summary>The newest row's time by server.</summary>
    public Dictionary<string, DateTime> LoadNewest()
    {
        var newest = new Dictionary<string, DateTime>(StringComparer.OrdinalIgnoreCase);
        foreach (var (server, time) in Load(
            $"SELECT coalesce(server, '{TrackedFile.UnknownServer}'), max(newest) FROM files WHERE newest > 0 GROUP BY 1",
            r => (Server: r.GetString(0), Time: DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1)).UtcDateTime)))
            if (newest.GetValueOrDefault(server) < time)
                newest[server] = time;
        return newest;
    }

    /// <summary>Everything that some blocks change, in one transaction.</summary>
    public void Commit(IReadOnlyList<Delta> deltas, Totals totals, bool keepDeferrals, bool keepSubjects, DateTimeOffset now, Arrivals? arrivals = null)
    {
        using var transaction = _connection.BeginTransaction();
        _inserted = 0;
        foreach (var delta in deltas)
            Write(delta, keepDeferrals, keepSubjects, now, transaction);
        if (arrivals is not null)
        {
            Exports.Write(arrivals, transaction);
            foreach (var lone in arrivals.Lone)
                Write(lone.Failure, lone.Server, lone.EventId, lone.File, lone.Record, keepSubjects: false, transaction);
        }

        foreach (var cell in totals.Changed)
            Run(_upsertCell, transaction, cell.Key.Counter.ToString(), cell.Key.A, cell.Key.B, cell.Key.C, cell.Key.D, cell.Value);
        transaction.Commit();
        LastEvent += _inserted;
    }

    /// <summary>Deletes what is too old or too much, a part at a time. Failures of the last hour always stay.</summary>
    /// <param name="newest">What ages are counted from, where that is not now.</param>
    /// <returns>Events deleted.</returns>
    public int Prune(DateTimeOffset now, TimeSpan keep, long maxBytes, DateTimeOffset? newest = null)
    {
        var hourAgo = now.AddHours(-1).ToUnixTimeMilliseconds();
        var deleted = Execute("DELETE FROM events WHERE id IN (SELECT id FROM events WHERE time < $old LIMIT $part)",
            ("old", Math.Min(hourAgo, ((newest ?? now) - keep).ToUnixTimeMilliseconds())), ("part", PrunePart));
        if (Bytes() > maxBytes)
            deleted += Execute("DELETE FROM events WHERE id IN (SELECT id FROM events WHERE time < $hour ORDER BY id LIMIT $part)", ("hour", hourAgo), ("part", PrunePart));
        Execute("""
            DELETE FROM smtp_refusals WHERE time < $old OR id IN
                (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY server, direction ORDER BY id DESC) AS place FROM smtp_refusals) WHERE place > $most)
            """, ("old", ((newest ?? now) - keep).ToUnixTimeMilliseconds()), ("most", MaxRefusals));
        Execute("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - $most", ("most", MaxQuarantine));
        return deleted;
    }

    /// <summary>
    /// Forgets the positions of files that have been gone for long: Exchange deletes its logs after a time, and their rows would pile up.
    /// </summary>
    /// <remarks>An export that comes back is another one, or does not count twice: it is forgotten after an hour, since one comes every minute.</remarks>
    /// <param name="present">The files that are in their folders now.</param>
    /// <param name="unseen">Roots whose folders nobody can look into: nothing is known of their files.</param>
    /// <returns>The numbers that were forgotten.</returns>
    public List<long> Retire(IReadOnlySet<long> present, IReadOnlySet<string> unseen, DateTimeOffset now, TimeSpan keep)
    {
        var (gone, back, old) = (new List<long>(), new List<long>(), new List<long>());
        using (var rows = Query("SELECT id, gone, records IS NOT NULL, root FROM files"))
            while (rows.Read())
            {
                if (unseen.Contains(rows.GetString(3)))
                    continue;
                var id = rows.GetInt64(0);
                if (present.Contains(id))
                    (rows.IsDBNull(1) ? [] : back).Add(id);
                else if (rows.IsDBNull(1))
                    gone.Add(id);
                else if (rows.GetInt64(1) < (now - (rows.GetBoolean(2) ? ExportsAreKept : keep)).ToUnixTimeMilliseconds())
                    old.Add(id);
            }

        foreach (var id in gone)
            Execute("UPDATE files SET gone = $now WHERE id = $id", ("now", now.ToUnixTimeMilliseconds()), ("id", id));
        foreach (var id in back)
            Execute("UPDATE files SET gone = NULL WHERE id = $id", ("id", id));
        foreach (var id in old)
        {
            Execute("DELETE FROM sessions WHERE file = $id", ("id", id));
            Execute("DELETE FROM files WHERE id = $id", ("id", id));
        }

        return old;
    }

    /// <summary>A file that was deleted is still written to, where the system allows that; but nobody finds it again.</summary>
    /// <exception cref="StoreException">It is not there.</exception>
    public void MustBeThere()
    {
        try
        {
            File.GetAttributes(Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw StoreException.Gone(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody can tell; what is open can be written to.
        }
    }

    /// <summary>Bytes in use, free pages left out.</summary>
    public long Bytes() => (Scalar("PRAGMA page_count") - Scalar("PRAGMA freelist_count")) * Scalar("PRAGMA page_size");

    public void Dispose()
    {
        _insertEvent.Dispose();
        _upsertCell.Dispose();
        _upsertFile.Dispose();
        _insertQuarantine.Dispose();
        _upsertSessions.Dispose();
        _deleteSessions.Dispose();
        _insertEventSession.Dispose();
        _insertRefusal.Dispose();
        Exports.Dispose();
        _insertAnswer.Dispose();
        _upsertAnswered.Dispose();
        _connection.Dispose();
    }

    void Write(AnswerBatch batch, SqliteTransaction transaction)
    {
        foreach (var answer in batch.Answers)
            Run(_insertAnswer, transaction, answer.Event, answer.Question, answer.Verdict, answer.Evidence, answer.Facts);
        Run(_upsertAnswered, transaction, batch.Last);
    }

    void Write(Delta delta, bool keepDeferrals, bool keepSubjects, DateTimeOffset now, SqliteTransaction transaction)
    {
        if (delta.Answers is { } answers)
        {
            Write(answers, transaction);
            return;
        }

        var (file, tally) = (delta.File, delta.Tally);
        var newest = tally.Newest == default ? 0 : new DateTimeOffset(tally.Newest, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Run(_upsertFile, transaction, file.Id, file.Root, file.Name, file.Device, file.Inode, file.HeaderHash, file.Generation, delta.HeaderOffset, delta.End, delta.Guard,
            delta.Server == TrackedFile.UnknownServer ? DBNull.Value : delta.Server, newest, delta.Records is { } records ? records : DBNull.Value, delta.Head is { } head ? head : DBNull.Value);
        if (delta.Sessions is { Length: 0 })
            Run(_deleteSessions, transaction, file.Id);
        else if (delta.Sessions is { } open)
            Run(_upsertSessions, transaction, file.Id, open);
        foreach (var (reason, offset, length) in tally.Quarantined)
            Run(_insertQuarantine, transaction, now.ToUnixTimeMilliseconds(), file.Root, file.Name, delta.Offset + offset, length, reason.Name());
        foreach (var fault in delta.Faults)
            Run(_insertQuarantine, transaction, now.ToUnixTimeMilliseconds(), file.Root, file.Name, fault.Record, 0, fault.Reason.Name());
        foreach (var failure in tally.Failures)
            if (!failure.Deferred || keepDeferrals)
            {
                var offset = delta.Offset + failure.Offset;
                Write(failure, delta.Server, EventId.Of(delta.File, offset, failure), delta.File.Id, offset, keepSubjects, transaction);
            }

        // A block holds more of one server than are kept only where spam pours in.
        foreach (var refusal in tally.Refusals.TakeLast(MaxRefusals))
            Run(_insertRefusal, transaction, refusal.Session, delta.Server, refusal.Direction.Name(), refusal.Stage.Name(), new DateTimeOffset(refusal.Time, TimeSpan.Zero).ToUnixTimeMilliseconds(),
                refusal.Diagnosis.Cause.Name(), refusal.Diagnosis.Text, refusal.Connector, refusal.Remote, refusal.Tls.Name());
    }

    void Write(Failure failure, string server, byte[] eventId, long file, long offset, bool keepSubjects, SqliteTransaction transaction)
    {
        var diagnosis = failure.Diagnosis;
        _inserted++;
        Run(_insertEvent, transaction,
            eventId,
            failure.Deferred ? 1 : 0,
            new DateTimeOffset(failure.Time, TimeSpan.Zero).ToUnixTimeMilliseconds(),
            server,
            failure.Source,
            failure.Direction.Name(),
            failure.Recipient,
            failure.Domain,
            failure.Sender,
            failure.MessageId,
            failure.NetworkMessageId,
            failure.Connector,
            keepSubjects ? failure.Subject : "",
            diagnosis.Cause.Name(),
            Reason.Of(diagnosis),
            diagnosis.Text,
            diagnosis.RemoteHost ?? "",
            diagnosis.RemoteAddress ?? "",
            file,
            offset);
        if (failure.Session.Length > 0)
            Run(_insertEventSession, transaction, failure.Session);
    }

    /// <summary>
    /// Makes a new store beside its place and moves it there when it is whole. So a file at its place that is empty is never a new one:
    /// it has lost what it held.
    /// </summary>
    static void Create(string path)
    {
        if (File.Exists(path + "-wal"))
            throw StoreException.Corrupt(path, "it is gone, but its -wal file is there");
        var unfinished = path + ".new";
        File.Delete(unfinished);
        File.Delete(unfinished + "-journal");
        CreateForOwner(unfinished);
        using (var connection = Open(unfinished, SqliteOpenMode.ReadWriteCreate))
        using (var command = connection.CreateCommand())
        {
            command.CommandText = $"PRAGMA synchronous = FULL; BEGIN; {Schema.First} {string.Concat(Schema.Steps)} INSERT INTO meta VALUES ('version', '{Schema.Version}'); COMMIT";
            command.ExecuteNonQuery();
        }

        File.Move(unfinished, path);
    }

    void Prepare()
    {
        if (Scalar("SELECT count(*) FROM sqlite_master WHERE name = 'meta'") == 0)
            throw StoreException.Corrupt(Path, "it holds nothing");
        // Exclusive to nobody: a lock file keeps a second instance out, and readers must get in.
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = FULL");
        using (var check = Query("PRAGMA quick_check(1)"))
            if (check.Read() && check.GetString(0) != "ok")
                throw StoreException.Corrupt(Path, check.GetString(0));
        var version = Scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'");
        if (version < 1 || version > Schema.Version)
            throw StoreException.OtherVersion(Path, version);
        for (; version < Schema.Version; version++)
        {
            using var transaction = _connection.BeginTransaction();
            Execute($"{Schema.Steps[version - 1]} UPDATE meta SET value = '{version + 1}' WHERE key = 'version'", transaction);
            transaction.Commit();
        }
    }

    /// <summary>What is wrong with the store, as a person can mend it; null for what is no fault of the store.</summary>
    static StoreException? Refusal(string path, Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: 3 or 5 or 6 or 8 or 10 or 13 or 14 or 23 } => StoreException.Unusable(path, e.Message), // perm, busy, locked, readonly, ioerr, full, cantopen, auth
        SqliteException or InvalidCastException or InvalidOperationException or OverflowException or FormatException or ArgumentException => StoreException.Corrupt(path, e.Message),
        IOException or UnauthorizedAccessException => StoreException.Unusable(path, e.Message),
        _ => null,
    };

    /// <summary>Bytes that changed may turn any value into another kind: what cannot be read is refused, not left out.</summary>
    public List<T> Load<T>(string text, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var loaded = new List<T>();
        try
        {
            using var rows = Query(text, parameters);
            while (rows.Read())
                loaded.Add(read(rows));
        }
        catch (Exception e) when (Refusal(Path, e) is not null)
        {
            throw Refusal(Path, e)!;
        }

        return loaded;
    }

    /// <summary>It holds addresses: others may not read it, whatever folder it lies in. SQLite gives its side files the same rights.</summary>
    static void CreateForOwner(string path)
    {
        if (File.Exists(path))
            return;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var _ = new FileStream(path, options);
    }

    static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        return connection;
    }

    public SqliteCommand Command(string text, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + name });
        return command;
    }

    public static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    int Execute(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(text);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue("$" + name, value);
        return command.ExecuteNonQuery();
    }

    public void Execute(string text, SqliteTransaction transaction)
    {
        using var command = Command(text);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    public long Scalar(string text)
    {
        using var command = Command(text);
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    SqliteDataReader Query(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = Command(text);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue("$" + name, value);
        return command.ExecuteReader();
    }
}
