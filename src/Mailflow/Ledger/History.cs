using Mailflow.Analysis.Failures;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>Failures that have cause, code and kind in common.</summary>
/// <param name="Status">The newest one's status text, as the log has it.</param>
sealed record ReasonCount(Cause Cause, string Reason, long Count, DateTimeOffset Newest, string Status, string Domain, string Connector, string Server);

/// <summary>How a cause spreads over recipients' domains.</summary>
/// <param name="TopDomain">The domain with the most of its failures; empty where they have none.</param>
sealed record CauseSpread(Cause Cause, string TopDomain, long TopCount, long Domains);

/// <summary>Failures to one recipients' domain.</summary>
/// <param name="TopCause">The cause of most of them.</param>
sealed record DomainCount(string Domain, long Count, Cause TopCause, long TopCount, DateTimeOffset Newest);

/// <summary>One failure as it is stored, address and all: whoever shows it masks it.</summary>
sealed record StoredFailure(DateTimeOffset Time, string Server, string Recipient, string Domain, string Connector, Cause Cause, string Reason, string Status, string RemoteHost, string? Answer = null)
{
    /// <summary>The SMTP session that the row names; empty where it names none.</summary>
    public string Session { get; init; } = "";

    /// <summary>What was refused in that session; null where no protocol log shows it.</summary>
    public SessionRefusal? Refusal { get; init; }
}

/// <summary>What a protocol log says of a refusal.</summary>
/// <param name="Stage">The command that was refused.</param>
/// <param name="Tls">What encrypted the session: `none`, or a version.</param>
/// <param name="Remote">The other side's address and port.</param>
sealed record SessionRefusal(string Stage, string Tls, string Remote);

/// <summary>The newest row that one server wrote under one root.</summary>
sealed record NewestRow(string Root, string Server, DateTimeOffset Time);

/// <summary>What is kept of failures.</summary>
/// <param name="Oldest">The oldest failure's time; null where none is kept.</param>
/// <param name="Removed">Failures and deferrals that retention has deleted.</param>
sealed record Kept(DateTimeOffset? Oldest, long Events, long Removed);

/// <summary>A line that could not be read, and where it stands: the newest of them.</summary>
/// <param name="At">When it was met.</param>
/// <param name="Offset">Its first byte, from the start of the file.</param>
/// <param name="Length">In bytes.</param>
sealed record QuarantinedLine(DateTimeOffset At, string File, long Offset, long Length, string Reason);

/// <summary>
/// What the page asks the store: reads only, and all answers are of one moment. Times are in milliseconds and a range holds its start but not its end.
/// </summary>
sealed class History : IDisposable
{
    /// <summary>Failures that are looked at to find out when the causes began.</summary>
    public const int MaxLookBack = 50_000;

    /// <summary>Failures that are looked at to find out what is ours.</summary>
    const int MaxLookAt = 10_000;

    readonly SqliteConnection _connection;
    readonly SqliteTransaction _moment;

    public History(Store store)
    {
        _connection = store.OpenReader();
        try
        {
            _moment = _connection.BeginTransaction(deferred: true);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>The number of the last event that is seen.</summary>
    public long LastEvent() => Read("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'", r => r.GetInt64(0))[0];

    /// <summary>Failures by reason, the most frequent first.</summary>
    public List<ReasonCount> ByReason(DateTimeOffset from, DateTimeOffset to) =>
        Read(
            // SQLite takes bare columns from the row that max() was found in.
            """
            SELECT cause, reason, count(*) AS n, max(time), status, domain, connector, server FROM events
            WHERE time >= $from AND time < $to AND deferred = 0 GROUP BY cause, reason ORDER BY n DESC, reason
            """,
            r => new ReasonCount(CauseOf(r.GetString(0)), r.GetString(1), r.GetInt64(2), Time(r.GetInt64(3)), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7)),
            ("from", Milliseconds(from)), ("to", Milliseconds(to)));

    public List<CauseSpread> Spread(DateTimeOffset from, DateTimeOffset to) =>
        Read(
            """
            SELECT cause, domain, max(n), count(*) FROM
                (SELECT cause, domain, count(*) AS n FROM events WHERE time >= $from AND time < $to AND deferred = 0 GROUP BY cause, domain ORDER BY domain)
            GROUP BY cause
            """,
            r => new CauseSpread(CauseOf(r.GetString(0)), r.GetString(1), r.GetInt64(2), r.GetInt64(3)),
            ("from", Milliseconds(from)), ("to", Milliseconds(to)));

    /// <summary>The domains with the most failures.</summary>
    public List<DomainCount> TopDomains(DateTimeOffset from, DateTimeOffset to, int most) =>
        Read(
            """
            SELECT domain, total, cause, n, newest FROM
                (SELECT domain, cause, count(*) AS n, sum(count(*)) OVER d AS total, max(max(time)) OVER d AS newest, row_number() OVER (d ORDER BY count(*) DESC, cause) AS place FROM events
                 WHERE time >= $from AND time < $to AND deferred = 0 AND domain <> '' GROUP BY domain, cause WINDOW d AS (PARTITION BY domain))
            WHERE place = 1 ORDER BY total DESC, domain LIMIT $most
            """,
            r => new DomainCount(r.GetString(0), r.GetInt64(1), CauseOf(r.GetString(2)), r.GetInt64(3), Time(r.GetInt64(4))),
            ("from", Milliseconds(from)), ("to", Milliseconds(to)), ("most", most));

    /// <summary>Failures by cause in steps of time; those after the last step's end count in it, as servers' clocks may be ahead, and those before the first in that.</summary>
    /// <param name="start">Where the first step starts.</param>
    /// <param name="from">The first time that counts.</param>
    public List<(int Step, Cause Cause, long Count)> BySteps(DateTimeOffset start, TimeSpan step, int steps, DateTimeOffset from, DateTimeOffset to) =>
        Read(
            """
            SELECT max(0, min((time - $start) / $step, $last)) AS slot, cause, count(*) FROM events
            WHERE time >= $from AND time < $to AND deferred = 0 GROUP BY slot, cause
            """,
            r => (r.GetInt32(0), CauseOf(r.GetString(1)), r.GetInt64(2)),
            ("start", Milliseconds(start)), ("step", (long)step.TotalMilliseconds), ("last", steps - 1), ("from", Milliseconds(from)), ("to", Milliseconds(to)));

    /// <summary>The newest failures.</summary>
    public List<StoredFailure> Newest(DateTimeOffset from, DateTimeOffset to, int most) =>
        Read(
            """
            SELECT e.time, e.server, e.recipient, e.domain, e.connector, e.cause, e.reason, e.status, e.remote_host, coalesce(s.session, ''), r.stage, r.tls, r.remote,
                (SELECT evidence FROM answers WHERE event = e.id)
            FROM (SELECT * FROM events WHERE time >= $from AND time < $to AND deferred = 0 ORDER BY time DESC, id DESC LIMIT $most) e
            LEFT JOIN event_sessions s ON s.event = e.id
            -- Of several refusals in a session, the one for this cause.
            LEFT JOIN smtp_refusals r ON r.id = (SELECT id FROM smtp_refusals x WHERE x.session = s.session ORDER BY x.cause = e.cause DESC, x.id LIMIT 1)
            ORDER BY e.time DESC, e.id DESC
            """,
            r => new StoredFailure(Time(r.GetInt64(0)), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), CauseOf(r.GetString(5)), r.GetString(6), r.GetString(7), r.GetString(8), r.IsDBNull(13) ? null : r.GetString(13))
            {
                Session = r.GetString(9),
                Refusal = r.IsDBNull(10) ? null : new(r.GetString(10), r.GetString(11), r.GetString(12)),
            },
            ("from", Milliseconds(from)), ("to", Milliseconds(to)), ("most", most));

    /// <summary>Domains of this organisation, as the newest failures have them: the sender of what leaves, the recipient of what comes in. The most frequent first.</summary>
    public List<(string Domain, long Count)> OwnSide() =>
        Read(
            """
            SELECT lower(substr(address, instr(address, '@') + 1)) AS own, count(*) AS n FROM
                (SELECT CASE direction WHEN 'originating' THEN sender ELSE recipient END AS address FROM
                    (SELECT direction, sender, recipient FROM events WHERE deferred = 0 ORDER BY id DESC LIMIT $most) WHERE direction IN ('originating', 'incoming'))
            WHERE instr(address, '@') > 0 GROUP BY own ORDER BY n DESC, own
            """,
            r => (r.GetString(0), r.GetInt64(1)),
            ("most", MaxLookAt));

    /// <summary>What servers said that refused us for a blocklist: the newest.</summary>
    public List<(string Status, string RemoteAddress)> Blocklistings() =>
        Read(
            "SELECT status, remote_address FROM events WHERE cause = 'blocklisted' AND direction <> 'incoming' ORDER BY time DESC LIMIT $most",
            r => (r.GetString(0), r.GetString(1)),
            ("most", MaxLookAt / 10));

    /// <summary>Domains whose servers have answered, as the newest failures have them.</summary>
    public List<string> Reached() =>
        Read("SELECT DISTINCT domain FROM (SELECT domain, remote_host FROM events ORDER BY id DESC LIMIT $most) WHERE remote_host <> '' AND domain <> ''", r => r.GetString(0), ("most", MaxLookAt));

    /// <summary>When each cause's run of failures began that ends before <paramref name="to"/>: the first of them after an hour without any.</summary>
    /// <returns>A cause is missing where its run began before what is looked at.</returns>
    public Dictionary<Cause, DateTimeOffset> Began(IReadOnlySet<Cause> causes, DateTimeOffset to)
    {
        var hour = (long)TimeSpan.FromHours(1).TotalMilliseconds;
        var first = new Dictionary<Cause, long>();
        var began = new Dictionary<Cause, DateTimeOffset>();
        using var rows = Query("SELECT time, cause FROM events WHERE time < $to AND deferred = 0 ORDER BY time DESC LIMIT $most", ("to", Milliseconds(to)), ("most", MaxLookBack));
        var (seen, time) = (0, 0L);
        for (; began.Count < causes.Count && rows.Read(); seen++)
        {
            time = rows.GetInt64(0);
            var cause = CauseOf(rows.GetString(1));
            if (!causes.Contains(cause) || began.ContainsKey(cause))
                continue;
            if (first.TryGetValue(cause, out var last) && last - time > hour)
                began.Add(cause, Time(last));
            else
                first[cause] = time;
        }

        // What was not cut off by the limit began where it was last seen.
        foreach (var (cause, last) in first)
            if (seen < MaxLookBack || last - time > hour)
                began.TryAdd(cause, Time(last));
        return began;
    }

    /// <summary>The newest rows of any kind.</summary>
    public List<NewestRow> NewestRows() =>
        Read(
            "SELECT root, coalesce(server, 'unknown'), max(newest) FROM files WHERE newest > 0 GROUP BY 1, 2 ORDER BY 1, 3 DESC",
            r => new NewestRow(r.GetString(0), r.GetString(1), Time(r.GetInt64(2))));

    /// <summary>The newest lines that could not be read.</summary>
    public List<QuarantinedLine> Quarantined(int most) =>
        Read(
            "SELECT at, name, \"offset\", length, reason FROM quarantine ORDER BY id DESC LIMIT $most",
            r => new QuarantinedLine(Time(r.GetInt64(0)), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetString(4)),
            ("most", most));

    public Kept Kept()
    {
        // AUTOINCREMENT never gives a number twice, so what is missing was deleted.
        using var rows = Query("SELECT (SELECT min(time) FROM events), (SELECT count(*) FROM events), (SELECT seq FROM sqlite_sequence WHERE name = 'events')");
        rows.Read();
        var events = rows.GetInt64(1);
        return new(rows.IsDBNull(0) ? null : Time(rows.GetInt64(0)), events, (rows.IsDBNull(2) ? 0 : rows.GetInt64(2)) - events);
    }

    public void Dispose()
    {
        _moment.Dispose();
        _connection.Dispose();
    }

    static Cause CauseOf(string name) => CauseTable.TryParse(name, out var cause) ? cause : Cause.Unknown;

    static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    List<T> Read<T>(string text, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var rows = Query(text, parameters);
        var read = new List<T>();
        while (rows.Read())
            read.Add(row(rows));
        return read;
    }

    SqliteDataReader Query(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = _moment;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue("$" + name, value);
        return command.ExecuteReader();
    }
}
