package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// A record as a consumer reported it, and what must be true of many of them.
///
/// @param seq the number it was produced under
/// @param key `-` for none
record Seen(int partition, long offset, int seq, String key, String verdict) {

    /// From a line of the consuming program, without its first word.
    static Seen parse(String line) {
        var words = line.split(" ", -1);
        return new Seen(
                Integer.parseInt(words[0]), Long.parseLong(words[1]), Integer.parseInt(words[2]), words[3], words[4]);
    }

    static Seen of(ConsumerRecord<byte[], byte[]> record) {
        var key = record.key() == null ? "-" : new String(record.key(), java.nio.charset.StandardCharsets.UTF_8);
        var verdict = io.millrace.acceptance.client.Payload.check(record);
        return new Seen(
                record.partition(), record.offset(), io.millrace.acceptance.client.Payload.seq(record), key, verdict);
    }

    /// All that a consuming process saw so far.
    static List<Seen> by(Child consumer) {
        return consumer.lines("record").stream().map(Seen::parse).toList();
    }

    /// Every number from 0 to `count` once, each whole, and for each key in the order it was sent.
    static void assertEachOnceInOrder(List<Seen> seen, int count) {
        assertWhole(seen);
        var missing = new TreeSet<Integer>();
        for (int seq = 0; seq < count; seq++) missing.add(seq);
        var twice = new ArrayList<Integer>();
        for (var one : seen) if (!missing.remove(one.seq())) twice.add(one.seq());
        assertEquals("missing [], twice or unknown []", "missing " + missing + ", twice or unknown " + twice);
        assertOrderPerKey(seen);
    }

    static void assertWhole(List<Seen> seen) {
        assertEquals(
                List.of(),
                seen.stream().filter(one -> !one.verdict().equals("ok")).toList());
    }

    /// The records of one key lie in one partition in the order of their numbers.
    static void assertOrderPerKey(List<Seen> seen) {
        var byKey = new TreeMap<String, List<Seen>>();
        for (var one : seen) {
            if (!one.key().equals("-"))
                byKey.computeIfAbsent(one.key(), _ -> new ArrayList<>()).add(one);
        }
        byKey.forEach((key, ofKey) -> {
            assertEquals(1, ofKey.stream().map(Seen::partition).distinct().count(), "partitions of key " + key);
            var byOffset = ofKey.stream()
                    .sorted((a, b) -> Long.compare(a.offset(), b.offset()))
                    .map(Seen::seq)
                    .toList();
            assertEquals(byOffset.stream().sorted().toList(), byOffset, "order of key " + key);
        });
    }
}
