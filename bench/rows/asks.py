"""Requests that the harness's own client does not have: many topics at once, offsets, last records, settings."""
import struct

from . import ground  # noqa: F401  (puts the harness on the path)
import kproto
from kproto import _string as string

INVALID_CONFIG, TOPIC_EXISTS = 40, 36


def _array(items):
    return struct.pack(">i", len(items)) + b"".join(items)


class Asks(kproto.Conn):
    """A connection that asks about many partitions in one request."""

    def create(self, topics, limit_s=120):
        """Creates topics, {name: (partitions, settings)}; answers {name: (error, message)}."""
        def topic(name, partitions, settings):
            return (string(name) + struct.pack(">ihi", partitions, 1, 0)
                    + _array([string(k) + string(str(v)) for k, v in settings.items()]))
        body = _array([topic(name, n, settings) for name, (n, settings) in topics.items()])
        r = self.call(19, 4, body + struct.pack(">ib", int(limit_s * 1000), 0))
        r.take("i")
        return {name: (error, why) for name, error, why in r.array(lambda: (r.string(), r.take("h"), r.string()))}

    def led(self, topics):
        """How many partitions of each of the topics have a leader."""
        r = self.call(3, 7, _array([string(t) for t in topics]) + b"\0")
        r.take("i")
        r.array(lambda: (r.take("i"), r.string(), r.take("i"), r.string()))
        r.string(), r.take("i")

        def partition():
            error, _index, leader, _epoch = r.take("hiii")
            for _ in range(3):
                r.array(lambda: r.take("i"))
            return error == 0 and leader >= 0

        def topic():
            error, name, _internal = r.take("h"), r.string(), r.take("b")
            leaders = r.array(partition)
            return name, 0 if error else sum(leaders)
        return dict(r.array(topic))

    def ends(self, topic, partitions):
        """{partition: (error, end offset)} by ListOffsets for the latest offset."""
        body = struct.pack(">ib", -1, 0) + struct.pack(">i", 1) + string(topic)
        r = self.call(2, 2, body + _array([struct.pack(">iq", p, -1) for p in partitions]))
        r.take("i")

        def partition():
            index, error, _time, offset = r.take("ihqq")
            return index, (error, offset)
        return dict(r.array(lambda: (r.string(), r.array(partition)))[0][1])

    def fetch(self, topic, offsets, part_max=4096, wait_ms=0):
        """{partition: (error, bytes of records)} by a Fetch from {partition: offset}."""
        body = struct.pack(">iiiibii", -1, wait_ms, 1, 64 << 20, 0, 0, -1) + struct.pack(">i", 1) + string(topic)
        body += _array([struct.pack(">iiqqi", p, -1, o, -1, part_max) for p, o in offsets.items()])
        r = self.call(1, 11, body + struct.pack(">i", 0) + string(""))
        r.take("i"), r.take("h"), r.take("i")

        def partition():
            index, error, _hw, _stable, _start = r.take("ihqqq")
            r.array(lambda: r.take("qq"))
            r.take("i")
            size = max(0, r.take("i"))
            r.at += size
            return index, (error, size)
        return {p: v for _, parts in r.array(lambda: (r.string(), r.array(partition))) for p, v in parts}

    def alter(self, topic, settings):
        """Sets a topic's settings; answers (error, message)."""
        pairs = _array([string(k) + b"\0" + string(str(v)) for k, v in settings.items()])
        r = self.call(44, 0, struct.pack(">i", 1) + b"\x02" + string(topic) + pairs + b"\0")
        r.take("i")
        return r.array(lambda: (r.take("h"), r.string(), r.take("b"), r.string()))[0][:2]
