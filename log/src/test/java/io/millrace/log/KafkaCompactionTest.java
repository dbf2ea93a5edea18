package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.log.CompactionRig.Form;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Method: Apache Kafka's own cleaner compacts the same files, and what is left is compared byte by
/// byte. Only batches without records do not count: we keep the last one of every segment, Kafka that of
/// every run.
class KafkaCompactionTest {

    private static final int SEGMENT_BYTES = 2000;
    private static final int RETENTION_MS = 1000;

    @TempDir
    Path temp;

    static List<Long> seeds() {
        var given = Long.getLong("millrace.seed");
        if (given != null) return List.of(given);
        var random = new Random();
        var seeds = new ArrayList<>(List.of(1L));
        for (int i = 0; i < 3; i++) seeds.add(random.nextLong());
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsLeftIsWhatKafkaLeaves(long seed) throws Exception {
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var log = new CompactionRig(
                "segment.bytes", Integer.toString(SEGMENT_BYTES),
                "delete.retention.ms", Integer.toString(RETENTION_MS));
        var history = new History(log, random);
        for (int round = 0; round < 4; round++) {
            history.goOn();
            log.roll();
            log.put("last=" + round);
            long end = log.rig.log().endOffset() - 1;
            var theirs =
                    kafkas(log, round, log.rig.log().cleaning().dirtiness(end).firstDirty(), end);
            log.clean(end, CompactionRig.LIMITS);
            assertEquals(theirs, full(log.batches()), "round " + round);
            log.rig.clock.pass(random.nextInt(2 * RETENTION_MS));
        }
    }

    private static List<String> full(List<RecordBatch> batches) {
        return batches.stream()
                .filter(batch -> batch.recordCount() > 0)
                .map(batch ->
                        batch + " " + batch.attributes() + " " + HexFormat.of().formatHex(Rig.bytes(batch)))
                .toList();
    }

    /// What Kafka leaves of the files as they are.
    private List<String> kafkas(CompactionRig log, int round, long firstDirty, long end) throws Exception {
        var dir = temp.resolve("round-" + round).resolve("orders-0");
        Files.createDirectories(dir);
        for (var name : log.rig.disk.list(log.dir())) {
            if (name.endsWith(".log"))
                Files.write(dir.resolve(name), log.rig.disk.bytes(log.dir().resolve(name)));
        }
        var config = new org.apache.kafka.storage.internals.log.LogConfig(Map.of(
                "internal.segment.bytes", SEGMENT_BYTES,
                "cleanup.policy", "compact",
                "delete.retention.ms", RETENTION_MS));
        var scheduler = new KafkaScheduler(1);
        scheduler.startup();
        try (var theirs = UnifiedLog.create(
                dir.toFile(),
                config,
                0,
                0,
                scheduler,
                new BrokerTopicStats(),
                Time.SYSTEM,
                60_000,
                new ProducerStateManagerConfig(86_400_000, false),
                600_000,
                new LogDirFailureChannel(1),
                false,
                Optional.empty())) {
            theirs.updateHighWatermark(theirs.logEndOffset());
            var cleaner = new Cleaner(
                    0,
                    new SkimpyOffsetMap(1 << 20),
                    1 << 20,
                    1 << 20,
                    0.9,
                    new Throttler(Double.MAX_VALUE, Long.MAX_VALUE, "bytes", "throttle", Time.SYSTEM),
                    Time.SYSTEM,
                    _ -> {});
            cleaner.doClean(new LogToClean(theirs, firstDirty, end, false), log.rig.clock.wallMs());
            return full(read(theirs));
        } finally {
            scheduler.shutdown();
        }
    }

    private static List<RecordBatch> read(UnifiedLog log) throws IOException {
        var batches = new ArrayList<RecordBatch>();
        for (var segment : log.logSegments()) {
            FileRecords records = segment.log();
            var bytes = ByteBuffer.allocate(records.sizeInBytes());
            records.readInto(bytes, 0);
            for (int at = 0; at < bytes.limit(); ) {
                var batch = new RecordBatch(bytes, at);
                batches.add(batch);
                at += batch.sizeBytes();
            }
        }
        return batches;
    }

    /// Appends of every kind. No transaction is left open at the end of a round.
    private static final class History {
        private final CompactionRig log;
        private final Random random;
        private final Map<Long, Integer> sequences = new HashMap<>();
        private final TreeMap<Long, Boolean> open = new TreeMap<>();

        History(CompactionRig log, Random random) {
            this.log = log;
            this.random = random;
        }

        void goOn() throws IOException {
            for (int i = 0; i < 60; i++) {
                switch (random.nextInt(8)) {
                    case 0 -> log.roll();
                    case 1, 2 -> transactional(20 + random.nextInt(4));
                    case 3 -> end();
                    case 4 -> put(30 + random.nextInt(3), false);
                    default -> log.put(Form.packed(random.nextInt(5)), records());
                }
                log.rig.clock.pass(random.nextInt(20));
            }
            while (!open.isEmpty()) end();
        }

        private void transactional(long producer) throws IOException {
            open.put(producer, true);
            put(producer, true);
        }

        private void put(long producer, boolean isTransactional) throws IOException {
            int sequence = sequences.getOrDefault(producer, 0);
            var records = records();
            log.put(new Form(producer, 0, sequence, isTransactional, random.nextInt(5)), records);
            sequences.put(producer, sequence + records.length);
        }

        private void end() throws IOException {
            if (open.isEmpty()) return;
            log.append(CompactionRig.marker(open.pollFirstEntry().getKey(), random.nextBoolean()));
        }

        private String[] records() {
            var records = new String[1 + random.nextInt(4)];
            for (int i = 0; i < records.length; i++) {
                boolean isDeletion = random.nextInt(4) == 0;
                records[i] = "key" + random.nextInt(20) + "=" + (isDeletion ? "" : "v".repeat(random.nextInt(60)) + i);
            }
            return records;
        }
    }
}
