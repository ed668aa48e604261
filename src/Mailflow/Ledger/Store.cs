using System.Diagnostics;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The SQLite file. Only the committer writes through this class; readers open their own connections (<see cref="OpenReader()"/>).
/// WAL with synchronous=FULL: when a commit returns, it is on the disk; readers never wait.
/// </summary>
sealed class Store : IDisposable
{
    /// <summary>The store's name in the state folder.</summary>
    public const string FileName = "mailflow.db";

    /// <summary>Milliseconds that a reader waits for a lock.</summary>
    const int Patience = 5000;

    /// <summary>Maximum quarantine rows; the newest are kept.</summary>
    const int MaxQuarantine = 10_000;

    /// <summary>Maximum rejecting replies of each server and direction; the newest are kept. Many are replies to senders of spam.</summary>
    public const int MaxReplies = 5_000;

    /// <summary>Maximum size of the -wal file after a checkpoint. It grows while a reader keeps a transaction open for long.</summary>
    const int KeptWal = 64 << 20;

    readonly SqliteConnection _connection;
    readonly Statement _upsertCell;
    readonly Statement _deleteCell;
    readonly Statement _upsertFile;
    readonly Statement _markFile;
    readonly Statement _forgetFile;
    readonly Statement _insertQuarantine;
    readonly Statement _forgetQuarantine;
    readonly Statement _upsertSessions;
    readonly Statement _deleteSessions;
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
            // If another process (for example a backup) locks the store for longer, the committer retries: it can be stopped and logs the reason.
            _connection.DefaultTimeout = 5;
            Prepare();
            LastEvent = Scalar("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'");
            Events = new(_connection);
            Replies = new(this, _connection);
            Copies = new(_connection);
            Traces = new(_connection);
            Evidence = new(_connection);
            Rollups = new(_connection);
            _deleteCell = new(_connection, "DELETE FROM cells WHERE counter = ? AND a = ? AND b = ? AND c = ? AND d = ?");
            _upsertCell = new(
                _connection,
                "INSERT INTO cells (counter, a, b, c, d, value) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
            _upsertFile = new(_connection, """
                INSERT INTO files
                    (id, root, name, device, inode, header_hash, generation, header_offset, "offset", guard, server, newest, records, head, format)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET root = excluded.root, name = excluded.name, device = excluded.device, inode = excluded.inode,
                    header_hash = excluded.header_hash, generation = excluded.generation, header_offset = excluded.header_offset,
                    "offset" = excluded."offset", guard = excluded.guard, server = coalesce(excluded.server, server), gone = NULL,
                    newest = max(coalesce(newest, 0), excluded.newest), records = excluded.records, head = excluded.head,
                    format = excluded.format
                """);
            _markFile = new(_connection, "UPDATE files SET gone = ? WHERE id = ?");
            _forgetFile = new(_connection, "DELETE FROM files WHERE id = ?");
            _insertQuarantine = new(_connection, """INSERT INTO quarantine (at, root, name, "offset", length, reason) VALUES (?, ?, ?, ?, ?, ?)""");
            _forgetQuarantine = new(_connection, """
                DELETE FROM quarantine WHERE id IN
                    (SELECT id FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ? ORDER BY id LIMIT ?)
                """);
            _upsertSessions = new(_connection, "INSERT INTO sessions (file, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state");
            _deleteSessions = new(_connection, "DELETE FROM sessions WHERE file = ?");
            Exports = new(this, _connection);
            _insertAnswer = Command("""
                INSERT OR IGNORE INTO answers (event, question, verdict, evidence, facts) SELECT $event, $question, $verdict, $evidence, $facts
                WHERE EXISTS (SELECT 1 FROM events WHERE id = $event)
                """, "event", "question", "verdict", "evidence", "facts");
            _upsertAnswered = Command($"""
                INSERT INTO cursors (sink, last_id, dropped) VALUES ('{Unanswered.Cursor}', $last, 0) ON CONFLICT DO UPDATE SET last_id = excluded.last_id
                """, "last");
        }
        catch (Exception e)
        {
            _connection?.Dispose();
            if (ExceptionOf(path, e) is { } fault)
                throw fault;
            throw;
        }

        const string Query = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'born'";
        Born = Load(Query, r => DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(0))) is [var born] ? born : null;
    }

    public string Path { get; }

    /// <summary>The id of the last committed event; two readers compare it to find out whether they see the same moment.</summary>
    public long LastEvent { get; private set; }

    /// <summary>Failures and the sums of hours.</summary>
    public EventTables Events { get; }

    /// <summary>Copies of messages on their way.</summary>
    public CopyTables Copies { get; }

    /// <summary>Rejecting replies of SMTP sessions.</summary>
    public ReplyTables Replies { get; }

    /// <summary>The index of message traces.</summary>
    public TraceTables Traces { get; }

    /// <summary>The facts that incidents are found in, and the incidents.</summary>
    public EvidenceTables Evidence { get; }

    /// <summary>The history of mail by quarter of an hour and hour.</summary>
    public RollupTables Rollups { get; }

    /// <summary>What the last survey of the index found; null before the first.</summary>
    public IndexCoverage? IndexCoverage { get; set; }

    /// <summary>When the store was created; its counters count from then. Null if an earlier version created it.</summary>
    public DateTimeOffset? Born { get; }

    /// <summary>The content of exports.</summary>
    public ExportTables Exports { get; }

    /// <summary>A read-only connection, for the page, the shippers and the commands.</summary>
    public SqliteConnection OpenReader() => OpenReader(Path);

    /// <summary>A connection that only reads, also while another process writes.</summary>
    public static SqliteConnection OpenReader(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadOnly);
        // SqliteCommand waits by itself, prepared statements (Statement) do not: while a program closes the store, its file is locked for a moment.
        _ = SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, Patience);
        return connection;
    }

    /// <summary>A connection for small writes; it waits while the committer writes.</summary>
    public SqliteConnection OpenWriter() => Open(Path, SqliteOpenMode.ReadWrite);

    public List<FilePosition> LoadFiles() => Load(
        """
        SELECT id, root, name, device, inode, header_hash, generation, header_offset, "offset", guard, server, records, state, head
        FROM files LEFT JOIN sessions ON sessions.file = files.id
        """,
        r => new FilePosition(
            r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt32(6), r.GetInt64(7),
            r.GetInt64(8), r.GetInt64(9), r.IsDBNull(10) ? null : r.GetString(10), r.IsDBNull(11) ? null : r.GetInt64(11))
        {
            Sessions = r.IsDBNull(12) ? null : new(r.GetInt64(8), r.GetFieldValue<byte[]>(12)),
            Head = r.IsDBNull(13) ? null : r.GetInt64(13),
        });

    /// <summary>The user's own rules in force.</summary>
    public RulesInForce Rules { get; } = new();

    public List<StoredCell> LoadCells() => Load(
        "SELECT counter, a, b, c, d, value FROM cells",
        r => new StoredCell(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5)));

    /// <summary>Failures since a time, by second and cause.</summary>
    public List<(DateTimeOffset Time, Cause Cause, Fault Fault, int Count)> LoadFailures(DateTimeOffset since)
    {
        // The store has no column for the responsible side. The reason determines it, so one status text for each reason is classified again.
        var faults = new Dictionary<(Cause, string), Fault>();
        return Load(
            "SELECT time / 1000, cause, reason, min(status), count(*) FROM events WHERE deferred = 0 AND time >= $since GROUP BY 1, 2, 3",
            r =>
            {
                var cause = CauseTable.TryParse(r.GetString(1), out var known) ? known : Cause.Unknown;
                if (!faults.TryGetValue((cause, r.GetString(2)), out var fault))
                    faults[(cause, r.GetString(2))] = fault = Reason.FaultOf(r.GetString(2), cause, r.GetString(3));
                return (DateTimeOffset.FromUnixTimeSeconds(r.GetInt64(0)), cause, fault, r.GetInt32(4));
            },
            ("since", since.ToUnixTimeMilliseconds()));
    }

    /// <summary>The newest row's time by server.</summary>
    /// <param name="latest">Later rows have a wrong clock or a damaged date.</param>
    public Dictionary<string, DateTime> LoadNewest(DateTimeOffset latest)
    {
        var newest = new Dictionary<string, DateTime>(StringComparer.OrdinalIgnoreCase);
        foreach (var (server, time) in Load(
            $"""
            SELECT coalesce(server, '{TrackedFile.UnknownServer}'), max(newest), coalesce(max(iif(newest <= $latest, newest, NULL)), 0)
            FROM files WHERE newest > 0 GROUP BY 1
            """,
            // The largest is read, too: what is no time at all is damage.
            r => (Server: r.GetString(0), _: DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1)), Time: r.GetInt64(2)),
            ("latest", latest.ToUnixTimeMilliseconds()))
            .Where(f => f.Time > 0).Select(f => (f.Server, DateTimeOffset.FromUnixTimeMilliseconds(f.Time).UtcDateTime)))
            if (newest.GetValueOrDefault(server) < time)
                newest[server] = time;
        return newest;
    }

    /// <summary>The newest row's time by root and server.</summary>
    public List<(string Root, string Server, DateTime Time)> LoadRead() => Load(
        $"SELECT root, coalesce(server, '{TrackedFile.UnknownServer}'), max(newest) FROM files WHERE newest > 0 GROUP BY 1, 2",
        r => (r.GetString(0), r.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(2)).UtcDateTime));

    /// <summary>Loads the copies on their way. In a store of an older version, and in one whose copies are damaged, they begin with the next row.</summary>
    /// <returns>What is damaged; null if nothing is.</returns>
    public string? LoadCopies(Copies copies)
    {
        const string Begun = "copies_since";
        string? fault = null;
        var since = Load($"SELECT CAST(value AS INTEGER) FROM meta WHERE key = '{Begun}'", r => r.GetInt64(0));
        if (since.Count > 0)
        {
            fault = CopyTables.Load(_connection, copies);
            if (fault is null)
            {
                copies.Since = since[0];
                Copies.Loaded(
                    Scalar("SELECT coalesce(sum(length(data)), 0) FROM copy_log"), Scalar("SELECT coalesce(sum(length(data)), 0) FROM copy_parts"));
                return null;
            }
        }

        // Ends of what is older may have been read already.
        copies.Restart(Load("SELECT max(newest) FROM files WHERE newest > 0", r => r.IsDBNull(0) ? 0 : r.GetInt64(0)) is [> 0 and var newest]
            ? Ledger.Copies.MillisecondsOf(DateTimeOffset.FromUnixTimeMilliseconds(newest).UtcDateTime)
            : 0);
        using var transaction = _connection.BeginTransaction();
        var began = copies.Since.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Execute(
            $"DELETE FROM copy_log; DELETE FROM copy_parts; DELETE FROM copy_names; INSERT INTO meta VALUES ('{Begun}', '{began}') "
            + "ON CONFLICT DO UPDATE SET value = excluded.value",
            transaction);
        transaction.Commit();
        return fault;
    }

    /// <summary>All incidents.</summary>
    public List<KnownIncident> LoadIncidents() => EvidenceReader.Incidents(_connection);

    /// <summary>Writes all changes of some deltas in one transaction.</summary>
    public void Commit(IReadOnlyList<Delta> deltas, Totals totals, bool keepDeferrals, bool keepSubjects, DateTimeOffset now, Arrivals? arrivals = null,
        Copies? copies = null)
    {
        var stored = false;
        try
        {
            using var transaction = _connection.BeginTransaction();
            Events.Begin();
            foreach (var delta in deltas)
                Write(delta, keepDeferrals, keepSubjects, now, transaction);
            Traces.Write(deltas, now);
            Evidence.Write(deltas);
            Rollups.Write(deltas, arrivals?.Lone ?? [], totals);
            Replies.WriteRings();
            if (arrivals is not null)
            {
                Exports.Write(arrivals, transaction);
                foreach (var lone in arrivals.Lone)
                    Events.Write(lone.Failure, lone.Server, lone.EventId, lone.File, lone.Record, keepSubjects: false);
            }

            if (copies is not null)
                Copies.Write(copies);
            foreach (var row in totals.Replaced)
                _deleteCell.Give(row.Counter).Give(row.A).Give(row.B).Give(row.C).Give(row.D).Run();
            foreach (var row in totals.Changed.Select(c => c.Stored))
                _upsertCell.Give(row.Counter).Give(row.A).Give(row.B).Give(row.C).Give(row.D).Give(row.Value).Run();
            transaction.Commit();
            stored = true;
            Rollups.Stored();
        }
        finally
        {
            Replies.Ended(stored);
        }

        LastEvent += Events.Inserted;
    }

    /// <summary>Deletes the oldest quarantine rows if there are too many, at most <see cref="EventTables.Part"/>.</summary>
    /// <returns>The number of deleted rows.</returns>
    public int ForgetQuarantine() => _forgetQuarantine.Give(MaxQuarantine).Give(EventTables.Part).Run();

    /// <summary>Records since when files are missing, in milliseconds; null if they are present.</summary>
    public void Mark(IReadOnlyList<long> files, long? gone)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var id in files)
            _markFile.Give(gone).Give(id).Run();
        transaction.Commit();
    }

    /// <summary>Ends segments of the index that no longer grow, in one transaction.</summary>
    /// <returns>How many.</returns>
    public int EndIdleTraces(DateTimeOffset now)
    {
        using var transaction = _connection.BeginTransaction();
        var ended = Traces.EndIdle(now);
        transaction.Commit();
        return ended;
    }

    /// <summary>Deletes the positions of files.</summary>
    public void Forget(IReadOnlyList<long> files)
    {
        using var transaction = _connection.BeginTransaction();
        Traces.Forget(files);
        foreach (var id in files)
        {
            _deleteSessions.Give(id).Run();
            _forgetFile.Give(id).Run();
        }

        transaction.Commit();
    }

    /// <summary>Records where the roots are: a search in the store of a stopped program finds the files there.</summary>
    public void SetRoots(IEnumerable<LogRoot> roots)
    {
        using var transaction = _connection.BeginTransaction();
        using var upsert = new Statement(_connection, "INSERT INTO roots (name, folder) VALUES (?, ?) ON CONFLICT DO UPDATE SET folder = excluded.folder");
        foreach (var root in roots)
            upsert.Give(root.Name).Give(System.IO.Path.GetFullPath(root.Folder)).Run();
        transaction.Commit();
    }

    /// <summary>Checks that the file exists: some systems accept writes to a deleted file, and the data would be lost.</summary>
    /// <exception cref="StoreException">The file does not exist.</exception>
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
            // Not known. The open file can still be written.
        }
    }

    /// <summary>Bytes in use, without free pages.</summary>
    public long Bytes() => (Scalar("PRAGMA page_count") - Scalar("PRAGMA freelist_count")) * Scalar("PRAGMA page_size");

    public void Dispose()
    {
        Events.Dispose();
        Replies.Dispose();
        Copies.Dispose();
        Traces.Dispose();
        Evidence.Dispose();
        Rollups.Dispose();
        _upsertCell.Dispose();
        _deleteCell.Dispose();
        _upsertFile.Dispose();
        _markFile.Dispose();
        _forgetFile.Dispose();
        _insertQuarantine.Dispose();
        _forgetQuarantine.Dispose();
        _upsertSessions.Dispose();
        _deleteSessions.Dispose();
        Exports.Dispose();
        _insertAnswer.Dispose();
        _upsertAnswered.Dispose();
        _connection.Dispose();
    }

    void Write(Delta delta, bool keepDeferrals, bool keepSubjects, DateTimeOffset now, SqliteTransaction transaction)
    {
        switch (delta)
        {
            case RowDelta rows:
                Write(rows, keepDeferrals, keepSubjects, now);
                break;
            case ExportDelta export:
                WritePosition(export, headerOffset: 0, guard: 0, newest: 0, export.Records, head: null);
                foreach (var fault in export.Faults)
                    Quarantine(export.File, fault.Record, 0, fault.Reason.Name(), now);
                break;
            case AnswerDelta answers:
                Write(answers.Batch, transaction);
                break;
            case IndexDelta or IncidentDelta:
                break;
            default:
                throw new UnreachableException();
        }
    }

    void Write(AnswerBatch batch, SqliteTransaction transaction)
    {
        foreach (var answer in batch.Answers)
            Run(_insertAnswer, transaction, answer.Event, answer.Question, answer.Verdict, answer.Evidence, answer.Facts);
        Run(_upsertAnswered, transaction, batch.Last);
    }

    void Write(RowDelta rows, bool keepDeferrals, bool keepSubjects, DateTimeOffset now)
    {
        var (file, tally) = (rows.File, rows.Tally);
        var newest = tally.Newest == default ? 0 : new DateTimeOffset(tally.Newest, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var export = rows.Export;
        WritePosition(rows, rows.HeaderOffset, rows.Guard, newest, export?.Records, export is null ? rows.Head : null);
        // In an export, a place is the number of a row.
        var from = export is null ? rows.Offset : 0;
        foreach (var fault in export?.Faults ?? [])
            Quarantine(file, fault.Record, 0, fault.Reason.Name(), now);
        Exports.Write(export?.Keys ?? []);
        if (file.Format.HasSessions && rows.Sessions.Length == 0)
            _deleteSessions.Give(file.Id).Run();
        else if (file.Format.HasSessions)
            _upsertSessions.Give(file.Id).Give(rows.Sessions).Run();
        foreach (var (reason, offset, length) in tally.Quarantined)
            Quarantine(file, from + offset, length, reason.Name(), now);
        foreach (var failure in tally.Failures)
            if (!failure.Deferred || keepDeferrals)
            {
                var offset = from + failure.Offset;
                Events.Write(failure, rows.Server, FailureId.Of(file, offset, failure), file.Id, offset, keepSubjects);
            }

        // Only during a flood of spam does a block hold more replies of one server than are kept.
        foreach (var reply in tally.Rejections.TakeLast(MaxReplies))
            Replies.Write(rows.Server, reply);
    }

    void WritePosition(FileDelta delta, long headerOffset, long guard, long newest, long? records, long? head)
    {
        var file = delta.File;
        _upsertFile.Give(file.Id).Give(file.Root).Give(file.Name).Give(file.Device).Give(file.Inode).Give(file.HeaderHash).Give(file.Generation)
            .Give(headerOffset).Give(delta.End).Give(guard).Give(delta.Server == TrackedFile.UnknownServer ? null : delta.Server).Give(newest)
            .Give(records).Give(head).Give(file.Format.Name).Run();
    }

    void Quarantine(TrackedFile file, long offset, long length, string reason, DateTimeOffset now) =>
        _insertQuarantine.Give(now.ToUnixTimeMilliseconds()).Give(file.Root).Give(file.Name).Give(offset).Give(length).Give(reason).Run();

    /// <summary>
    /// Creates the store in a temporary file and renames it when it is complete. So an empty file under the real name is never a new store: it has
    /// lost its content.
    /// </summary>
    static void Create(string path)
    {
        if (File.Exists(path + "-wal"))
            throw StoreException.Corrupt(path, "it is missing, but its -wal file exists");
        var unfinished = path + ".new";
        File.Delete(unfinished);
        File.Delete(unfinished + "-journal");
        CreateForOwner(unfinished);
        using (var connection = Open(unfinished, SqliteOpenMode.ReadWriteCreate))
        using (var command = connection.CreateCommand())
        {
            command.CommandText = $"""
                PRAGMA synchronous = FULL;
                BEGIN; {Schema.First} {string.Concat(Schema.Steps)}
                INSERT INTO meta VALUES ('version', '{Schema.Version}'), ('born', '{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}');
                COMMIT
                """;
            command.ExecuteNonQuery();
        }

        File.Move(unfinished, path);
    }

    void Prepare()
    {
        if (Scalar("SELECT count(*) FROM sqlite_master WHERE name = 'meta'") == 0)
            throw StoreException.Corrupt(Path, Scalar("SELECT count(*) FROM sqlite_master") == 0 ? "it is empty" : "it is the database of another program");
        // No exclusive locking mode: readers need access, and the lock file already prevents a second instance.
        var kept = KeptWal.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Execute($"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = {kept}", null);
        // Tables that are loaded at start are checked here; the others, which can be large, are checked while Mailflow runs (StoreCheck).
        foreach (var table in Load("SELECT name FROM sqlite_master WHERE type = 'table'", r => r.GetString(0)).Where(IsCheckedNow))
            using (var check = Query($"PRAGMA quick_check(\"{table}\")"))
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

    /// <summary>
    /// The index of traces, the copies on their way, the evidence of incidents and the history have checksums; what is damaged of them is left out.
    /// </summary>
    static bool IsCheckedNow(string table) =>
        !StoreCheck.Large.Contains(table) && !table.StartsWith("trace_", StringComparison.Ordinal)
        && table is not ("copy_log" or "copy_parts" or "evidence" or "rollups");

    /// <summary>The error in terms of the store, with what to do; null if the exception is not an error of the store.</summary>
    public static StoreException? ExceptionOf(string path, Exception e) => e switch
    {
        SqliteException fault when fault.IsUnusable() => StoreException.Unusable(path, e.Message),
        SqliteException or InvalidCastException or InvalidOperationException or OverflowException or FormatException or ArgumentException =>
            StoreException.Corrupt(path, e.Message),
        IOException or UnauthorizedAccessException => StoreException.Unusable(path, e.Message),
        _ => null,
    };

    /// <summary>Reads all rows of a query. Damage can change the type of any value: a row that cannot be read is an error and is never skipped.</summary>
    public List<T> Load<T>(string text, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var loaded = new List<T>();
        try
        {
            using var rows = Query(text, parameters);
            while (rows.Read())
                loaded.Add(read(rows));
        }
        catch (Exception e) when (ExceptionOf(Path, e) is not null)
        {
            throw ExceptionOf(Path, e)!;
        }

        return loaded;
    }

    /// <summary>
    /// Only the owner may read the file, in any folder, since it contains addresses. SQLite gives its -wal and -shm files the same permissions.
    /// </summary>
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
        var text = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 };
        var connection = new SqliteConnection(text.ToString());
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

    public void Execute(string text, SqliteTransaction? transaction)
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
