"""Logs for the benchmark, made of rows that `simulate` writes: many small files, and one to which rows are appended."""
import os, sqlite3, threading, time
from datetime import datetime, timezone
from pathlib import Path

MONTH = 30 * 86400


def stamp(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Template:
    """The header and the rows of a simulated log; the server in it can be replaced."""

    def __init__(self, folder):
        lines = min(Path(folder).glob("MSGTRK2*.LOG")).read_text("utf-8-sig").splitlines()
        self.header, self.lines = lines[:5], [line for line in lines[5:] if line.isprintable()]
        # A row of the commonest kind, without an answer of another server in it.
        self.plain = next(line for line in self.lines if ",SMTP,RECEIVE," in line)

    def file(self, opened, rows, server="EX01"):
        """A log that was opened at this time. The header of each is another's by its #Date."""
        date = f"#Date: {stamp(opened)}"
        return "\r\n".join([*self.header[:3], date, self.header[4], *(self.row(opened + n * 0.01, n, server) for n in range(rows))]) + "\r\n"

    def row(self, at, number=None, server="EX01"):
        line = self.plain if number is None else self.lines[number % len(self.lines)]
        return stamp(at) + "," + line.partition(",")[2].replace("EX01", server)


def many(template, folder, folders, files, rows=1):
    """folders x files logs as of the last 30 days, with those times. Returns the number of rows."""
    now, made = time.time(), 0
    for f in range(folders):
        below = Path(folder) / f"EX{f + 1:03}"
        below.mkdir(parents=True)
        for n in range(files):
            opened = now - MONTH + 86400 + (n + f / folders) * (MONTH - 2 * 86400) / files
            path = below / f"MSGTRK{datetime.fromtimestamp(opened, timezone.utc):%Y%m%d%H}-{n + 1}.LOG"
            path.write_text(template.file(opened, rows, below.name))
            os.utime(path, (opened, opened))
            made += rows
    return made


class Appending(threading.Thread):
    """Appends a row every `every` seconds to a log; each row's time is kept."""

    def __init__(self, template, path, every):
        super().__init__(daemon=True)
        self.template, self.path, self.every, self.times, self.end = template, Path(path), every, [], threading.Event()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(template.file(time.time(), 1))

    def run(self):
        with open(self.path, "a", buffering=1, newline="") as log:
            due = time.monotonic()
            while not self.end.is_set():
                log.write(self.template.row(time.time()) + "\r\n")
                log.flush()
                self.times.append(time.monotonic())
                due += self.every
                self.end.wait(max(0, due - time.monotonic()))

    def stop(self):
        self.end.set()
        self.join()


class Watching:
    """Rows are appended and looked for on /metrics: how long until each is visible, and how long nothing was committed. The exporter answers from memory for 0.3 s, which is in both."""

    def __init__(self, program, template, path, every, pause):
        self.program, self.pause, self.waits, self.commits, self.seen = program, pause, [], [], 0
        self.before = program.rows()
        self.appending = Appending(template, path, every)
        program.until(lambda: program.rows() >= self.before + 1)
        self.before += 1
        self.appending.start()

    def look(self, seconds, done=lambda: False):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not done():
            now = self.program.metrics()
            at, commit = time.monotonic(), now.get("mailflow_last_commit_timestamp_seconds", 0)
            visible = int(now.get("mailflow_rows_total", 0) - self.before)
            self.waits += [at - t for t in self.appending.times[self.seen:visible]]
            self.seen = max(self.seen, visible)
            if commit and (not self.commits or commit != self.commits[-1]):
                self.commits.append(commit)
            time.sleep(self.pause)

    def finish(self, limit):
        """Stops appending, and waits until all rows are visible."""
        self.appending.stop()
        self.look(limit, lambda: self.seen >= len(self.appending.times))
        self.waits += [time.monotonic() - t for t in self.appending.times[self.seen:]]

    def gaps(self):
        return gaps(self.commits)


class Commits:
    """The times at which the store changed, to two milliseconds, as another connection to it sees (PRAGMA data_version): whatever its tables are called."""

    def __init__(self, state):
        self.connection = sqlite3.connect(f"file:{next(Path(state).glob('*.db'))}?mode=ro", uri=True)

    def look(self, seconds):
        end, last, times = time.monotonic() + seconds, None, []
        while (now := time.monotonic()) < end:
            version = self.connection.execute("PRAGMA data_version").fetchone()[0]
            if version != last:
                times.append(now)
            last = version
            time.sleep(0.002)
        return times


def recurring(times, period, periods):
    """The longest time between two commits that begins at the same second of each period: a pause of the machine comes once, work that is done each period comes each time."""
    starts = [(a - times[0], b - a) for a, b in zip(times, times[1:])]

    def longest(at):
        return min(max((gap for start, gap in starts if at <= start - n * period < at + 1), default=0) for n in range(periods))

    return max(longest(quarter / 4) for quarter in range(period * 4))


def gaps(times):
    """Seconds between one and the next, the longest last."""
    return sorted(b - a for a, b in zip(times, times[1:]))
