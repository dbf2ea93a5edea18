package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// kafka-clients of three ages, each in a process of its own, produce and consume.
@ExtendWith(SharedBroker.class)
class JavaClientScenario {

    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int PER_CODEC = 300;
    private static final int TOTAL = PER_CODEC * CODECS.size();

    /// One client writes with every codec; it and another of another age read all of it, whole and in order. The
    /// broker keeps each batch as it came.
    @ParameterizedTest
    @EnumSource
    void everyCodecArrivesWithKeysAndHeaders(JavaClient client, BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "codecs", 3);
        produce(client, broker, topic);

        var other = client == JavaClient.V4_4 ? JavaClient.V2_1 : JavaClient.V4_4;
        for (var reader : List.of(client, other)) {
            try (var consumer = consume(reader, broker, topic, Topics.name("readers"))) {
                consumer.awaitLines("all records", _ -> consumer.lines("record").size() >= TOTAL);
                consumer.say("close");
                consumer.succeeds();
                Seen.assertEachOnceInOrder(Seen.by(consumer), TOTAL);
            }
        }
        assertEquals(
                CODECS.stream().sorted().toList(),
                Batches.read(broker, topic, 3).stream()
                        .map(batch -> batch.compressionType().name)
                        .distinct()
                        .sorted()
                        .toList());
    }

    /// A member commits in the middle and leaves; the next one begins exactly there.
    @ParameterizedTest
    @EnumSource
    void aGroupResumesAtItsCommittedOffset(JavaClient client, BrokerProcess broker) {
        var topic = Topics.create(broker, "resume", 2);
        var group = Topics.name("resumers");
        produce(client, broker, topic);

        Map<Integer, Long> committed;
        try (var first = consume(client, broker, topic, group, Map.of("client.max.poll.records", "100"))) {
            first.awaitLines("some records", _ -> first.lines("record").size() >= TOTAL / 3);
            first.say("commit");
            first.awaitLine("committed");
            first.say("close");
            first.succeeds();
            committed = offsets(first.lines("committed").getFirst());
        }
        try (var second = consume(client, broker, topic, group)) {
            long rest = TOTAL
                    - committed.values().stream().mapToLong(Long::longValue).sum();
            second.awaitLines("the rest", _ -> second.lines("record").size() >= rest);
            second.say("close");
            second.succeeds();
            var seen = Seen.by(second);
            assertEquals(rest, seen.size());
            Seen.assertWhole(seen);
            var firstOffsets = new TreeMap<Integer, Long>();
            seen.forEach(one -> firstOffsets.merge(one.partition(), one.offset(), Math::min));
            firstOffsets.forEach((partition, offset) -> assertEquals(committed.get(partition), offset));
        }
    }

    private static void produce(JavaClient client, BrokerProcess broker, String topic) {
        var settings = Map.of(
                "topic",
                topic,
                "codecs",
                String.join(",", CODECS),
                "count",
                Integer.toString(PER_CODEC),
                "client.acks",
                "all");
        try (var producer = client.start("ProduceProgram", broker, settings)) {
            producer.succeeds();
            assertEquals(TOTAL, producer.lines("ack").size());
        }
    }

    private static Child consume(JavaClient client, BrokerProcess broker, String topic, String group) {
        return consume(client, broker, topic, group, Map.of());
    }

    private static Child consume(
            JavaClient client, BrokerProcess broker, String topic, String group, Map<String, String> more) {
        var settings = new TreeMap<>(Map.of("topic", topic, "group", group));
        settings.putAll(more);
        return client.start("ConsumeProgram", broker, settings);
    }

    private static Map<Integer, Long> offsets(String committed) {
        return List.of(committed.split(",", -1)).stream()
                .map(pair -> pair.split("=", -1))
                .collect(Collectors.toMap(pair -> Integer.valueOf(pair[0]), pair -> Long.valueOf(pair[1])));
    }
}
