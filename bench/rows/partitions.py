"""Many partitions: what they cost a producer, and what they cost to have."""
import time

from . import load
from .asks import Asks
from .ground import broker, descriptors, mappings, settle, suite


def many(o, row):
    """Producing to few and to many partitions."""
    counts, widest = o.counts, max(o.counts)
    with broker(o, warm=True) as b:
        for batch, records in (load.SMALL, load.LARGE):
            args = load.saturation(records, o.produce_gb, o.seconds)
            with load.topic(b, "warm", counts[0]) as name:  # code and page cache, as far as this load needs them
                load.run(b, "produce", name, counts[0], *args, spread=widest)
            for acks in (1, -1):
                for n in counts:
                    with row(f"many_{batch}_acks{'all' if acks < 0 else acks}_{n}") as m, load.topic(b, f"n{n}", n) as name:
                        m.update(load.measured(b, o.retries, lambda: load.run(
                            b, "produce", name, n, *args, "--acks", acks, spread=widest)))
        for n in (counts[0], widest):
            with row(f"many_latency_{n}") as m, load.topic(b, f"n{n}", n) as name:
                m.update(load.measured(b, o.retries, lambda: load.run(
                    b, "latency", name, n, "--conns", 4, "--rate", o.rate, "--size", 1024, "--acks", -1,
                    "--seconds", o.seconds + 2, spread=widest)))


def topics_of(partitions):
    """{topic: its partitions}: topics of a thousand partitions (Kafka takes no request for more than about 10,000)."""
    sizes = [1000] * (partitions // 1000) + [partitions % 1000] * (partitions % 1000 > 0)
    return {f"part{i}": n for i, n in enumerate(sizes)}


def have(o, row):
    """Creating many partitions, and having them."""
    topics = topics_of(o.partitions)
    settle()
    with row(f"have_{o.partitions}") as m, broker(o) as b:
        m["empty_rss_mb"] = suite.memory_mb([b.pid])["rss_mb"]
        suite.wait_quiet(o.quiet_wait)
        window, begin, each = suite.Window([b.pid]), time.monotonic(), []
        for name, n in topics.items():
            at = time.monotonic()
            load.create(b, {name: (n, {})})
            each.append(time.monotonic() - at)
            m["created"] = m.get("created", 0) + n
        m["create_s"], m["slowest_topic_s"] = time.monotonic() - begin, max(each)
        for name, n in topics.items():
            load.write_each(b, name, n)
        m["usable_s"], m["create_cpu_s"] = time.monotonic() - begin, window.close()["broker_cpu_s"]
        rest(m, b)
        window = suite.Window([b.pid])
        time.sleep(10)
        idle = window.close()
        m["idle_cores"], m["other_cores"] = idle["broker_cpu_s"] / idle["wall_s"], idle["other_cores"]
        c, at = Asks(b.target.addresses[0], 60), time.monotonic()
        c.led(topics)
        m["metadata_ms"] = (time.monotonic() - at) * 1000
        c.close()
        m["stop_s"] = b.shut_down()


def rest(m, b):
    """Waits until the broker comes to rest, and notes what it holds."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        before = sum(suite.proc_cpu(b.pid))
        time.sleep(1)
        if sum(suite.proc_cpu(b.pid)) - before < 0.05:
            break
    m["rss_mb"] = suite.memory_mb([b.pid])["rss_mb"]
    m["descriptors"], m["mappings"] = descriptors(b.pid), mappings(b.pid)
