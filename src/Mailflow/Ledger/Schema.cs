namespace Mailflow.Ledger;

/// <summary>The tables of the store. They are strict: a value of another kind than its column's is damage, and is found to be. A later version adds a step; an unknown version is refused.</summary>
static class Schema
{
    public static int Version => Steps.Length + 1;

    /// <summary>What brings a store of version 1 to 2, of 2 to 3, and so on. Each step is one transaction.</summary>
    public static readonly string[] Steps =
    [
        """
        -- Of an export, the records that are read; NULL for a log. An export has 0 as its offset until it is read to its end.
        ALTER TABLE files ADD COLUMN records INTEGER;

        -- The newest snapshot of each server and kind, as JSON.
        CREATE TABLE snapshots (kind TEXT NOT NULL, server TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (kind, server)) WITHOUT ROWID, STRICT;

        -- Windows events that were counted: exports overlap. What is older than a log's floor is forgotten and counts as seen.
        CREATE TABLE event_logs (id INTEGER PRIMARY KEY, server TEXT NOT NULL, channel TEXT NOT NULL, floor INTEGER NOT NULL) STRICT;
        CREATE TABLE seen_events (log INTEGER NOT NULL, record INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (log, record)) WITHOUT ROWID, STRICT;

        -- Messages that event 2004 says were refused, until the tracking log says so too.
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

        -- The SMTP sessions that are open at the position of a file: one transaction with it, so that a session counts the same across a crash.
        CREATE TABLE sessions (file INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;

        -- The SMTP session that a failure's row names, and what was refused in sessions: joined, they tell at which command a recipient failed.
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

        -- What DNS and the blocklists said about events.
        CREATE TABLE answers (event INTEGER PRIMARY KEY, question TEXT NOT NULL, verdict TEXT NOT NULL, evidence TEXT NOT NULL, facts TEXT NOT NULL) STRICT;
        CREATE TRIGGER answers_go AFTER DELETE ON events BEGIN DELETE FROM answers WHERE event = old.id; END;
        """,
        """
        -- A session goes with its event: one whose server's clock was ahead stays for long, and its number says nothing of the others'.
        CREATE TRIGGER event_sessions_go AFTER DELETE ON events BEGIN DELETE FROM event_sessions WHERE event = old.id; END;
        DELETE FROM event_sessions WHERE event NOT IN (SELECT id FROM events);
        """,
        """
        -- Each index costs a page for nearly every event that is written or deleted. Hours that are added up answer what events_cause did; events_message is searched in memory.
        DROP INDEX events_cause;
        DROP INDEX events_message;

        -- Failures of an hour, added up (HourSums): a cache of events, filled between commits. Whoever changes an event of an hour deletes its row in the same transaction.
        CREATE TABLE event_hours (hour INTEGER PRIMARY KEY, listed BLOB, reasons BLOB NOT NULL, domains BLOB NOT NULL) STRICT;
        CREATE TRIGGER event_hours_go AFTER DELETE ON events BEGIN
            DELETE FROM event_hours WHERE hour = iif(old.time >= 0, old.time / 3600000, (old.time + 1) / 3600000 - 1);
        END;

        -- How many events were deleted: with the last id, that says how many there are.
        INSERT INTO meta SELECT 'removed', coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) - (SELECT count(*) FROM events);

        -- Refusals of a server and direction are written round in a ring of ids: the newest takes the place of the oldest.
        CREATE TABLE refusal_rings (id INTEGER PRIMARY KEY, server TEXT NOT NULL, direction TEXT NOT NULL, next INTEGER NOT NULL) STRICT;

        -- A counter that is 0 is not stored any more. `meta` has the birth of a store from here on; of one that was made before, it is not known.
        DELETE FROM cells WHERE value = 0;

        -- Hash of a log's first bytes. NULL for an export, and for a position of an older version, whose guard is of 64 bytes.
        ALTER TABLE files ADD COLUMN head INTEGER;
        """,
    ];

    /// <summary>Version 1; the steps follow.</summary>
    public const string First = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;

        -- How far each file is read. One row for each generation of a file.
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

        -- Failures, and deferrals where they are wanted: the history that the page asks, and the outbox of the sinks.
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

        -- How far each sink has got.
        CREATE TABLE cursors (sink TEXT PRIMARY KEY, last_id INTEGER NOT NULL, dropped INTEGER NOT NULL) WITHOUT ROWID, STRICT;

        -- Lines that could not be read: where they are, not what they say.
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
