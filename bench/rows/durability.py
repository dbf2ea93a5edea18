"""What an acknowledgement that waits for the disk costs, against one that does not, in one life of a broker."""
from . import load
from .asks import INVALID_CONFIG, Asks
from .ground import Failed, broker

WAYS = {  # what a topic is told, for each durability, in the order in which a broker is asked whether it knows that
    "durability": {"page-cache": {"durability": "page-cache"}, "fsync": {"durability": "fsync"}},
    "flush.messages": {"page-cache": {}, "fsync": {"flush.messages": 1}},
}


def durability(o, row):
    """Latency at a fixed rate, and saturation."""
    counts = (o.counts[0], max(o.counts))
    with broker(o, warm=True) as b:
        way = way_of(b)
        for n in counts:
            for batch, records in (load.SMALL, load.LARGE):
                base = {}
                for kind, settings in WAYS[way].items():
                    what = f"{batch}_{n}_{kind}"
                    with row(f"durable_latency_{what}") as m, load.topic(b, "late", n, settings) as name:
                        rate = o.durable_rate if records == 1 else max(1, o.durable_rate // 10)
                        m.update(way=way, rate=rate)
                        m.update(load.measured(b, o.retries, lambda: load.run(
                            b, "latency", name, n, "--conns", 4, "--rate", rate, "--size", 1024 * records, "--acks", -1,
                            "--seconds", o.seconds + 2, spread=max(counts))))
                        compare(m, base, {"ack_p50_ms": "added_p50_ms", "ack_p99_ms": "added_p99_ms"}, lambda a, b: a - b)
                    with row(f"durable_saturated_{what}") as m, load.topic(b, "full", n, settings) as name:
                        m["way"] = way
                        m.update(load.measured(b, o.retries, lambda: load.run(
                            b, "produce", name, n, *load.saturation(records, o.produce_gb, o.seconds), "--acks", -1,
                            spread=max(counts))))
                        compare(m, base, {"MB_per_s": "of_page_cache"}, lambda a, b: a / b)


def way_of(b):
    """By which setting this broker is told to sync: the first that it knows."""
    c = Asks(b.target.addresses[0], 60)
    try:
        for way, settings in WAYS.items():
            for kind in settings:  # a setting is known when the broker takes it for the page cache
                error, why = c.create({f"way-{kind}": (1, settings[kind])})[f"way-{kind}"]
                if error:
                    break
                c.delete_topic(f"way-{kind}")
            if error == 0:
                return way
            if error != INVALID_CONFIG or kind == "fsync":
                raise Failed(f"this broker cannot be told to sync: {settings[kind]}: error {error} {why or ''}")
        raise Failed(f"this broker knows none of {', '.join(WAYS)}")
    finally:
        c.close()


def compare(m, base, names, how):
    """Notes the figures of the first durability, and sets those of the second against them."""
    for key, name in names.items():
        if key in base:
            m[name] = how(m[key], base[key])
        else:
            base[key] = m[key]
