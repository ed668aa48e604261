"""Stores of the build before, filled by SQL: what would take it days of logs to write. Each build opens a copy of its own."""
import os, random, shutil, sqlite3, time
from pathlib import Path

from .program import Program

SERVERS, DOMAINS, DAYS = ("EX01", "EX02", "EX03"), 5000, 29


def empty(base, work, state, folder, rows=0, limit=150):
    """A store as the build before makes it, after it has read the logs of a folder."""
    with Program(base, work, [("EX01", folder)], state, limit=limit) as program:
        program.until_rows(rows)
    connection = sqlite3.connect(next(Path(state).glob("*.db")))
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;")
    return connection


def close(connection):
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def refusals(connection, servers, each):
    """The newest refusing replies of each server and direction, of the last 20 days. In the order of time, as they would have come."""
    now, count = int(time.time() * 1000), servers * 2 * each
    connection.execute("""
        INSERT INTO smtp_refusals (session, server, direction, stage, time, cause, status, connector, remote, tls)
        SELECT printf('08DE%012X', n), printf('EX%03d', n / 2 % ?1 + 1), CASE n % 2 WHEN 0 THEN 'send' ELSE 'receive' END, 'rcpt', ?2 + n * ?3 / ?4, 'invalid-recipient',
            '550 5.1.1 The email account that you tried to reach does not exist', 'Default', printf('192.0.2.%d:25', n % 250), '1.2'
        FROM (WITH RECURSIVE count(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM count WHERE n < ?4 - 1) SELECT n FROM count)
        """, (servers, now - 20 * 86400_000, 20 * 86400_000, count))


def failures(connection, count):
    """
    Multiplies the failures that were read: their causes, texts and senders, over 29 days that end now, three servers and 5,000 domains as unequal as domains are. In no order
    of time, as a first read of many logs leaves them: so neighbours in time are not neighbours on the disk.
    """
    chance, now = random.Random(11), int(time.time() * 1000)
    columns = [c[1] for c in connection.execute("PRAGMA table_info(events)") if c[1] != "id"]
    quoted = ", ".join(f'"{c}"' for c in columns)
    seeds = [dict(zip(columns, row)) for row in connection.execute(f"SELECT {quoted} FROM events WHERE deferred = 0 ORDER BY id")]
    names = [f"domain{n}.example" for n in range(DOMAINS)]
    # Zipf: the n-th domain fails 1/n times as often as the first.
    domains = chance.choices(names, [1 / (n + 1) for n in range(DOMAINS)], k=count)

    def rows():
        for n in range(count):
            seed, domain = chance.choice(seeds), domains[n]
            changed = seed | {
                "event_id": chance.randbytes(len(seed["event_id"])), "time": now - chance.randrange(DAYS * 86400_000), "server": SERVERS[n % len(SERVERS)],
                "recipient": f"user{n % 50000}@{domain}", "domain": domain, "message_id": f"<{n}.{seed['message_id'][1:]}", "offset": n * 1400,
                "status": seed["status"].replace(seed["domain"], domain) if seed["domain"] else seed["status"]}
            yield tuple(changed.values())

    connection.execute("DELETE FROM events")
    connection.execute("DELETE FROM event_sessions")
    connection.executemany(f"INSERT INTO events ({quoted}) VALUES ({', '.join('?' * len(columns))})", rows())
    connection.execute("INSERT INTO event_sessions SELECT id, printf('08DE%012X', id) FROM events WHERE id % 4 = 0")


def copy(state, to):
    shutil.copytree(state, to, ignore=shutil.ignore_patterns("*.lock"))
    return to


def drop_from_cache(state):
    """Written back, then given up by the page cache (POSIX_FADV_DONTNEED): the next read is from the disk. It needs no rights."""
    os.sync()
    for path in Path(state).iterdir():
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
