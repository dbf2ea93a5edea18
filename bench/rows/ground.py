"""What the rows stand on: the harness, a broker of one row, its process and files, and the room on the disk."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.abspath(os.environ.get("BENCH_HOME") or os.path.join(HERE, "../../../shared/bench"))
if not os.path.exists(os.path.join(HOME, "suite.py")):
    sys.exit(f"storage: no harness at {HOME}; set BENCH_HOME to its folder")
sys.path.insert(0, HOME)

import suite  # noqa: E402

SCRATCH = suite.SCRATCH
KEEP_GB = 15  # of the disk, whatever a row would like to have
DELETED = os.path.join(SCRATCH, ".deleted-many")
log = suite.log


class Skipped(Exception):
    """This row cannot run here; the text says why."""


class Failed(Exception):
    """The broker did not do what the row asks of it; the text says what."""


def need_disk(gigabytes):
    """Refuses a row that would leave less than KEEP_GB of the disk."""
    free = shutil.disk_usage(SCRATCH).free / 1e9
    if free - gigabytes < KEEP_GB:
        raise Skipped(f"{free:.0f} GB free in {SCRATCH}, and {gigabytes:.0f} + {KEEP_GB} GB are wanted")


def until(condition, limit_s, what, every_s=0.02):
    """Waits for condition() to become true, and returns what it returned."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(every_s)
    raise Failed(f"{what}: not within {limit_s:.0f} s")


# ---------------------------------------------------------------- a process

def io_of(pid):
    """Bytes a process has read so far: through read calls, and of them (and of mapped files) from the disk."""
    fields = dict(line.split(": ") for line in open(f"/proc/{pid}/io").read().splitlines())
    return {"rchar_MB": int(fields["rchar"]) / 1e6, "disk_read_MB": int(fields["read_bytes"]) / 1e6}


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def mappings(pid):
    return sum(1 for _ in open(f"/proc/{pid}/maps"))


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# ---------------------------------------------------------------- files

def sync():
    subprocess.run(["sync"], check=True)


def folders(state, topic):
    """The partition folders of a topic, wherever the broker keeps its data below its state folder."""
    name = re.compile(re.escape(topic) + r"-\d+")
    return [os.path.join(at, d) for at, ds, _ in os.walk(state) for d in ds if name.fullmatch(d)]


def files(folder):
    """Paths and stats of the files in a folder; what the broker deletes meanwhile is left out."""
    for entry in os.scandir(folder):
        with contextlib.suppress(FileNotFoundError):
            if entry.is_file():
                yield entry.path, entry.stat()


def bytes_on_disk(paths):
    """Bytes that the files of these folders take on the disk."""
    return sum(stat.st_blocks * 512 for path in paths for _, stat in files(path))


def drop_cached(paths):
    """Drops the files of these folders from the page cache. Dirty pages stay: sync() first."""
    for path in paths:
        for name, _ in files(path):
            with contextlib.suppress(FileNotFoundError):
                fd = os.open(name, os.O_RDONLY)
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(fd)


def remove(state):
    """Deletes a state folder, and notes when it held so many files that the file system will remember."""
    if os.path.exists(state):
        many = sum(len(names) for _, _, names in os.walk(state)) > 2000
        shutil.rmtree(state)
        if many:
            sync()
            open(DELETED, "w").close()


def settle():
    """Waits until a minute has passed since many files were deleted: ext4 without a journal gives no inode out again
    before that, and looks for others at length, which is seen as system time of whoever creates files."""
    with contextlib.suppress(FileNotFoundError):
        wait = os.path.getmtime(DELETED) + 65 - time.time()
        if wait > 0:
            log(f"   waiting {wait:.0f} s: many files were deleted just now")
            time.sleep(wait)


# ---------------------------------------------------------------- a broker

class Broker:
    """One broker of the target, its state folder and whatever load is put on it."""

    def __init__(self, directory, state, quiet_s):
        self.directory, self.state, self.suite = directory, state, suite.Suite(None, quiet_wait=quiet_s)
        self.loads = []

    def start(self, *args):
        self.target = self.suite.t = suite.Target.start(self.directory, "start-single", *args, state=self.state)
        self.pid = self.target.pids[0]

    def started(self):
        """Seconds since the process was spawned."""
        return suite.boottime() - suite.proc_started(self.pid)

    def first_ack(self, create=False, limit_s=180):
        """Waits for one acknowledged record in a topic of one partition; seconds since the process was spawned."""
        end = time.monotonic() + limit_s
        while True:
            try:
                return self.target.until_produce("first", create=create, limit_s=1)[0] - suite.proc_started(self.pid)
            except TimeoutError:
                if not alive(self.pid):
                    raise Failed(f"the broker ended: {self.last_words()}") from None
                if time.monotonic() > end:
                    raise Failed(f"no acknowledged write within {limit_s} s: {self.last_words()}") from None

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        until(lambda: not alive(self.pid), 60, "kill -9")

    def last_words(self):
        """Whether the broker has ended, and the last line of its log about an error, or the last line."""
        for at, _, names in os.walk(self.state):
            if "broker.log" in names:
                lines = open(os.path.join(at, "broker.log"), errors="replace").read().splitlines() or ["(an empty log)"]
                lines = [x for x in lines if x[:1].strip()] or lines  # without stack frames
                for pattern in (r"Too many open|OutOfMemory|No space left|Map failed", r"ERROR|FATAL|Exception", ""):
                    found = [x for x in lines if re.search(pattern, x)]
                    if found:
                        return ("" if alive(self.pid) else "(ended) ") + found[-1][:300]
        return "(no log)"

    def folders(self, *topics):
        return [f for topic in topics for f in folders(self.state, topic)]

    def rawload(self, *args):
        """Starts the harness's load generator."""
        self.loads.append(subprocess.Popen([f"{SCRATCH}/rawload", *map(str, args)], stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, text=True))
        return self.loads[-1]

    def shut_down(self, limit_s=120):
        """Asks the broker to end; the seconds that it takes."""
        at = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        until(lambda: not alive(self.pid), limit_s, "an orderly end")
        return time.monotonic() - at

    def runs(self):
        """Is the process with our pid alive, and still the one that we started?"""
        try:
            return alive(self.pid) and f"{self.state}/".encode() in open(f"/proc/{self.pid}/cmdline", "rb").read()
        except OSError:
            return False

    def finish(self):
        """Ends the loads that still run and the broker, and deletes its data. Can be begun again."""
        for process in self.loads:
            if process.poll() is None:
                process.kill()
                process.communicate()
        if hasattr(self, "target"):
            with contextlib.suppress(subprocess.CalledProcessError):  # an interrupt reaches the script as well
                self.target.stop()
            if self.runs():
                with contextlib.suppress(ProcessLookupError, Failed):
                    self.shut_down(60)
            if self.runs():
                self.kill()
        remove(self.state)


@contextlib.contextmanager
def broker(options, warm=False):
    """A broker on empty storage, stopped and its data deleted afterwards. It may restart meanwhile."""
    b = Broker(options.target, os.path.join(SCRATCH, f"storage-{options.name}"), options.quiet_wait)
    remove(b.state)
    try:
        b.start()
        b.first_ack(create=True)
        if warm:
            log("   warm-up")
            b.suite.warmup()
        yield b
    finally:
        try:
            b.finish()
        except SystemExit:  # interrupted meanwhile, which happens once
            b.finish()
            raise
