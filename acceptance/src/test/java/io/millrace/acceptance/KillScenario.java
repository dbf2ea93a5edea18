package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The broker is killed under load, again and again, and started on its data: whatever it acknowledged is there.
class KillScenario {

    private static final int ROUNDS = 3;
    private static final int ACKS_PER_ROUND = 4_000;

    @Test
    void whatWasAcknowledgedIsThereOnceAtItsOffset() {
        try (var broker = BrokerProcess.start(Map.of())) {
            var safe = Topics.create(broker, "acks-all", 3);
            var quick = Topics.create(broker, "acks-one", 3);
            try (var all = produce(broker, safe, Map.of("client.acks", "all", "client.enable.idempotence", "true"));
                    var one =
                            produce(broker, quick, Map.of("client.acks", "1", "client.enable.idempotence", "false"))) {
                for (int round = 1; round <= ROUNDS; round++) {
                    awaitMoreAcks(all);
                    awaitMoreAcks(one);
                    broker.kill9();
                    broker.restart();
                }
                awaitMoreAcks(all);
                for (var producer : List.of(all, one)) {
                    producer.say("stop");
                    producer.succeeds();
                }
                var inSafe = Topics.readAll(broker, safe).stream().map(Seen::of).toList();
                Seen.assertEachOnceInOrder(inSafe, all.lines("ack").size());
                assertThere(all.lines("ack"), inSafe);

                // Without idempotence a retry may come twice; what was acknowledged is there all the same.
                var inQuick =
                        Topics.readAll(broker, quick).stream().map(Seen::of).toList();
                Seen.assertWhole(inQuick);
                assertThere(one.lines("ack"), inQuick);
            }
            broker.terminate();
            assertReadableByKafka(broker, safe);
            assertReadableByKafka(broker, quick);
        }
    }

    /// The group goes on where it committed last, though both the broker and the member were killed.
    @Test
    void aGroupResumesAtItsCommittedOffset() {
        try (var broker = BrokerProcess.start(Map.of())) {
            var topic = Topics.create(broker, "resumed", 2);
            var settings = Map.of("topic", topic, "count", "3000", "client.acks", "all");
            try (var producer = JavaClient.V4_4.start("ProduceProgram", broker, settings)) {
                producer.succeeds();
            }
            Map<Integer, Long> committed;
            try (var first = consume(broker, topic)) {
                first.awaitLines("some commits", _ -> first.lines("committed").size() >= 5);
                first.kill9();
                committed = offsets(first.lines("committed").getLast());
            }
            broker.kill9();
            broker.restart();

            try (var admin = Topics.admin(broker)) {
                var kept = new TreeMap<Integer, Long>();
                Topics.get(admin.listConsumerGroupOffsets("survivors").partitionsToOffsetAndMetadata())
                        .forEach((where, offset) -> kept.put(where.partition(), offset.offset()));
                committed.forEach((partition, offset) ->
                        assertTrue(kept.getOrDefault(partition, -1L) >= offset, "kept " + kept + " of " + committed));
                var from = Map.copyOf(kept);
                try (var second = consume(broker, topic)) {
                    long rest = 3_000
                            - from.values().stream().mapToLong(Long::longValue).sum();
                    second.awaitLines("the rest", _ -> second.lines("record").size() >= rest);
                    var seen = Seen.by(second);
                    Seen.assertWhole(seen);
                    assertEquals(rest, seen.size());
                    var begins = new TreeMap<Integer, Long>();
                    seen.forEach(record -> begins.merge(record.partition(), record.offset(), Math::min));
                    begins.forEach((partition, offset) -> assertEquals(from.get(partition), offset));
                    second.awaitLines(
                            "the last commit",
                            _ -> offsets(second.lines("committed").getLast()).values().stream()
                                            .mapToLong(Long::longValue)
                                            .sum()
                                    == 3_000);
                    second.say("close");
                    second.succeeds();
                }
            }
            broker.terminate();
            var offsetFolders = folders(broker, "__consumer_offsets");
            var lines = KafkaTools.dump(offsetFolders, "--offsets-decoder");
            assertTrue(
                    lines.stream().anyMatch(line -> line.contains("survivors") && line.contains(topic)),
                    () -> String.join("\n", lines));
        }
    }

    private static Child produce(BrokerProcess broker, String topic, Map<String, String> more) {
        var settings = new HashMap<>(Map.of(
                "topic", topic,
                "plain", "true",
                "keys", "30",
                "value", "200",
                "rate", "4000",
                "client.buffer.memory", "1000000",
                "client.max.block.ms", "120000",
                "client.linger.ms", "2",
                "client.reconnect.backoff.max.ms", "200"));
        settings.putAll(more);
        return JavaClient.V4_4.start("ProduceProgram", broker, settings);
    }

    private static Child consume(BrokerProcess broker, String topic) {
        var settings = Map.of(
                "topic", topic,
                "group", "survivors",
                "commit", "each",
                "client.max.poll.records", "50",
                "client.session.timeout.ms", "6000");
        return JavaClient.V4_4.start("ConsumeProgram", broker, settings);
    }

    private static void awaitMoreAcks(Child producer) {
        int before = producer.lines("ack").size();
        producer.awaitLines("more acknowledgements", lines -> lines.size() >= before + ACKS_PER_ROUND);
    }

    private static void assertThere(List<String> acks, List<Seen> seen) {
        var places = seen.stream()
                .map(record -> record.seq() + " " + record.partition() + " " + record.offset())
                .collect(Collectors.toSet());
        var lost = acks.stream().filter(ack -> !places.contains(ack)).toList();
        assertEquals(List.of(), lost, "acknowledged and lost");
    }

    private static void assertReadableByKafka(BrokerProcess broker, String topic) {
        assertTrue(KafkaTools.dump(folders(broker, topic), "").size() > 100);
    }

    private static List<Path> folders(BrokerProcess broker, String topic) {
        return Folders.find(broker.data(), "").stream()
                .filter(folder -> folder.getFileName().toString().matches(topic.replace(".", "\\.") + "-[0-9]+"))
                .toList();
    }

    private static Map<Integer, Long> offsets(String committed) {
        return List.of(committed.split(",", -1)).stream()
                .map(pair -> pair.split("=", -1))
                .collect(Collectors.toMap(pair -> Integer.valueOf(pair[0]), pair -> Long.valueOf(pair[1])));
    }
}
