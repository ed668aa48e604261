using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The queries of the page. It only reads, and all results are of one moment (one read transaction). Times are in milliseconds; a range includes
/// its start but not its end.
/// </summary>
sealed class History : IDisposable
{
    /// <summary>Failures that are read to find out when the causes began.</summary>
    public const int MaxLookBack = 50_000;

    /// <summary>Failures that are read to find our own domains, and the domains whose servers have answered.</summary>
    const int MaxLookAt = 10_000;

    /// <summary>Rejections because of a blocklist that are read.</summary>
    public const int MaxBlocklistings = 1000;

    readonly SqliteConnection _connection;
    readonly SqliteTransaction _moment;

    public History(Store store)
        : this(store.Path)
    {
    }

    /// <param name="path">A store, which another program may write.</param>
    public History(string path)
    {
        _connection = Store.OpenReader(path);
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

    /// <summary>Its connection, for other queries of the same moment.</summary>
    internal SqliteConnection Connection => _connection;

    /// <summary>The id of the last event in this transaction.</summary>
    public long LastEvent() => Read("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'", r => r.GetInt64(0))[0];

    /// <summary>The sums of a range: from the stored sums of whole hours where they exist, otherwise row by row.</summary>
    public FailureSums Sums(DateTimeOffset from, DateTimeOffset to, Steps? steps = null, int mostDomains = FailureSums.MaxDomains)
    {
        var sums = new FailureSums(steps, mostDomains);
        using var rows = new Statement(_connection, RowsOf);
        using var hours = new Statement(_connection, "SELECT reasons, domains FROM event_hours WHERE hour = ?");
        foreach (var (start, end, hour) in Parts(Milliseconds(from), Milliseconds(to)))
        {
            if (hour is not { } whole || !HourSums.Fits(whole, steps))
            {
                Add(rows, start, end, sums);
                continue;
            }

            hours.Give(whole).Step();
            HourSums.AddReasons(sums, whole, hours.Bytes(0));
            HourSums.AddDomains(sums, whole, hours.Bytes(1));
            hours.Reset();
        }

        return sums;
    }

    /// <summary>The domains of each cause. If there are too many domains for the memory, SQLite calculates this, since it can sort on disk.</summary>
    public List<CauseSpread> Spread(FailureSums sums, DateTimeOffset from, DateTimeOffset to) => !sums.TooManyDomains ? sums.Spread() : Read(
        """
        SELECT cause, domain, max(n), count(*) FROM
            (SELECT cause, domain, count(*) AS n FROM events WHERE time >= $from AND time < $to AND deferred = 0 GROUP BY cause, domain ORDER BY domain)
        GROUP BY cause
        """,
        r => new CauseSpread(CauseOf(r.GetString(0)), r.Kept(1, KeptText.Address), r.GetInt64(2), r.GetInt64(3)),
        ("from", Milliseconds(from)), ("to", Milliseconds(to)));

    /// <summary>The domains with the most failures.</summary>
    public List<DomainCount> TopDomains(FailureSums sums, DateTimeOffset from, DateTimeOffset to, int most) => !sums.TooManyDomains
        ? sums.TopDomains(most)
        : Read(
        """
        SELECT domain, total, cause, n, newest FROM
            (SELECT domain, cause, count(*) AS n, sum(count(*)) OVER d AS total, max(max(time)) OVER d AS newest,
                row_number() OVER (d ORDER BY count(*) DESC, cause) AS place
             FROM events WHERE time >= $from AND time < $to AND deferred = 0 AND domain <> '' GROUP BY domain, cause WINDOW d AS (PARTITION BY domain))
        WHERE place = 1 ORDER BY total DESC, domain LIMIT $most
        """,
        r => new DomainCount(r.Kept(0, KeptText.Address), r.GetInt64(1), CauseOf(r.GetString(2)), r.GetInt64(3), Time(r.GetInt64(4))),
        ("from", Milliseconds(from)), ("to", Milliseconds(to)), ("most", most));

    /// <summary>Failures by reason, the most frequent first, with the newest of each.</summary>
    public List<ReasonCount> ByReason(FailureSums sums)
    {
        using var newest = new Statement(
            _connection, "SELECT status, domain, connector, server, recipient, sender, remote_host, remote_address FROM events WHERE id = ?");
        var reasons = new List<ReasonCount>();
        foreach (var (cause, reason, sum) in sums.Reasons.OrderByDescending(r => r.Sum.Count).ThenBy(r => r.Reason, StringComparer.Ordinal))
        {
            newest.Give(sum.NewestId).Step();
            reasons.Add(new(
                cause, reason, sum.Count, Time(sum.Newest), newest.Kept(0, KeptText.Status),
                newest.Kept(1, KeptText.Address), newest.Kept(2, KeptText.Name), newest.Text(3),
                newest.Kept(4, KeptText.Address), newest.Kept(5, KeptText.Address),
                newest.Kept(6, KeptText.Name), newest.Kept(7, KeptText.Name)));
            newest.Reset();
        }

        return reasons;
    }

    const string RowsOf = "SELECT time, id, cause, reason, domain FROM events WHERE time >= ? AND time < ? AND deferred = 0";

    static void Add(Statement rows, long from, long to, FailureSums sums)
    {
        rows.Give(from).Give(to);
        while (rows.Step())
        {
            var (time, cause) = (rows.Number(0), CauseNames.Of(rows.Bytes(2)));
            sums.AddReason(cause, rows.Bytes(3), 1, time, rows.Number(1));
            sums.AddDomain(rows.Bytes(4), cause, 1, time);
            sums.AddStep(time, cause, 1);
        }

        rows.Reset();
    }

    /// <summary>Splits a range into the hours with stored sums and the parts between them; oldest first.</summary>
    internal List<(long Start, long End, long? Hour)> Parts(long from, long to)
    {
        using var hours = new Statement(_connection, "SELECT hour FROM event_hours WHERE hour >= ? AND hour < ? ORDER BY hour");
        var parts = new List<(long, long, long?)>();
        hours.Give(HourSums.Of(from - 1) + 1).Give(HourSums.Of(to));
        while (hours.Step())
        {
            var hour = hours.Number(0);
            if (from < hour * HourSums.Length)
                parts.Add((from, hour * HourSums.Length, null));
            from = (hour + 1) * HourSums.Length;
            parts.Add((hour * HourSums.Length, from, hour));
        }

        if (from < to)
            parts.Add((from, to, null));
        return parts;
    }

    /// <summary>The newest failures.</summary>
    public List<StoredFailure> Newest(DateTimeOffset from, DateTimeOffset to, int most) =>
        Read(
            """
            SELECT e.time, e.server, e.recipient, e.domain, e.connector, e.cause, e.reason, e.status, e.remote_host,
                coalesce(s.session, ''), r.stage, r.tls, r.remote, (SELECT evidence FROM answers WHERE event = e.id), e.sender,
                e.message_id, e.network_message_id
            FROM (SELECT * FROM events WHERE time >= $from AND time < $to AND deferred = 0 ORDER BY time DESC, id DESC LIMIT $most) e
            LEFT JOIN event_sessions s ON s.event = e.id
            -- Of several rejecting replies in a session, the one with this cause.
            LEFT JOIN smtp_refusals r ON r.id = (SELECT id FROM smtp_refusals x WHERE x.session = s.session ORDER BY x.cause = e.cause DESC, x.id LIMIT 1)
            ORDER BY e.time DESC, e.id DESC
            """,
            r => new StoredFailure(
                Time(r.GetInt64(0)), r.GetString(1), r.Kept(2, KeptText.Address), r.Kept(3, KeptText.Address),
                r.Kept(4, KeptText.Name), CauseOf(r.GetString(5)), r.GetString(6), r.Kept(7, KeptText.Status),
                r.Kept(8, KeptText.Name), r.IsDBNull(13) ? null : r.GetString(13))
            {
                Sender = r.Kept(14, KeptText.Address),
                MessageId = r.Kept(15, KeptText.Line),
                NetworkMessageId = r.Kept(16, KeptText.Name),
                Session = r.GetString(9),
                Reply = r.IsDBNull(10) ? null : new(r.GetString(10), r.GetString(11), r.GetString(12)),
            },
            ("from", Milliseconds(from)), ("to", Milliseconds(to)), ("most", most));

    /// <summary>
    /// Domains of this organisation according to the newest failures: those of the sender of outgoing mail and of the recipient of incoming mail.
    /// The most frequent first.
    /// </summary>
    public List<(string Domain, long Count)> OwnSide()
    {
        using var rows = new Statement(
            _connection,
            "SELECT direction, CASE direction WHEN 'originating' THEN sender ELSE recipient END FROM events WHERE deferred = 0 ORDER BY id DESC LIMIT ?");
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        rows.Give(MaxLookAt);
        var letters = new char[256];
        while (rows.Step())
        {
            var direction = rows.Bytes(0);
            if (!direction.SequenceEqual("originating"u8) && !direction.SequenceEqual("incoming"u8))
                continue;
            var address = rows.Bytes(1);
            var at = address.IndexOf((byte)'@');
            if (at < 0)
                continue;
            var domain = address[(at + 1)..];
            if (domain.Length > letters.Length)
                letters = new char[domain.Length];
            var own = letters.AsSpan(0, Encoding.UTF8.GetChars(domain, letters));
            // ASCII letters only, as SQLite's lower() does.
            foreach (ref var letter in own)
                if (char.IsAsciiLetterUpper(letter))
                    letter = char.ToLowerInvariant(letter);
            lookup.TryGetValue(own, out var count);
            lookup[own] = count + 1;
        }

        return [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value))];
    }

    /// <summary>The newest replies of servers that rejected our mail because of a blocklist.</summary>
    public List<(string Status, string RemoteAddress)> Blocklistings()
    {
        using var rows = new Statement(
            _connection,
            "SELECT status, remote_address FROM events WHERE time >= ? AND time < ? AND cause = 'blocklisted' AND direction <> 'incoming' ORDER BY "
            + "time DESC LIMIT ?");
        using var hours = new Statement(_connection, "SELECT listed FROM event_hours WHERE hour = ?");
        using var one = new Statement(_connection, "SELECT status, remote_address FROM events WHERE id = ?");
        var found = new List<(string, string)>();
        var parts = Parts(long.MinValue + 1, long.MaxValue);
        for (var i = parts.Count - 1; i >= 0 && found.Count < MaxBlocklistings; i--)
        {
            var (start, end, hour) = parts[i];
            if (hour is { } whole)
            {
                hours.Give(whole).Step();
                var ids = hours.IsNull(0) ? [] : HourSums.Ids(hours.Bytes(0));
                hours.Reset();
                foreach (var id in ids.Take(MaxBlocklistings - found.Count))
                {
                    one.Give(id).Step();
                    found.Add((one.Kept(0, KeptText.Status), one.Text(1)));
                    one.Reset();
                }

                continue;
            }

            rows.Give(start).Give(end).Give(MaxBlocklistings - found.Count);
            while (rows.Step())
                found.Add((rows.Kept(0, KeptText.Status), rows.Text(1)));
            rows.Reset();
        }

        return found;
    }

    /// <summary>Domains whose servers have answered, according to the newest failures.</summary>
    public List<string> Reached() =>
        Read(
            "SELECT DISTINCT domain FROM (SELECT domain, remote_host FROM events ORDER BY id DESC LIMIT $most) WHERE remote_host <> '' AND domain <> ''",
            r => r.GetString(0), ("most", MaxLookAt));

    /// <summary>
    /// When the current run of failures of each cause began: the first failure after an hour without any, before <paramref name="to"/>.
    /// </summary>
    /// <returns>A cause is missing if its run began before the failures that are read (<see cref="MaxLookBack"/>).</returns>
    public Dictionary<Cause, DateTimeOffset> Began(IReadOnlySet<Cause> causes, DateTimeOffset to)
    {
        var (first, began) = (new Dictionary<Cause, long>(), new Dictionary<Cause, DateTimeOffset>());
        using var rows = new Statement(_connection, "SELECT time, cause FROM events WHERE time >= ? AND time < ? AND deferred = 0 ORDER BY time DESC LIMIT ?");
        using var hours = new Statement(_connection, "SELECT reasons FROM event_hours WHERE hour = ?");
        var (seen, time) = (0L, 0L);
        var parts = Parts(long.MinValue + 1, Milliseconds(to));
        for (var i = parts.Count - 1; i >= 0 && began.Count < causes.Count && seen < MaxLookBack; i--)
        {
            var (start, end, hour) = parts[i];
            if (hour is { } whole)
            {
                hours.Give(whole).Step();
                var all = HourSums.CausesOf(whole, hours.Bytes(0));
                hours.Reset();
                var more = seen + all.Sum(c => c.Count);
                if (more <= MaxLookBack)
                {
                    // A run cannot end within one hour, so its first and last failure are enough.
                    foreach (var (cause, _, oldest, newest) in all)
                        Look(cause, newest, oldest);
                    seen = more;
                    if (all.Count > 0)
                        time = all.Min(c => c.First);
                    continue;
                }
            }

            rows.Give(start).Give(end).Give(MaxLookBack - seen);
            for (; began.Count < causes.Count && rows.Step(); seen++)
            {
                time = rows.Number(0);
                Look(CauseNames.Of(rows.Bytes(1)), time, time);
            }

            rows.Reset();
        }

        // A run that the limit has not cut off began at its oldest failure.
        foreach (var (cause, last) in first)
            if (seen < MaxLookBack || last - time > HourSums.Length)
                began.TryAdd(cause, Time(last));
        return began;

        void Look(Cause cause, long newest, long oldest)
        {
            if (!causes.Contains(cause) || began.ContainsKey(cause))
                return;
            if (first.TryGetValue(cause, out var last) && last - newest > HourSums.Length)
                began.Add(cause, Time(last));
            else
                first[cause] = oldest;
        }
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

    public StoreSize Kept()
    {
        // AUTOINCREMENT never reuses an id, so the number of events is the last id minus the number of deleted events.
        using var rows = Query(
            """
            SELECT (SELECT min(time) FROM events), coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0),
                (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'removed')
            """);
        rows.Read();
        var removed = rows.GetInt64(2);
        return new(rows.IsDBNull(0) ? null : Time(rows.GetInt64(0)), rows.GetInt64(1) - removed, removed);
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
