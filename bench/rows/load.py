"""Topics of a row, and load on them by the harness's generator."""
import contextlib
import json
import os
import time

from .asks import Asks
from .ground import Failed, alive, sync, until, suite

QUIET = 0.35  # cores: when others took more than this, a measurement is repeated
SMALL, LARGE = ("1KB", 1), ("64KB", 63)  # what a batch is called, and how many records of 1,024 bytes it has


def create(b, topics, limit_s=300):
    """Creates topics, {name: (partitions, settings)}, in one request, and waits until all partitions are led."""
    c = Asks(b.target.addresses[0], limit_s)
    try:
        for name, (error, why) in c.create(topics, limit_s).items():
            if error:
                raise Failed(f"create {name}: error {error} {why or ''}".strip())
        until(lambda: all(n == topics[t][0] for t, n in c.led(topics).items()), limit_s, "a leader for every partition")
    except (OSError, Failed) as e:
        raise Failed(f"{e}; the broker's log says: {b.last_words()}") from None
    finally:
        c.close()


def write_each(b, topic, partitions, limit_s=180):
    """One small acknowledged record in each partition (more where it had to begin again); {partition: its offset}."""
    end = time.monotonic() + limit_s
    while True:
        try:
            return b.target.until_produce(topic, range(partitions), limit_s=30)[1]
        except TimeoutError as e:
            if not alive(b.pid) or time.monotonic() > end:
                raise Failed(f"{e}; the broker's log says: {b.last_words()}") from None


@contextlib.contextmanager
def topic(b, name, partitions, settings=None):
    """A topic whose partitions have been written to once; deleted afterwards, with its files."""
    create(b, {name: (partitions, settings or {})})
    try:
        write_each(b, name, partitions)
        yield name
    except BaseException:
        with contextlib.suppress(OSError):  # what went wrong before is what counts
            b.target.delete(name)
        raise
    b.target.delete(name)
    until(lambda: not _left(b.state, name), 120, f"removal of the files of {name}", 0.2)


def _left(state, name):
    return any(d.startswith(name + "-") for _, ds, _ in os.walk(state) for d in ds)


def arguments(b, mode, name, partitions, *args, spread=0):
    """rawload's arguments. With `spread`, partitions are named again and again until there are that many, so that
    the generator's requests take equal memory, and find the caches equally, however many partitions there are."""
    names = ",".join(str(i % partitions) for i in range(max(partitions, spread)))
    return [mode, "--map", f"{b.target.addresses[0]}={names}", "--topic", name, *args]


def figures(process):
    """What a rawload printed; milliseconds instead of microseconds."""
    out, err = process.communicate()
    if process.returncode:
        raise Failed(f"rawload: {err.strip()}")
    o = json.loads(out)
    if o["errors"]:
        raise Failed(f"rawload: {o['errors']} errors, the first of code {o['first_error']}")
    return {(k[:-3] + "_ms" if k.endswith("_us") else k): (v / 1000 if k.endswith("_us") else v) for k, v in o.items()}


def run(b, *args, **how):
    """One rawload from start to end, with the CPU and memory of the broker."""
    window = suite.Window(b.target.pids)
    o = figures(b.rawload(*arguments(b, *args, **how)))
    keep = ("MB_per_s", "req_per_s", "ack_p50_ms", "ack_p99_ms", "ack_max_ms", "e2e_p50_ms", "e2e_p99_ms", "e2e_max_ms")
    m = {k: o[k] for k in keep if k in o}
    if args[0] == "latency" and "--consume" not in args:
        m["behind_s"] = max(0.0, o["elapsed_s"] - args[args.index("--seconds") + 1])
    return b.suite.finish(m, window, o["records"], o["value_bytes"], o["requests"])


def measured(b, retries, once):
    """Runs once() at a quiet moment, again if others took much CPU meanwhile; the quietest run's figures."""
    best = None
    for _ in range(1 + retries):
        sync()
        suite.wait_quiet(b.suite.quiet_wait)
        m = once()
        if best is None or m["other_cores"] < best["other_cores"]:
            best = m
        if best["other_cores"] <= QUIET:
            break
    return best


def saturation(records, gigabytes, seconds):
    """rawload's arguments for a load that keeps the broker busy: few large batches, or many small ones, in flight."""
    if records == 1:
        return ["--conns", 8, "--window", 16, "--records", 1, "--size", 1024, "--seconds", seconds]
    requests = int(gigabytes * 1e9 / 1024 / records)
    return ["--conns", 2, "--window", 4, "--records", records, "--size", 1024, "--requests", requests, "--seconds", 4 * seconds]
