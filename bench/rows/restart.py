"""A start after kill -9 with many partitions and much data."""
import time

from . import load
from .asks import Asks
from .ground import Failed, broker, drop_cached, io_of, log, need_disk, settle, suite, sync
from .partitions import topics_of


def restart(o, row):
    """How long until the first acknowledgement, and until every partition answers."""
    topics, kind = topics_of(o.partitions), "warm" if o.warm_restart else "cold"
    with row(f"restart_{kind}_{o.partitions}_{o.gb:g}GB") as m:
        need_disk(o.gb * 1.05)
        with broker(o) as b:
            m["GB_on_disk"], last = fill(b, o, topics)
            settle()
            b.kill()
            sync()
            if not o.warm_restart:
                drop_cached(b.folders(*topics, "first"))
            suite.wait_quiet(o.quiet_wait)
            b.start("--keep")
            m["first_ack_s"] = b.first_ack(limit_s=o.limit)
            note(m, "first_ack_", b)
            m["ready_s"], short = answering(b, last, o.limit)
            note(m, "ready_", b)
            m["partitions_short"], m["rss_mb"] = float(short), suite.memory_mb([b.pid])["rss_mb"]
            for name, n in topics.items():
                load.write_each(b, name, n, o.limit)
            m["all_written_s"] = b.started()


def fill(b, o, topics):
    """Writes the data, then one small record to each partition; the GB, and {topic: {partition: last offset}}."""
    log(f"   writing {o.gb:g} GB to {o.partitions} partitions")
    written, last = 0, {}
    for name, n in topics.items():
        load.create(b, {name: (n, {})})
        load.write_each(b, name, n)
        share = int(o.gb * 1e9 * n / o.partitions / 1024 / 63)
        written += load.figures(b.rawload(*load.arguments(
            b, "produce", name, n, "--conns", 1, "--window", 8, "--records", 63, "--size", 1024,
            "--requests", share, "--seconds", 3600)))["value_bytes"] if share else 0
        last[name] = load.write_each(b, name, n)
    return written / 1e9, last


def note(m, when, b):
    """What the process has read, and how much it has computed, since it was spawned."""
    m.update({when + k: v for k, v in io_of(b.pid).items()})
    m[when + "cpu_s"] = sum(suite.proc_cpu(b.pid))


def answering(b, last, limit_s):
    """Waits until every partition has a leader, tells its end offset and gives its last record. Answers the seconds
    since the spawn, and how many partitions did not within the limit."""
    waiting, end = {t: dict(ps) for t, ps in last.items()}, time.monotonic() + limit_s
    while waiting and time.monotonic() < end:
        try:
            c = Asks(b.target.addresses[0], 60)
            try:
                while waiting and time.monotonic() < end:
                    for name in list(waiting):
                        waiting[name] = silent(c, name, waiting[name], len(last[name]))
                        if not waiting[name]:
                            del waiting[name]
            finally:
                c.close()
        except OSError:
            time.sleep(0.01)
    left = sum(map(len, waiting.values()))
    if left == sum(map(len, last.values())):
        raise Failed(f"no partition answers within {limit_s:.0f} s: {b.last_words()}")
    return b.started(), left


def silent(c, name, offsets, partitions):
    """The partitions, of those with these last offsets, that do not answer rightly yet."""
    if c.led([name])[name] < partitions:
        return offsets
    ends = c.ends(name, offsets)
    known = {p: o for p, o in offsets.items() if ends[p] == (0, o + 1)}
    got = c.fetch(name, known) if known else {}
    return {p: o for p, o in offsets.items() if p not in known or got[p][0] or not got[p][1]}
