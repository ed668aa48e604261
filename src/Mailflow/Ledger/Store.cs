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
    /// <summary>Events that are deleted in one go: more would hold a commit up.</summary>
    public const int PrunePart = 20_000;

    /// <summary>Quarantine rows that are kept: the newest.</summary>
    const int MaxQuarantine = 10_000;

    const int SqliteCorrupt = 11;
    const int SqliteNotADatabase = 26;

    readonly SqliteConnection _connection;
    readonly SqliteCommand _insertEvent;
    readonly SqliteCommand _upsertCell;
    readonly SqliteCommand _upsertFile;
    readonly SqliteCommand _insertQuarantine;

    public Store(string path)
    {
        Path = path;
        SqliteConnection? connection = null;
        try
        {
            CreateForOwner(path);
            _connection = connection = Open(path, SqliteOpenMode.ReadWriteCreate);
            Prepare();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw e is SqliteException { SqliteErrorCode: SqliteCorrupt or SqliteNotADatabase } ? StoreException.Corrupt(path, e.Message) : StoreException.Unusable(path, e.Message);
        }
        catch (StoreException)
        {
            connection?.Dispose();
            throw;
        }

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
            INSERT INTO files (id, root, name, device, inode, header_hash, generation, header_offset, "offset", guard, server, newest)
            VALUES ($id, $root, $name, $device, $inode, $header_hash, $generation, $header_offset, $offset, $guard, $server, $newest)
            ON CONFLICT DO UPDATE SET name = excluded.name, device = excluded.device, inode = excluded.inode, header_offset = excluded.header_offset,
                "offset" = excluded."offset", guard = excluded.guard, server = coalesce(excluded.server, server), gone = NULL, newest = max(coalesce(newest, 0), excluded.newest)
            """, "id", "root", "name", "device", "inode", "header_hash", "generation", "header_offset", "offset", "guard", "server", "newest");
        _insertQuarantine = Command("""
            INSERT INTO quarantine (at, root, name, "offset", length, reason) VALUES ($at, $root, $name, $offset, $length, $reason)
            """, "at", "root", "name", "offset", "length", "reason");
    }

    public string Path { get; }

    /// <summary>A connection that only reads, for the page, the shippers and the commands.</summary>
    public SqliteConnection OpenReader() => Open(Path, SqliteOpenMode.ReadOnly);

    /// <summary>A connection for small writes beside the committer: it waits its turn.</summary>
    public SqliteConnection OpenWriter() => Open(Path, SqliteOpenMode.ReadWrite);

    public List<FilePosition> LoadFiles()
    {
        var files = new List<FilePosition>();
        using var rows = Query("""SELECT id, root, name, device, inode, header_hash, generation, header_offset, "offset", guard, server FROM files""");
        while (rows.Read())
            files.Add(new(rows.GetInt64(0), rows.GetString(1), rows.GetString(2), rows.GetInt64(3), rows.GetInt64(4), rows.GetInt64(5), rows.GetInt32(6), rows.GetInt64(7), rows.GetInt64(8), rows.GetInt64(9), rows.IsDBNull(10) ? null : rows.GetString(10)));
        return files;
    }

    public List<CellValue> LoadCells()
    {
        var cells = new List<CellValue>();
        using var rows = Query("SELECT counter, a, b, c, d, value FROM cells");
        while (rows.Read())
            if (Enum.TryParse<Counter>(rows.GetString(0), out var counter))
                cells.Add(new(new(counter, rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetString(4)), rows.GetInt64(5)));
        return cells;
    }

    /// <summary>Failures at or after a time by second and cause.</summary>
    public List<(DateTimeOffset Time, Cause Cause, int Count)> LoadFailures(DateTimeOffset since)
    {
        var failures = new List<(DateTimeOffset, Cause, int)>();
        using var rows = Query("SELECT time / 1000, cause, count(*) FROM events WHERE deferred = 0 AND time >= $since GROUP BY 1, 2", ("since", since.ToUnixTimeMilliseconds()));
        while (rows.Read())
            if (CauseTable.TryParse(rows.GetString(1), out var cause))
                failures.Add((DateTimeOffset.FromUnixTimeSeconds(rows.GetInt64(0)), cause, rows.GetInt32(2)));
        return failures;
    }

    /// <summary>The newest row's time by server.</summary>
    public Dictionary<string, DateTime> LoadNewest()
    {
        var newest = new Dictionary<string, DateTime>(StringComparer.OrdinalIgnoreCase);
        using var rows = Query("SELECT server, max(newest) FROM files WHERE server IS NOT NULL AND newest > 0 GROUP BY server");
        while (rows.Read())
            newest[rows.GetString(0)] = DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(1)).UtcDateTime;
        return newest;
    }

    /// <summary>Everything that some blocks change, in one transaction.</summary>
    public void Commit(IReadOnlyList<Delta> deltas, Totals totals, bool keepDeferrals, bool keepSubjects, DateTimeOffset now)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var delta in deltas)
            Write(delta, keepDeferrals, keepSubjects, now, transaction);
        foreach (var key in totals.Changed)
            Run(_upsertCell, transaction, key.Counter.ToString(), key.A, key.B, key.C, key.D, totals.Cells[key]);
        transaction.Commit();
    }

    /// <summary>Deletes what is too old or too much, a part at a time. Failures of the last hour always stay.</summary>
    /// <returns>Events deleted.</returns>
    public int Prune(DateTimeOffset now, TimeSpan keep, long maxBytes)
    {
        var hourAgo = now.AddHours(-1).ToUnixTimeMilliseconds();
        var deleted = Execute("DELETE FROM events WHERE id IN (SELECT id FROM events WHERE time < $old LIMIT $part)",
            ("old", Math.Min(hourAgo, (now - keep).ToUnixTimeMilliseconds())), ("part", PrunePart));
        if (Bytes() > maxBytes)
            deleted += Execute("DELETE FROM events WHERE id IN (SELECT id FROM events WHERE time < $hour ORDER BY id LIMIT $part)", ("hour", hourAgo), ("part", PrunePart));
        Execute("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - $most", ("most", MaxQuarantine));
        return deleted;
    }

    /// <summary>
    /// Forgets the positions of files that have been gone for long: Exchange deletes its logs after a time, and their rows would pile up.
    /// </summary>
    /// <param name="present">The files that are in their folders now.</param>
    /// <returns>The numbers that were forgotten.</returns>
    public List<long> Retire(IReadOnlySet<long> present, DateTimeOffset now, TimeSpan keep)
    {
        var (gone, back, old) = (new List<long>(), new List<long>(), new List<long>());
        using (var rows = Query("SELECT id, gone FROM files"))
            while (rows.Read())
            {
                var id = rows.GetInt64(0);
                if (present.Contains(id))
                    (rows.IsDBNull(1) ? [] : back).Add(id);
                else if (rows.IsDBNull(1))
                    gone.Add(id);
                else if (rows.GetInt64(1) < (now - keep).ToUnixTimeMilliseconds())
                    old.Add(id);
            }

        foreach (var id in gone)
            Execute("UPDATE files SET gone = $now WHERE id = $id", ("now", now.ToUnixTimeMilliseconds()), ("id", id));
        foreach (var id in back)
            Execute("UPDATE files SET gone = NULL WHERE id = $id", ("id", id));
        foreach (var id in old)
            Execute("DELETE FROM files WHERE id = $id", ("id", id));
        return old;
    }

    /// <summary>Bytes in use, free pages left out.</summary>
    public long Bytes() => (Scalar("PRAGMA page_count") - Scalar("PRAGMA freelist_count")) * Scalar("PRAGMA page_size");

    public void Dispose()
    {
        _insertEvent.Dispose();
        _upsertCell.Dispose();
        _upsertFile.Dispose();
        _insertQuarantine.Dispose();
        _connection.Dispose();
    }

    void Write(Delta delta, bool keepDeferrals, bool keepSubjects, DateTimeOffset now, SqliteTransaction transaction)
    {
        var (file, tally) = (delta.File, delta.Tally);
        var newest = tally.Newest == default ? 0 : new DateTimeOffset(tally.Newest, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Run(_upsertFile, transaction, file.Id, file.Root, file.Name, file.Device, file.Inode, file.HeaderHash, file.Generation, delta.HeaderOffset, delta.End, delta.Guard,
            delta.Server == TrackedFile.UnknownServer ? DBNull.Value : delta.Server, newest);
        foreach (var (reason, offset, length) in tally.Quarantined)
            Run(_insertQuarantine, transaction, now.ToUnixTimeMilliseconds(), file.Root, file.Name, delta.Offset + offset, length, reason.Name());
        foreach (var failure in tally.Failures)
            if (!failure.Deferred || keepDeferrals)
                Write(failure, delta, keepSubjects, transaction);
    }

    void Write(Failure failure, Delta delta, bool keepSubjects, SqliteTransaction transaction)
    {
        var diagnosis = failure.Diagnosis;
        var offset = delta.Offset + failure.Offset;
        Run(_insertEvent, transaction,
            EventId.Of(delta.File, offset, failure),
            failure.Deferred ? 1 : 0,
            new DateTimeOffset(failure.Time, TimeSpan.Zero).ToUnixTimeMilliseconds(),
            delta.Server,
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
            delta.File.Id,
            offset);
    }

    void Prepare()
    {
        // Exclusive to nobody: a lock file keeps a second instance out, and readers must get in.
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = FULL");
        if (Scalar("SELECT count(*) FROM sqlite_master WHERE name = 'meta'") == 0)
        {
            using var transaction = _connection.BeginTransaction();
            Execute(Schema.Create, transaction);
            Execute($"INSERT INTO meta VALUES ('version', '{Schema.Version}')", transaction);
            transaction.Commit();
            return;
        }

        using (var check = Query("PRAGMA quick_check(1)"))
            if (check.Read() && check.GetString(0) != "ok")
                throw StoreException.Corrupt(Path, check.GetString(0));
        var version = Scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'");
        if (version != Schema.Version)
            throw StoreException.OtherVersion(Path, version);
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

    SqliteCommand Command(string text, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + name });
        return command;
    }

    static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
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

    void Execute(string text, SqliteTransaction transaction)
    {
        using var command = Command(text);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    long Scalar(string text)
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
