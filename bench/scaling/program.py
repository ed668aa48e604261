"""A running program under measurement: started on a free port, asked over HTTP, and stopped by its own process id."""
import http.client, json, os, re, signal, socket, subprocess, sys, time
from pathlib import Path

# Nothing but the logs: no question to DNS, and no settings but those of the benchmark.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("MAILFLOW_")} | {"MAILFLOW_Enrichment__Enabled": "false", "DOTNET_CLI_TELEMETRY_OPTOUT": "1"}
PORT_IN_USE = re.compile(r"address.*in use|port.*in use", re.I)


class Ended(Exception):
    """The program ended by itself."""


class Late(Exception):
    """It did not do within the limit what it should."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Program:
    """`mailflow run` in a folder of its own. Another process may take the port between the question and the start: then it is started on another."""

    running = []

    def __init__(self, program, work, roots, state, settings=None, limit=150):
        self.limit, self.log = limit, Path(work) / "program.log"
        Path(state).mkdir(parents=True, exist_ok=True)
        config = Path(work) / "settings.json"
        for _ in range(5):
            self.port = free_port()
            values = {"State:Folder": str(state), "Web:Listen": f"http://127.0.0.1:{self.port}"} | (settings or {})
            for number, (server, folder) in enumerate(roots):
                values |= {f"Logs:{number}:Folder": str(folder)} | ({f"Logs:{number}:Server": server} if server else {})
            config.write_text(json.dumps(values))
            self.begin = time.monotonic()
            with open(self.log, "w") as out:
                self.process = subprocess.Popen([program, "run", "--config", config], cwd=work, env=ENVIRONMENT, stdout=out, stderr=out)
            Program.running.append(self)
            try:
                self.until(lambda: self.ask("/readyz")[0] == 200, pause=0.01)
                self.ready = time.monotonic() - self.begin
                return
            except Ended:
                self.stop()
                if not PORT_IN_USE.search(self.log.read_text(errors="replace")):
                    raise
            except Late:
                self.stop()
                raise
        raise Ended("no port was free five times")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """SIGTERM, then SIGKILL after 30 s, to this process alone."""
        if self in Program.running:
            Program.running.remove(self)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def ask(self, path, timeout=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout or self.limit)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def metrics(self):
        """The sum of each metric's series."""
        sums = {}
        for line in self.ask("/metrics")[1].decode().splitlines():
            if line and line[0] != "#":
                name, _, value = line.rpartition(" ")
                name = name.partition("{")[0]
                sums[name] = sums.get(name, 0) + float(value)
        return sums

    def rows(self):
        return self.metrics().get("mailflow_rows_total", 0)

    def cpu(self):
        """Seconds of processor of the whole process, to the nanosecond (clock_getcpuclockid)."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def memory(self, what="VmRSS"):
        """Megabytes; VmHWM is the highest."""
        return int(re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text()).group(1)) / 1024

    def until(self, true, pause=0.05, limit=None):
        """Seconds until it is true."""
        begin, limit = time.monotonic(), limit or self.limit
        while not true():
            if self.process.poll() is not None:
                raise Ended(f"ended with {self.process.returncode}: {self.log.read_text(errors='replace')[-500:]}")
            if time.monotonic() - begin > limit:
                raise Late(f"> {limit:.0f} s")
            time.sleep(pause)
        return time.monotonic() - begin

    def settle(self, seconds=2, share=0.05):
        """Waits until it uses little processor: work after a start is done."""
        end = time.monotonic() + self.limit
        while True:
            before, begin = self.cpu(), time.monotonic()
            time.sleep(seconds)
            if self.cpu() - before < share * (time.monotonic() - begin) or time.monotonic() > end:
                return

    def until_rows(self, rows, pause=0.05, limit=None):
        """Seconds until all rows are counted and no file is unread."""
        def all_known():
            now = self.metrics()
            return now.get("mailflow_rows_total", 0) >= rows and now.get("mailflow_unread_files", 0) == 0
        return self.until(all_known, pause, limit)


def stop_all():
    for program in list(Program.running):
        program.stop()


def run(program, *arguments):
    """A command that ends: seconds by the clock and of processor. Exit code 1 says that recipients failed."""
    begin = time.monotonic()
    process = subprocess.Popen([program, *map(str, arguments)], env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{program} {arguments[0]} ended with {process.returncode}.")
    return time.monotonic() - begin, used.ru_utime + used.ru_stime
