-- A store as version 3 of the schema made it, with a little of everything in it. It is frozen: later versions must bring it up to date.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
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
, records INTEGER) STRICT;
CREATE TABLE cells (
    counter TEXT NOT NULL,
    a TEXT NOT NULL,
    b TEXT NOT NULL,
    c TEXT NOT NULL,
    d TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (counter, a, b, c, d)
) WITHOUT ROWID, STRICT;
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
CREATE TABLE cursors (sink TEXT PRIMARY KEY, last_id INTEGER NOT NULL, dropped INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    root TEXT NOT NULL,
    name TEXT NOT NULL,
    "offset" INTEGER NOT NULL,
    length INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE TABLE snapshots (kind TEXT NOT NULL, server TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (kind, server)) WITHOUT ROWID, STRICT;
CREATE TABLE event_logs (id INTEGER PRIMARY KEY, server TEXT NOT NULL, channel TEXT NOT NULL, floor INTEGER NOT NULL) STRICT;
CREATE TABLE seen_events (log INTEGER NOT NULL, record INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (log, record)) WITHOUT ROWID, STRICT;
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
CREATE TABLE sessions (file INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;
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
CREATE TABLE answers (event INTEGER PRIMARY KEY, question TEXT NOT NULL, verdict TEXT NOT NULL, evidence TEXT NOT NULL, facts TEXT NOT NULL) STRICT;
CREATE TRIGGER answers_go AFTER DELETE ON events BEGIN DELETE FROM answers WHERE event = old.id; END;
CREATE TRIGGER event_sessions_go AFTER DELETE ON events BEGIN DELETE FROM event_sessions WHERE event = old.id; END;

INSERT INTO meta VALUES ('version', '3');
INSERT INTO files (id, root, name, device, inode, header_hash, generation, header_offset, "offset", guard, server, newest, gone) VALUES
    (1, 'root', 'f1.log', 11, 23, 33, 1, 7, 200, 6200, 'EX1', 1714996800000, NULL), (2, 'root', 'f2.log', 11, 24, 33, 1, 7, 100, 3100, 'EX2', 1714996700000, 1714996700000);
INSERT INTO cells VALUES ('Rows', 'SMTP', 'FAIL', 'EX1', '', 12);
-- 320 failures, one every 5 minutes; every tenth is a deferral. The first 20 were deleted.
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 320)
INSERT INTO events (event_id, deferred, time, server, source, direction, recipient, domain, sender, message_id, network_message_id, connector, subject, cause, reason, status, remote_host, remote_address, file, "offset")
    SELECT CAST(printf('%016d', i) AS BLOB), i % 10 = 0, 1714900000000 + i * 300000, 'EX1', 'SMTP', 'originating', 'r' || i || '@d' || (i % 7) || '.example', 'd' || (i % 7) || '.example', 's@own.example',
        '<m' || i || '@EX1>', 'n' || i, 'Out', '', iif(i % 3, 'invalid-recipient', 'blocklisted'), iif(i % 3, '5.1.1 invalid-recipient/unknown-user', '5.7.1 blocklisted/zen.spamhaus.org'),
        iif(i % 3, '550 5.1.1 User unknown', '554 5.7.1 Client host [203.0.113.5] blocked using zen.spamhaus.org'), '', '', 1, i * 100 FROM n;
DELETE FROM events WHERE id <= 20;
INSERT INTO event_sessions SELECT id, printf('%016d', id) FROM events WHERE id % 2;
INSERT INTO answers SELECT id, 'q', 'v', 'e', 'f' FROM events WHERE id % 50 = 0;
-- More refusals of EX1 than are kept, and a few of EX2.
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5100)
INSERT INTO smtp_refusals (session, server, direction, stage, time, cause, status, connector, remote, tls)
    SELECT printf('%016d', i), iif(i % 100, 'EX1', 'EX2'), 'send', 'rcpt', 1714990000000 + i, 'invalid-recipient', '550 5.1.1 User unknown', 'Out', '203.0.113.25:25', 'none' FROM n;
INSERT INTO cursors VALUES ('seq', 25, 3);
INSERT INTO quarantine (at, root, name, "offset", length, reason) VALUES (1714990000000, 'root', 'f1.log', 8, 4, 'nul-bytes');
INSERT INTO event_logs VALUES (1, 'EX1', 'APPLICATION', -9223372036854775808);
INSERT INTO seen_events VALUES (1, 1, 1714990000000);
