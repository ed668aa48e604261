namespace Mailflow.Ledger;

/// <summary>
/// The tables of the store. They are STRICT: a value of the wrong type is damage, and is detected. A later version adds a step; a store of an
/// unknown version is not opened.
/// </summary>
static class Schema
{
    public static int Version => Steps.Length + 1;

    /// <summary>The migrations: from version 1 to 2, from 2 to 3, and so on. Each step is one transaction.</summary>
    public static readonly string[] Steps =
    [
        """
        -- The number of records that were read from an export; NULL for a log. The offset of an export is 0 until it is read completely.
        ALTER TABLE files ADD COLUMN records INTEGER;

        -- The newest snapshot of each server and kind, as JSON.
        CREATE TABLE snapshots (kind TEXT NOT NULL, server TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (kind, server)) WITHOUT ROWID, STRICT;

        -- Counted Windows events, because exports overlap. Events older than the floor of their log were deleted and are treated as counted.
        CREATE TABLE event_logs (id INTEGER PRIMARY KEY, server TEXT NOT NULL, channel TEXT NOT NULL, floor INTEGER NOT NULL) STRICT;
        CREATE TABLE seen_events (log INTEGER NOT NULL, record INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (log, record)) WITHOUT ROWID, STRICT;

        -- Messages rejected according to event 2004, until the row arrives in the tracking log.
        CREATE TABLE refusals (
            message_id TEXT PRIMARY KEY,
            due INTEGER NOT NULL,
            counted INTEGER NOT NULL,
            time INTEGER NOT NULL,
            server TEXT NOT NULL,
            connector TEXT NOT NULL,
            status TEXT NOT NULL,
            event_id BLOB NOT NULL,
            file INTEGER NOT NULL,
            record INTEGER NOT NULL
        ) WITHOUT ROWID, STRICT;
        CREATE INDEX events_message ON events (message_id) WHERE deferred = 0;

        -- SMTP sessions that are open at the position of a file. Written in one transaction with it, so that a crash does not change the counts.
        CREATE TABLE sessions (file INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;

        -- The SMTP session of a failure's row, and the rejecting replies of sessions: a join shows at which command a recipient failed.
        CREATE TABLE event_sessions (event INTEGER PRIMARY KEY, session TEXT NOT NULL) STRICT;
        CREATE TABLE smtp_refusals (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            session TEXT NOT NULL,
            server TEXT NOT NULL,
            direction TEXT NOT NULL,
            stage TEXT NOT NULL,
            time INTEGER NOT NULL,
            cause TEXT NOT NULL,
            status TEXT NOT NULL,
            connector TEXT NOT NULL,
            remote TEXT NOT NULL,
            tls TEXT NOT NULL
        ) STRICT;
        CREATE INDEX smtp_refusals_session ON smtp_refusals (session);

        -- Results of DNS and blocklist queries about events.
        CREATE TABLE answers (event INTEGER PRIMARY KEY, question TEXT NOT NULL, verdict TEXT NOT NULL, evidence TEXT NOT NULL, facts TEXT NOT NULL) STRICT;
        CREATE TRIGGER answers_go AFTER DELETE ON events BEGIN DELETE FROM answers WHERE event = old.id; END;
        """,
        """
        -- A session is deleted with its event. Deleting by id is not possible: an event of a server whose clock was ahead is kept for long.
        CREATE TRIGGER event_sessions_go AFTER DELETE ON events BEGIN DELETE FROM event_sessions WHERE event = old.id; END;
        DELETE FROM event_sessions WHERE event NOT IN (SELECT id FROM events);
        """,
        """
        -- Each index costs a page for nearly every event that is written or deleted. The sums of hours replace events_cause; failed message-ids
        -- are searched in memory.
        DROP INDEX events_cause;
        DROP INDEX events_message;

        -- Sums of the failures of an hour (HourSums): a cache of events, filled between commits. A transaction that changes an event also deletes
        -- the row of its hour.
        CREATE TABLE event_hours (hour INTEGER PRIMARY KEY, listed BLOB, reasons BLOB NOT NULL, domains BLOB NOT NULL) STRICT;
        CREATE TRIGGER event_hours_go AFTER DELETE ON events BEGIN
            DELETE FROM event_hours WHERE hour = iif(old.time >= 0, old.time / 3600000, (old.time + 1) / 3600000 - 1);
        END;

        -- The number of deleted events: the last id minus this is the number of stored events.
        INSERT INTO meta SELECT 'removed', coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) - (SELECT count(*) FROM events);

        -- The rejecting replies of a server and direction use a ring of ids: the newest replaces the oldest.
        CREATE TABLE refusal_rings (id INTEGER PRIMARY KEY, server TEXT NOT NULL, direction TEXT NOT NULL, next INTEGER NOT NULL) STRICT;

        -- A counter of 0 is no longer stored. From this version on, `meta` contains when the store was created.
        DELETE FROM cells WHERE value = 0;

        -- Hash of the first bytes of a log. NULL for an export, and for a position of an older version, whose guard covers 64 bytes.
        ALTER TABLE files ADD COLUMN head INTEGER;
        """,
        """
        -- The build of each server (empty if it is not known), when the log was started that names it, and the last reply of Exchange Online that limits
        -- mail because of the build.
        CREATE TABLE builds (server TEXT PRIMARY KEY, build TEXT NOT NULL, written INTEGER NOT NULL, reply TEXT NOT NULL, replied INTEGER NOT NULL)
            WITHOUT ROWID, STRICT;
        """,
        """
        -- The format of a file; NULL until a version that knows this column reads from it.
        ALTER TABLE files ADD COLUMN format TEXT;

        -- The folder of each root, so that the files of a stopped program can be found.
        CREATE TABLE roots (name TEXT PRIMARY KEY, folder TEXT NOT NULL) WITHOUT ROWID, STRICT;

        -- The index of message traces (TraceTables): which keys are in which range of a tracking log. A range without an entry is read. Blobs end with
        -- a checksum. At first the range that is being read, one for each file; its filter grows.
        CREATE TABLE trace_open (
            file INTEGER PRIMARY KEY, at INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            filter BLOB NOT NULL
        ) STRICT;

        -- Then complete ranges, until there are enough of one size for a group.
        CREATE TABLE trace_closed (
            id INTEGER PRIMARY KEY, size INTEGER NOT NULL, file INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, first INTEGER NOT NULL,
            last INTEGER NOT NULL, filter BLOB NOT NULL
        ) STRICT;
        CREATE INDEX trace_closed_size ON trace_closed (size);

        -- Then groups. Line i of all filters of a group is one row of trace_lines, of a page; its id is 64 times the group plus i. A search reads one
        -- such row for each key and group.
        CREATE TABLE trace_groups (
            id INTEGER PRIMARY KEY, lines INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, segments BLOB NOT NULL
        ) STRICT;
        CREATE INDEX trace_groups_files ON trace_groups (high, low);
        CREATE TABLE trace_lines (id INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;
        """,
        """
        -- Compressed copies of logs (KeptCopies). The position and the index of a log stay as long as its copy.
        CREATE TABLE kept (file INTEGER PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, bytes INTEGER NOT NULL, newest INTEGER NOT NULL) STRICT;
        """,
        """
        -- Copies of messages on their way (CopyTables): what each commit changed, the state in 256 parts as it was after a row of it, the numbers of servers
        -- and next hops, and the newest lost copies.
        CREATE TABLE copy_log (id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB NOT NULL) STRICT;
        CREATE TABLE copy_parts (part INTEGER PRIMARY KEY, upto INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
        CREATE TABLE copy_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        CREATE TABLE lost_copies (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            newest INTEGER NOT NULL,
            first INTEGER NOT NULL,
            server TEXT NOT NULL,
            next_hop TEXT NOT NULL,
            file INTEGER NOT NULL,
            "offset" INTEGER NOT NULL
        ) STRICT;
        """,
        """
        -- The facts that incidents are found in (EvidenceBlob), one row for each commit and hour of the rows; later the rows of an hour are merged. The
        -- hours count from 1970. Their texts are numbers.
        CREATE TABLE evidence (id INTEGER PRIMARY KEY AUTOINCREMENT, hour INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
        CREATE INDEX evidence_hour ON evidence (hour);
        CREATE TABLE evidence_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;

        -- Facts from outside the tracking logs, when they began and ended, as JSON.
        CREATE TABLE incident_signals (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, state TEXT NOT NULL) STRICT;

        -- Incidents as JSON. One that is not announced was over when its logs were read: sinks were not told about it.
        CREATE TABLE incidents (
            id TEXT PRIMARY KEY, opened INTEGER NOT NULL, closed INTEGER, announced INTEGER NOT NULL, state TEXT NOT NULL
        ) WITHOUT ROWID, STRICT;

        -- What sinks are told about incidents: opened, changed, closed or reopened, and the incident at that moment.
        CREATE TABLE incident_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, event TEXT NOT NULL, incident TEXT NOT NULL, state TEXT NOT NULL
        ) STRICT;
        """,
        """
        -- The history of mail (RollupBlob): quarters of an hour and hours (step, in seconds), in milliseconds since 1970, by server; an empty server is all.
        CREATE TABLE rollups (step INTEGER NOT NULL, server TEXT NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (step, server, at))
            WITHOUT ROWID, STRICT;
        """,
        """
        -- Failures that their own event told and that were counted: a FAIL row of the same message and recipient does not count (FailuresToldTwice).
        CREATE TABLE told_failures (key INTEGER PRIMARY KEY, time INTEGER NOT NULL) STRICT;
        """,
        """
        -- Rows of exports of message tracking that were counted (SeenRows): a hash of each recipient of a row, and of the file.
        CREATE TABLE seen_rows (id INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER NOT NULL, file INTEGER NOT NULL) STRICT;
        """,
    ];

    /// <summary>Version 1; the steps follow.</summary>
    public const string First = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;

        -- The read position of each file. One row for each generation of a file.
        CREATE TABLE files (
            id INTEGER PRIMARY KEY,
            root TEXT NOT NULL,
            name TEXT NOT NULL,
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            header_hash INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            header_offset INTEGER NOT NULL,
            "offset" INTEGER NOT NULL,
            guard INTEGER NOT NULL,
            server TEXT,
            newest INTEGER,
            gone INTEGER
        ) STRICT;

        -- Every counter with its labels.
        CREATE TABLE cells (
            counter TEXT NOT NULL,
            a TEXT NOT NULL,
            b TEXT NOT NULL,
            c TEXT NOT NULL,
            d TEXT NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (counter, a, b, c, d)
        ) WITHOUT ROWID, STRICT;

        -- Failures, and deferrals if configured: the history for the page, and the outbox of the sinks.
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id BLOB NOT NULL,
            deferred INTEGER NOT NULL,
            time INTEGER NOT NULL,
            server TEXT NOT NULL,
            source TEXT NOT NULL,
            direction TEXT NOT NULL,
            recipient TEXT NOT NULL,
            domain TEXT NOT NULL,
            sender TEXT NOT NULL,
            message_id TEXT NOT NULL,
            network_message_id TEXT NOT NULL,
            connector TEXT NOT NULL,
            subject TEXT NOT NULL,
            cause TEXT NOT NULL,
            reason TEXT NOT NULL,
            status TEXT NOT NULL,
            remote_host TEXT NOT NULL,
            remote_address TEXT NOT NULL,
            file INTEGER NOT NULL,
            "offset" INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX events_time ON events (time);
        CREATE INDEX events_cause ON events (cause, time);

        -- The last event that each sink has accepted.
        CREATE TABLE cursors (sink TEXT PRIMARY KEY, last_id INTEGER NOT NULL, dropped INTEGER NOT NULL) WITHOUT ROWID, STRICT;

        -- Lines that could not be read: their position, not their content.
        CREATE TABLE quarantine (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            root TEXT NOT NULL,
            name TEXT NOT NULL,
            "offset" INTEGER NOT NULL,
            length INTEGER NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        """;
}
