"""What is measured: one function a row group. Each takes a build's program and gives its figures, in the order of `FIGURES`."""
import contextlib
import re, shutil, statistics, time
from pathlib import Path

from . import logs, stores
from .program import Ended, Late, Program, run

PRUNE = 30  # Seconds between two passes that clean the store up.
CACHED = 0.5  # The exporter gives the same answer again for 0.3 s.


class Figure:
    """One row of the table. The target is the highest value that is good; None: shown for comparison."""

    def __init__(self, name, unit, target=None, digits=2):
        self.name, self.unit, self.target, self.digits = name, unit, target, digits

    def show(self, value):
        return value if isinstance(value, str) else f"{value:,.{self.digits}f} {self.unit}".strip()


def idle(bench, program, work):
    """Ticks of processor while nothing happens, of files that are all read."""
    for folders, files in bench.idle:
        below = bench.made(f"idle-{folders}-{files}", lambda to: logs.many(bench.template, to, folders, files))
        roots = [(f.name, f) for f in sorted(below.iterdir())]
        try:
            with Program(program, work, roots, Path(work) / f"state{folders}", limit=bench.limit) as running:
                running.until_rows(folders * files, pause=1)
                time.sleep(2)
                before, begin = running.cpu(), time.monotonic()
                time.sleep(bench.seconds)
                yield 100 * (running.cpu() - before) / (time.monotonic() - begin)
        except Late:
            yield f"not all read in {bench.limit} s"


def new_files(bench, program, work):
    """A folder full of logs is moved below the one that is followed."""
    prepared, root = Path(work) / "prepared", Path(work) / "root"
    rows = logs.many(bench.template, prepared, 1, bench.new_files)
    root.mkdir()
    with Program(program, work, [("EX01", root)], Path(work) / "state", limit=bench.limit) as running:
        prepared.rename(root / "new")
        yield running.until_rows(rows, pause=0.02)


def deleted(bench, program, work):
    """Files that were read go, all at once, while rows are appended to another log."""
    root, away = Path(work) / "root", Path(work) / "away"
    rows = logs.many(bench.template, root, 20, bench.deleted // 20)
    with Program(program, work, [("EX01", root)], Path(work) / "state", limit=bench.limit) as running:
        running.until_rows(rows, pause=0.5)
        away.mkdir()
        watching = logs.Watching(running, bench.template, root / "live" / f"MSGTRK{time.strftime('%Y%m%d%H')}-1.LOG", every=0.25, pause=0.05)
        watching.look(2)
        for folder in sorted(root.glob("EX*")):
            folder.rename(away / folder.name)
        # The next two passes of the clean-up.
        watching.look(2 * PRUNE + 10)
        watching.finish(bench.limit)
        yield watching.gaps()[-1]
        yield max(watching.waits)


def pruning(bench, program, work):
    """A store with the newest refusing replies of each server and direction, all that is kept; nothing is to be deleted."""
    state = stores.copy(bench.refusals(), Path(work) / "state")
    root = Path(work) / "root"
    settings = {"Store:MaxMegabytes": 8192, "Store:CommitInterval": "50ms", "Tail:PollInterval": "50ms"}
    with Program(program, work, [("EX01", root)], state, settings, limit=bench.limit) as running:
        appending = logs.Appending(bench.template, root / f"MSGTRK{time.strftime('%Y%m%d%H')}-1.LOG", every=0.02)
        appending.start()
        # The first pass follows the start; what is brought up to date then is not looked at.
        time.sleep(5)
        before = running.cpu()
        # And half a period more, so that a long pass at the end of the last has its end.
        times = logs.Commits(state).look((bench.passes + 0.5) * PRUNE)
        gaps = logs.gaps(times)
        used = (running.cpu() - before) / (bench.passes + 0.5)
        appending.stop()
        yield 1000 * (logs.recurring(times, PRUNE, bench.passes) - statistics.median(gaps))
        yield 1000 * gaps[-1]
        yield used


def servers(bench, program, work):
    """Many configured servers with a log each. The second start finds what the first counted."""
    below = bench.made("servers", lambda to: logs.many(bench.template, to, bench.servers, 1, rows=100))
    roots, state = [(f.name, f) for f in sorted(below.iterdir())], Path(work) / "state"
    with Program(program, work, roots, state, limit=bench.limit) as running:
        first = running.ready
        running.until_rows(100 * bench.servers, pause=0.2)
        memory = running.memory()
    with Program(program, work, roots, state, limit=bench.limit) as running:
        yield first
        yield running.ready
        running.until_rows(100 * bench.servers, pause=0.2)
        took, allocated, length = scrapes(running)
        yield max(memory, running.memory())
        yield took
        yield allocated
        yield length


def scrapes(running):
    """Seconds a scrape, megabytes that it allocates, and its length. What is allocated without scrapes is found by taking as long for one as for ten."""
    times, body = [], b""

    def allocated():
        return running.metrics()["dotnet_gc_heap_total_allocated_bytes_total"], time.monotonic()

    allocated()
    time.sleep(CACHED)
    first, begin = allocated()
    time.sleep(10 * CACHED)
    one, between = allocated()
    for _ in range(9):
        time.sleep(CACHED)
        asked = time.monotonic()
        _, body = running.ask("/metrics")
        times.append(time.monotonic() - asked)
    time.sleep(CACHED)
    ten, end = allocated()
    share = (end - between) / (between - begin)
    return statistics.median(times), ((ten - one) - (one - first) * share) / (10 - share) / 1e6, len(body) / 1e6


@contextlib.contextmanager
def of_failures(bench, program, work):
    """The program with a store of many failures, and a log of this hour with one row, when both are read."""
    state = bench.failures_of(program, work)
    root = Path(work) / "root"
    root.mkdir()
    (root / f"MSGTRK{time.strftime('%Y%m%d%H')}-1.LOG").write_text(bench.template.file(time.time(), 1))
    with Program(program, work, [("EX01", root)], state, limit=bench.limit) as running:
        running.until_rows(1)
        running.settle()
        yield running


def pages(bench, program, work):
    """Each window for the first time after the start, so that nothing is cached. What the program does besides in that time, a hundredth of a core, is in it."""
    with of_failures(bench, program, work) as running:
        # Code that was never run is compiled at its first use: a page of another kind is asked first.
        running.ask("/docs/causes/dns-failure.md")
        took = {}
        for window in ("1h", "24h", "7d", "all", "1h", "24h"):
            if window in took: # It is kept for ten times as long as it took.
                time.sleep(took[window] * 10 + 1.5)
            before, begin = running.cpu(), time.monotonic()
            status, _ = running.ask(f"/?window={window}")
            took[window], used = time.monotonic() - begin, running.cpu() - before
            yield used if status == 200 else f"status {status}"


PLACES = ("/", "/failures", "/failures?window=all", "/incidents", "/servers", "/state", "/causes/invalid-recipient", "/causes/blocklisted?window=all",
          "/domains/domain0.example", "/domains/domain4000.example?window=all", "/servers/EX01", "/servers/EX02?window=all", "/connectors/Internet%20Send?window=all",
          "/senders/{sender}?window=all", "/messages?outcome=failed&since=1d", "/failures?list=recent&format=csv")


def places(bench, program, work):
    """Each page for the first time after the start, so that nothing is cached: seconds until it is there, with a warm start of its code at another place."""
    with of_failures(bench, program, work) as running:
        for path in ("/docs/causes/dns-failure.md", "/?window=7d", "/causes/spam-content?window=1h", "/domains/domain9.example?window=1h", "/servers/EX03?window=1h"):
            page = running.ask(path)[1].decode()
        # A sender has the number of one of its failures.
        sender = re.search(r"/senders/(\d+)", page).group(1)
        for path in PLACES:
            begin = time.monotonic()
            status, _ = running.ask(path.replace("{sender}", sender))
            yield time.monotonic() - begin if status == 200 else f"status {status}"


def cold_start(bench, program, work):
    """The store was opened by this build before, so no schema is brought up to date; its bytes are not in the page cache."""
    state = bench.failures_of(program, work)
    root = Path(work) / "root"
    root.mkdir()
    yield bench.migration[program]
    stores.drop_from_cache(state)
    with Program(program, work, [("EX01", root)], state, limit=bench.limit) as running:
        yield running.ready


def retention(bench, program, work):
    """Nearly all of the store is too old from one day to the next; rows are appended meanwhile. Before, the same where nothing is."""
    state = bench.failures_of(program, work)
    root, found = Path(work) / "root", []
    for keep in ("30d", "1d"):
        with Program(program, work, [("EX01", root)], state, {"Store:Keep": keep}, limit=bench.limit) as running:
            watching = logs.Watching(running, bench.template, root / f"MSGTRK{time.strftime('%Y%m%d%H')}-{keep}.LOG", every=0.1, pause=0.02)
            watching.look(bench.seconds * 3)
            watching.finish(bench.limit)
            found.append(sorted(watching.waits))
    usual, waits = found
    yield waits[len(waits) * 99 // 100]
    yield waits[-1]
    yield usual[len(usual) * 99 // 100]


def many_files(bench, program, work):
    """A first start on very many files."""
    folders, files = bench.many
    below = bench.made("many", lambda to: logs.many(bench.template, to, folders, files))
    with Program(program, work, [(None, below)], Path(work) / "state", limit=bench.limit) as running:
        rows = folders * files
        try:
            yield running.until_rows(rows, pause=0.5, limit=bench.limit)
        except Late:
            yield f"{running.rows():,.0f} of {rows:,} in {bench.limit} s"
        yield running.memory()
        yield running.memory("VmHWM")


def first_read(bench, program, work):
    """All rows of simulated logs on /metrics, and the same files by `scan`; they are in the page cache."""
    below, rows = bench.simulated()
    for file in below.iterdir():
        with open(file, "rb") as bytes_of:
            while bytes_of.read(1 << 24):
                pass
    _, scan = run(program, "scan", below, "--format", "json")
    with Program(program, work, [("EX01", below)], Path(work) / "state", limit=bench.limit) as running:
        running.until_rows(rows, pause=0.2)
        wall, used = time.monotonic() - running.begin, running.cpu()
        yield used
        yield wall
        yield scan
        yield used / scan
        yield running.memory("VmHWM")


ROWS = {
    "idle": (idle, lambda b: [Figure(f"{f} folders x {n} files, nothing happening: share of one core", "%", 3 if f == b.idle[-1][0] else None, 1) for f, n in b.idle]),
    "newfiles": (new_files, lambda b: [Figure(f"{b.new_files:,} new files of one row: all counted", "s", 1)]),
    "deleted": (deleted, lambda b: [
        Figure(f"{b.deleted:,} files deleted while 4 rows a second arrive: longest time without a commit", "s", 1), Figure("... a row is visible after, at most", "s")]),
    "pruning": (pruning, lambda b: [
        Figure(f"{b.servers * 2 * b.refusals_each:,} refusals stored: a pass makes the time between two commits longer by", "ms", 50, 0), Figure("... the longest time between commits", "ms", None, 0),
        Figure(f"... CPU in {PRUNE} s, 50 rows a second in it", "s")]),
    "servers": (servers, lambda b: [
        Figure(f"{b.servers} servers: first start to ready", "s", 2), Figure("... the next start to ready", "s", 2), Figure("... resident", "MB", 200, 0), Figure("... /metrics warm", "s", 0.25, 3),
        Figure("... allocated a scrape", "MB", 2), Figure("... /metrics is so long", "MB", None, 1)]),
    "pages": (pages, lambda b: [
        *(Figure(f"{b.failures:,} failures of {stores.DAYS} days: page {w}, CPU", "s", t, 3) for w, t in (("1h", 0.05), ("24h", 0.1), ("7d", 0.2), ("all", 0.3))),
        Figure("... 1h once more when no longer cached", "s", 0.05, 3), Figure("... 24h once more", "s", 0.1, 3)]),
    "places": (places, lambda b: [Figure(f"{b.failures:,} failures: {p}, first time", "s", 0.1 if p == "/" else 0.2, 3) for p in PLACES]),
    "coldstart": (cold_start, lambda b: [Figure("first start on the store of the build before", "s"), Figure("start on that store, file not in the page cache", "s", 2)]),
    "retention": (retention, lambda b: [Figure(f"retention {stores.DAYS} d to 1 d on it: an appended row is visible after, p99", "s", 0.6), Figure("... at most", "s"), Figure("... where nothing is to be deleted, p99", "s")]),
    "manyfiles": (many_files, lambda b: [
        Figure(f"{b.many[0] * b.many[1]:,} files in {b.many[0]} folders: all read", "s", 60, 1), Figure("... resident", "MB", 250, 0), Figure("... highest", "MB", None, 0)]),
    "firstread": (first_read, lambda b: [
        Figure(f"first read of {b.megabytes:,} MB by `run`: CPU", "s", 0.25), Figure("... wall", "s"), Figure("... CPU of `scan` of the same files", "s"),
        Figure("... CPU of `run` to that of `scan`", "", 2.5), Figure("... highest memory", "MB", None, 0)]),
}


def measure(bench, name, program, work):
    """The figures of a row group; what the program could not do says why."""
    figures, values = ROWS[name][1](bench), []
    Path(work).mkdir()
    try:
        for value in ROWS[name][0](bench, program, work):
            values.append(value)
    except (Late, Ended) as e:
        values.append(str(e)[:120].replace("\n", " "))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return values + ["-"] * (len(figures) - len(values))
