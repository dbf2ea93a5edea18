package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.FileDisk;
import io.millrace.disk.TestClock;
import io.millrace.model.metrics.Metrics;
import io.millrace.model.record.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real files, written here and read by Apache Kafka's own classes, or written by both and compared byte
/// by byte.
class KafkaFormatsTest {

    private static final int INTERVAL_BYTES = 700;
    private static final TopicPartition ORDERS = new TopicPartition(Rig.TOPIC, 0);

    @TempDir
    Path temp;

    private final LogDirFailureChannel failures = new LogDirFailureChannel(5);

    private LogFolder folder() throws IOException {
        var tools = FolderTools.real(new FileDisk(), new TestClock(), Metrics.NONE, FolderLimits.USUAL);
        return LogFolder.open(temp.resolve("data"), Rig.IDENTITY, tools);
    }

    private static Log open(LogFolder folder, String... settings) {
        var outcome = new CompletableFuture<Opened>();
        folder.open(Rig.TOPIC_ID, Rig.TOPIC, 0, Rig.config(settings), Runnable::run, outcome::complete);
        return assertInstanceOf(Opened.Ready.class, outcome.join()).log();
    }

    private Path file(String name) {
        return temp.resolve("data").resolve("orders-0").resolve(name);
    }

    @Test
    void segmentAndIndexesAreWhatKafkaWouldWrite() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var folder = folder();
        var log = open(folder, "index.interval.bytes", Integer.toString(INTERVAL_BYTES));
        var batches = new ArrayList<byte[]>();
        for (int i = 0; i < 6000; i++) {
            // direct, as they come from a socket
            var heap = Rig.batch(1 + random.nextInt(4), random.nextInt(300), random.nextInt(100_000))
                    .bytes();
            var batch = new RecordBatch(
                    ByteBuffer.allocateDirect(heap.capacity()).put(heap).flip(), 0);
            log.append(batch, 4);
            batches.add(Rig.bytes(batch));
            if (random.nextInt(5) == 0) log.write();
        }
        folder.close();

        var theirs = temp.resolve("kafka");
        Files.createDirectories(theirs);
        var config = new org.apache.kafka.storage.internals.log.LogConfig(
                Map.of("index.interval.bytes", Integer.toString(INTERVAL_BYTES)));
        try (var segment = LogSegment.open(theirs.toFile(), 0, config, Time.SYSTEM, 1 << 20, false)) {
            for (var bytes : batches) {
                long last = new RecordBatch(ByteBuffer.wrap(bytes), 0).lastOffset();
                segment.append(last, MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)));
            }
            segment.onBecomeInactiveSegment();
        }
        for (var suffix : List.of(".log", ".index", ".timeindex")) {
            var name = "00000000000000000000" + suffix;
            assertArrayEquals(Files.readAllBytes(theirs.resolve(name)), Files.readAllBytes(file(name)), name);
        }
        try (var records = FileRecords.open(file("00000000000000000000.log").toFile())) {
            long next = 0;
            for (var batch : records.batches()) {
                batch.ensureValid();
                assertEquals(next, batch.baseOffset());
                next = batch.nextOffset();
            }
            assertEquals(next, log.endOffset());
        }
    }

    @Test
    void snapshotsAreReadByKafka() throws IOException {
        var folder = folder();
        var log = open(folder);
        for (int i = 0; i < 8; i++) {
            log.append(Rig.batch(3, 10, 100 + i, 7, 2, 3 * i), 1);
            log.append(Rig.batch(1, 10, 200 + i, 8, 0, i), 1);
        }
        folder.close();

        var entries = new HashMap<Long, ProducerStateEntry>();
        for (var entry : ProducerStateManager.readSnapshot(
                file("00000000000000000032.snapshot").toFile())) {
            entries.put(entry.producerId(), entry);
        }
        assertEquals(2, entries.size());
        var seven = Objects.requireNonNull(entries.get(7L));
        var eight = Objects.requireNonNull(entries.get(8L));
        assertEquals(2, seven.producerEpoch());
        assertEquals(30, seven.lastDataOffset());
        assertEquals(28, seven.firstDataOffset());
        assertTrue(seven.toString().contains("lastSeq=23"), seven.toString());
        assertEquals(31, eight.lastDataOffset());
        assertEquals(OptionalLong.empty(), eight.currentTxnFirstOffset());
    }

    @Test
    void aSnapshotOfOneBatchIsKafkasByteForByte() throws IOException {
        var producers = new Producers(new TestClock());
        var batch = Rig.batch(3, 10, 100, 7, 2, 40);
        batch.stamp(1000, 1);
        producers.note(batch, new TestClock().monotonicNs());
        var ours = ProducerSnapshot.encode(producers.snapshot());

        var file = temp.resolve("kafka.snapshot");
        Files.write(file, new byte[0]);
        Files.write(file, toArray(ours));
        var read = ProducerStateManager.readSnapshot(file.toFile());
        ProducerStateManager.writeSnapshot(file.toFile(), Map.of(7L, read.getFirst()), true);

        assertArrayEquals(toArray(ours), Files.readAllBytes(file));
        assertEquals(producers.snapshot(), ProducerSnapshot.decode(ByteBuffer.wrap(Files.readAllBytes(file))));
    }

    private static byte[] toArray(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @Test
    void checkpointsAreReadByKafka() throws Exception {
        var folder = folder();
        var log = open(folder, "durability", "page-cache");
        log.epochs().begin(2, 0);
        for (int i = 0; i < 10; i++) log.append(Rig.batch(1, 10, 100), i < 6 ? 2 : 5);
        log.write();
        log.trimTo(3);
        var directoryId = folder.directoryId();
        folder.close();
        var data = temp.resolve("data");

        assertEquals(Map.of(ORDERS, 10L), offsets(data.resolve("recovery-point-offset-checkpoint")));
        assertEquals(Map.of(ORDERS, 3L), offsets(data.resolve("log-start-offset-checkpoint")));
        var epochs = new LeaderEpochCheckpointFile(LeaderEpochCheckpointFile.newFile(file("").toFile()), failures);
        assertEquals(List.of(new EpochEntry(2, 3), new EpochEntry(5, 6)), epochs.read());
        var metadata = new PartitionMetadataFile(file("partition.metadata").toFile(), failures);
        assertEquals(Rig.TOPIC_ID, metadata.read().topicId());
        assertEquals(metadata.read().encode(), Files.readString(file("partition.metadata")));
        assertTrue(new CleanShutdownFileHandler(data.toString()).exists());
        assertEquals(OptionalLong.of(-1), new CleanShutdownFileHandler(data.toString()).read());

        var properties = new Properties();
        try (var in = Files.newInputStream(data.resolve("meta.properties"))) {
            properties.load(in);
        }
        var meta = new org.apache.kafka.metadata.properties.MetaProperties.Builder(properties).build();
        assertEquals(OptionalInt.of(1), meta.nodeId());
        assertEquals(Optional.of("test-cluster"), meta.clusterId());
        assertEquals(Optional.of(directoryId), meta.directoryId());
        assertEquals(properties, meta.toProperties());
    }

    private Map<TopicPartition, Long> offsets(Path file) throws IOException {
        return new OffsetCheckpointFile(new File(file.toString()), failures).read();
    }

    @Test
    void aRealFolderLivesThroughAllOfIt() throws IOException {
        var folder = folder();
        var log = open(folder, "segment.bytes", "5000", "index.interval.bytes", "300");
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            var batch = Rig.batch(2, 100, i, 5, 0, 2 * i);
            log.append(batch, 1);
            all.writeBytes(Rig.bytes(batch));
        }
        log.write();
        assertArrayEquals(all.toByteArray(), Rig.readAll(log, 0, Long.MAX_VALUE, 700));
        var slice = log.reader()
                .readBlocking(0, Long.MAX_VALUE, 2000, true)
                .orElseThrow()
                .place();
        var out = new ByteArrayOutputStream();
        while (slice.remainingBytes() > 0) slice.transferTo(Channels.newChannel(out));
        slice.release();
        assertTrue(1000 < out.size() && out.size() <= 2000, "sent " + out.size());
        assertTrue(folder.freeBytes() > 0 && folder.totalBytes() >= folder.freeBytes());
        assertTrue(Files.exists(temp.resolve("data").resolve(".lock")));
        folder.close();

        folder = folder();
        assertTrue(folder.endedCleanly());
        log = open(folder, "segment.bytes", "5000", "file.delete.delay.ms", "0");
        assertArrayEquals(all.toByteArray(), Rig.readAll(log, 0, Long.MAX_VALUE, 100_000));
        log.truncateTo(151);
        assertEquals(150, log.endOffset());
        folder.delete(Rig.TOPIC_ID, Rig.TOPIC, 0);
        folder.close();
        assertFalse(Files.exists(temp.resolve("data").resolve("orders-0")), "closing waits for what was deleted");
    }
}
