"""Compaction of a topic whose keys were written over and over, and what a producer of another topic feels of it."""
import os
import statistics
import subprocess
import threading
import time

from . import load
from .asks import Asks
from .ground import HERE, SCRATCH, Failed, broker, bytes_on_disk, log, need_disk, suite

PARTITIONS = 4
VALUE, RECORD = 100, 124  # bytes of a value, and about what its record takes in a batch
SETTINGS = {"cleanup.policy": "delete", "min.cleanable.dirty.ratio": 0.01, "min.compaction.lag.ms": 0,
            "delete.retention.ms": 0}
STEADY = ("--conns", 2, "--size", 1024, "--acks", -1, "--warmup", 0.5, "--seconds", 5.5)


def compaction(o, row):
    """From the moment the topic's policy becomes `compact` until its size no longer falls."""
    all_bytes = o.keys * o.versions * RECORD
    segment = max(1 << 20, all_bytes // PARTITIONS // 64)  # the last one of a partition is not compacted
    with row(f"compact_{o.keys}x{o.versions}") as m:
        need_disk(2 * all_bytes / 1e9 + 2)
        with broker(o, warm=True) as b:
            load.create(b, {"keyed": (PARTITIONS, {**SETTINGS, "segment.bytes": segment}), "steady": (12, {})})
            log(f"   writing {o.versions} x {o.keys} keys")
            overwrite(b, o)
            size = Size(b.folders("keyed"))
            m["before_MB"] = size.now() / 1e6
            suite.wait_quiet(o.quiet_wait)
            calm = [steady(b, o) for _ in range(4)][1:]
            begin(b)
            size.start()
            during = []
            while not size.settled(o.settled_s):
                during.append((time.monotonic(), steady(b, o)))
                if time.monotonic() - size.began > o.limit:
                    size.stop()
                    raise Failed(f"not compacted within {o.limit:.0f} s: {m['before_MB']:.0f} MB are {size.now() / 1e6:.0f}")
            size.stop()
            result(m, size, calm, [w for at, w in during if at < size.finished()])


def overwrite(b, o):
    """Writes every key once, then again, and so on."""
    subprocess.run([suite.JAVA, "-Xmx512m", f"-Dlog4j2.configurationFile={suite.HERE}/client/log4j2.properties",
                    "-cp", f"{SCRATCH}/lib-client/*", os.path.join(HERE, "Overwrite.java"),
                    b.target.bootstrap, "keyed", str(o.keys), str(o.versions), str(VALUE)], check=True)


def steady(b, o):
    """A few seconds of a producer of another topic."""
    return load.run(b, "latency", "steady", 12, "--rate", o.rate, *STEADY)


def begin(b):
    """Lets compaction begin."""
    c = Asks(b.target.addresses[0], 60)
    error, why = c.alter("keyed", {"cleanup.policy": "compact"})
    c.close()
    if error:
        raise Failed(f"cleanup.policy=compact: error {error} {why or ''}")


def result(m, size, calm, during):
    m["compacted_s"], m["first_fall_s"], m["after_MB"] = size.finished() - size.began, size.first_fall(), size.now() / 1e6
    p99 = [w["ack_p99_ms"] for w in during]
    m["p99_before_ms"] = statistics.median(w["ack_p99_ms"] for w in calm)
    m["p99_during_ms"], m["worst_p99_during_ms"] = statistics.median(p99), max(p99)
    m["ack_max_ms"] = max(w["ack_max_ms"] for w in during)
    m["p99_ratio"] = m["p99_during_ms"] / m["p99_before_ms"]
    cores = statistics.median(w["broker_cpu_s"] / w["wall_s"] for w in calm)
    m["compaction_cpu_s"] = sum(w["broker_cpu_s"] - cores * w["wall_s"] for w in during)
    m["cpu_s_per_GB"] = m["compaction_cpu_s"] / m["before_MB"] * 1000
    m["other_cores"] = max(w["other_cores"] for w in during)


class Size(threading.Thread):
    """Watches what a topic takes on the disk."""

    def __init__(self, folders):
        super().__init__(daemon=True)
        self.folders, self.samples, self.ended = folders, [], threading.Event()

    def now(self):
        return bytes_on_disk(self.folders)

    def start(self):
        self.began = time.monotonic()
        super().start()

    def run(self):
        while not self.ended.is_set():
            self.samples.append((time.monotonic(), self.now()))
            self.ended.wait(0.25)

    def stop(self):
        self.ended.set()
        self.join()

    def first_fall(self):
        """Seconds until the topic first took less than at the beginning."""
        return next((at - self.began for at, size in self.samples if size < 0.98 * self.samples[0][1]), float("nan"))

    def finished(self):
        """When the topic had the size that it has kept since."""
        last = self.samples[-1][1]
        near = [abs(size - last) <= 0.01 * last + (1 << 20) for _, size in self.samples]
        kept = len(near) - (near[::-1].index(False) if False in near else len(near))
        return self.samples[kept][0]

    def settled(self, seconds):
        """Has the topic shrunk, and then kept its size for so long?"""
        if len(self.samples) < 2 or self.samples[-1][1] > 0.9 * self.samples[0][1]:
            return False
        return time.monotonic() - self.finished() > seconds
