"""A consumer at the end of a topic, while another reads what is no longer in the page cache."""
import threading

from . import load
from .ground import broker, drop_cached, io_of, log, need_disk, sync

PARTITIONS = 12


def cold(o, row):
    """Produce-to-consume latency alone, beside a reader of cached data, and beside a reader of cold data."""
    with broker(o, warm=True) as b:
        alone, cached = {}, min(1.0, o.cold_gb)
        with row("cold_tail_alone") as m:
            need_disk(o.cold_gb + cached + 1)
            m.update(load.measured(b, o.retries, lambda: tail(b, o)))
            alone = m
        for kind, gigabytes in (("cached", cached), ("cold", o.cold_gb)):
            with row(f"cold_tail_beside_{kind}_reader") as m, load.topic(b, f"old{kind}", PARTITIONS) as name:
                log(f"   writing {gigabytes:g} GB")
                load.figures(b.rawload(*load.arguments(
                    b, "produce", name, PARTITIONS, "--conns", 1, "--window", 8, "--records", 63, "--size", 1024,
                    "--requests", int(gigabytes * 1e9 / 1024 / 63), "--seconds", 3600)))
                sync()
                m.update(load.measured(b, o.retries, lambda: beside(b, o, name, gigabytes if kind == "cold" else None)))
                if "e2e_p99_ms" in alone:
                    m["p99_ratio"] = m["e2e_p99_ms"] / alone["e2e_p99_ms"]


def tail(b, o):
    """Records at a fixed rate in a fresh topic, consumed as they come."""
    with load.topic(b, "tail", PARTITIONS) as name:
        m = load.run(b, "latency", name, PARTITIONS, "--conns", 2, "--rate", o.rate, "--size", 1024, "--acks", 1,
                     "--seconds", 2 * o.seconds + 2, "--consume")
    return {k: v for k, v in m.items() if not k.startswith("cpu_s_per_")}  # the reader's bytes are not in them


def beside(b, o, name, cold_gb):
    """The same while one connection reads the old topic round and round; dropped from the cache, if it is to be cold,
    before it begins and again before it comes round."""
    before, done = io_of(b.pid), threading.Event()
    dropping = threading.Thread(target=keep_cold, args=(b, name, cold_gb, done))
    if cold_gb:
        drop_cached(b.folders(name))
        dropping.start()
    reader = b.rawload(*load.arguments(b, "fetch", name, PARTITIONS, "--conns", 1, "--seconds", 2 * o.seconds + 4))
    try:
        m = tail(b, o)
    finally:
        done.set()
        if cold_gb:
            dropping.join()
    read = load.figures(reader)
    m["reader_MB_per_s"], m["reader_GB"] = read["MB_per_s"], read["value_bytes"] / 1e9
    m["disk_read_MB"] = io_of(b.pid)["disk_read_MB"] - before["disk_read_MB"]
    return m


def keep_cold(b, name, gigabytes, done):
    """Drops the topic from the cache whenever nearly all of it has been read."""
    at = io_of(b.pid)["disk_read_MB"]
    while not done.wait(0.2):
        now = io_of(b.pid)["disk_read_MB"]
        if now - at > 800 * gigabytes:
            drop_cached(b.folders(name))
            at = now
