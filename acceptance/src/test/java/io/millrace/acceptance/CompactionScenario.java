package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Compacted topics keep the last value of every key, and do get smaller.
class CompactionScenario {

    private static final Map<String, String> EAGER = Map.of(
            "log.cleaner.backoff.ms", "100",
            "log.cleaner.min.cleanable.ratio", "0.01",
            "log.segment.delete.delay.ms", "1000");

    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int KEYS = 500;
    private static final int VALUE_BYTES = 1000;
    private static final int PER_CODEC = 1500;

    /// With three offsets and long notes, these are ten megabytes of commits.
    private static final int GROUPS = 8;

    private static final int ROUNDS = 150;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final Map<String, String> expected = new HashMap<>();

    @Test
    void theLastValuesOfEveryCodecStayThroughCompactionAndKill() {
        System.out.println("seed " + seed);
        var compacted = Map.of(
                "cleanup.policy", "compact",
                "segment.bytes", "1048576",
                "min.cleanable.dirty.ratio", "0.01",
                "delete.retention.ms", "500");
        try (var broker = BrokerProcess.start(EAGER)) {
            var topic = Topics.create(broker, "accounts", 1, compacted);
            for (var codec : CODECS) {
                produce(broker, topic, codec);
                assertEquals(expected, values(Topics.readAll(broker, topic)), codec);
            }
            int produced = PER_CODEC * CODECS.size();
            int open = (1 << 20) / VALUE_BYTES;
            var kept = Await.value("a smaller topic", Await.LONG, () -> {
                var records = Topics.readAll(broker, topic);
                assertEquals(expected, values(records), "while it is compacted");
                boolean isSmall = records.size() < KEYS + open + PER_CODEC / 10;
                return isSmall ? Optional.of(records) : Optional.empty();
            });
            assertTrue(kept.size() < produced / 2, kept.size() + " of " + produced);
            assertEquals(produced, Topics.of(Topics.ends(broker, topic), 0));

            broker.kill9();
            broker.restart();
            assertEquals(expected, values(Topics.readAll(broker, topic)), "after a kill");
            assertEquals(produced, Topics.of(Topics.ends(broker, topic), 0));
            produce(broker, topic, "zstd");
            assertEquals(expected, values(Topics.readAll(broker, topic)), "after more");
            broker.terminate();
            broker.restart();
            assertEquals(expected, values(Topics.readAll(broker, topic)), "after a clean end");
        }
    }

    private void produce(BrokerProcess broker, String topic, String codec) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "compression.type",
                codec,
                "linger.ms",
                "5",
                "batch.size",
                "20000");
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < PER_CODEC; i++) {
                var key = "key " + random.nextInt(KEYS);
                boolean isDeletion = random.nextInt(10) == 0;
                var value = isDeletion ? null : value();
                if (value == null) expected.remove(key);
                else expected.put(key, value);
                var _ = producer.send(new ProducerRecord<>(topic, bytes(key), bytes(value)));
            }
            producer.flush();
        }
    }

    private String value() {
        var bytes = new byte[VALUE_BYTES];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) ('a' + random.nextInt(26));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /// What somebody knows who has read all of it.
    private static Map<String, String> values(List<ConsumerRecord<byte[], byte[]>> records) {
        var values = new HashMap<String, String>();
        long last = -1;
        for (var record : records) {
            assertTrue(record.offset() > last, "offset " + record.offset() + " after " + last);
            last = record.offset();
            var key = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) values.remove(key);
            else values.put(key, new String(record.value(), StandardCharsets.UTF_8));
        }
        return values;
    }

    /// Groups are found in a compacted `__consumer_offsets` as they were.
    @Test
    void committedOffsetsOutliveTheCompactionOfTheirTopic() {
        try (var broker = BrokerProcess.start(EAGER)) {
            var topic = Topics.create(broker, "read", 3);
            var committed = new TreeMap<String, Map<TopicPartition, OffsetAndMetadata>>();
            for (int i = 0; i < GROUPS; i++) committed.put(Topics.name("readers"), at(topic, ROUNDS));
            commitOften(broker, topic, committed.firstKey());
            try (var admin = Topics.admin(broker)) {
                var smaller = new AlterConfigOp(new ConfigEntry("segment.bytes", "1048576"), AlterConfigOp.OpType.SET);
                var offsets = new ConfigResource(ConfigResource.Type.TOPIC, "__consumer_offsets");
                Topics.get(admin.incrementalAlterConfigs(Map.of(offsets, List.of(smaller)))
                        .all());
            }
            for (var group : committed.keySet()) commitOften(broker, topic, group);
            // four segments that are written to, and a little that is compacted
            Await.until("offsets that take less room", () -> offsetsBytes(broker) < 5L << 20);
            check(broker, committed);
            broker.kill9();
            broker.restart();
            check(broker, committed);
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> at(String topic, long offset) {
        var all = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (int i = 0; i < 3; i++) {
            all.put(new TopicPartition(topic, i), new OffsetAndMetadata(offset + i, "m".repeat(3000)));
        }
        return all;
    }

    private static void commitOften(BrokerProcess broker, String topic, String group) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap(), "group.id", group);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(at(topic, 0).keySet());
            for (int round = 1; round <= ROUNDS; round++) consumer.commitSync(at(topic, round));
        }
    }

    private static void check(BrokerProcess broker, Map<String, Map<TopicPartition, OffsetAndMetadata>> committed) {
        try (var admin = Topics.admin(broker)) {
            committed.forEach((group, offsets) -> assertEquals(
                    offsets, Topics.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())));
        }
    }

    private static long offsetsBytes(BrokerProcess broker) throws IOException {
        long bytes = 0;
        try (var folders = Files.newDirectoryStream(broker.data(), "__consumer_offsets-*")) {
            for (var folder : folders) {
                try (var files = Files.newDirectoryStream(folder, "*.log")) {
                    for (var file : files) bytes += Files.exists(file) ? Files.size(file) : 0;
                }
            }
        }
        return bytes;
    }
}
