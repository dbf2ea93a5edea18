package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.disk.HereAndNow;
import io.millrace.disk.MemoryDisk;
import io.millrace.disk.TestClock;
import io.millrace.folder.CommitLimits;
import io.millrace.folder.SegmentFiles;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.metrics.Metrics;
import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A data folder with one log in it, on a disk in memory, without threads.
final class Rig {

    static final Identity IDENTITY = new Identity("test-cluster", 1);
    static final Uuid TOPIC_ID = new Uuid(11, 12);
    static final String TOPIC = "orders";

    final TestClock clock = new TestClock();
    final MemoryDisk disk = new MemoryDisk(clock);
    /// The disk as the folder sees it.
    Disk seenDisk = disk;

    final Path dir = Path.of("/data");
    HereAndNow work = new HereAndNow();
    /// Makes the file threads of the next opening.
    Supplier<HereAndNow> newWork = HereAndNow::new;

    LogConfig config;
    CommitLimits limits = CommitLimits.DEFAULT;
    long reserveBytes;
    int openFiles = FolderLimits.USUAL.openFiles();
    Metrics metrics = Metrics.NONE;
    private long ids;
    private @Nullable LogFolder folder;
    private @Nullable Log log;

    Rig(String... settings) {
        this.config = config(settings);
    }

    /// Settings by name; segments may be smaller than users may make them.
    static LogConfig config(String... settings) {
        var values = new HashMap<String, String>();
        for (int i = 0; i < settings.length; i += 2) values.put(settings[i], settings[i + 1]);
        var segmentBytes = values.remove("segment.bytes");
        var config = LogConfig.from(ConfigValues.of(Map.copyOf(values)));
        if (segmentBytes == null) return config;
        return new LogConfig(
                config.durability(),
                Integer.parseInt(segmentBytes),
                config.segmentMs(),
                config.segmentJitterMs(),
                config.indexIntervalBytes(),
                config.segmentIndexBytes(),
                config.retentionBytes(),
                config.retentionMs(),
                config.deletes(),
                config.fileDeleteDelayMs(),
                config.flushMessages(),
                config.flushMs(),
                config.producerExpiryMs(),
                config.compaction());
    }

    /// Opens folder and log; fails when the log does.
    Log open() throws IOException {
        var opened = tryOpen();
        if (opened instanceof Opened.Failed(var cause)) throw cause;
        return log();
    }

    Opened tryOpen() throws IOException {
        work = newWork.get();
        var all = new FolderLimits(limits, reserveBytes, openFiles);
        var tools = new FolderTools(seenDisk, clock, metrics, work, () -> new Uuid(77, ++ids), all);
        folder = LogFolder.open(dir, IDENTITY, tools);
        return openLog();
    }

    Opened openLog() {
        var outcome = new AtomicReference<Opened>();
        folder().open(TOPIC_ID, TOPIC, 0, config, Runnable::run, outcome::set);
        var opened = outcome.get();
        if (opened instanceof Opened.Ready(var ready)) log = ready;
        return opened;
    }

    /// Opens the log of another partition of the topic.
    Log openOther(int partition) throws IOException {
        var outcome = new AtomicReference<Opened>();
        folder().open(TOPIC_ID, TOPIC, partition, config, Runnable::run, outcome::set);
        return switch (outcome.get()) {
            case Opened.Ready(var ready) -> ready;
            case Opened.Failed(var cause) -> throw cause;
        };
    }

    Log log() {
        if (log == null) throw new IllegalStateException("not open");
        return log;
    }

    LogFolder folder() {
        if (folder == null) throw new IllegalStateException("not open");
        return folder;
    }

    void close() {
        folder().close();
        log = null;
    }

    /// The process is killed: whatever it had in memory is gone.
    void kill() {
        work.lose();
        disk.loseProcess();
        log = null;
        folder = null;
    }

    Path file(long base, String suffix) {
        return SegmentFiles.of(dir.resolve(TOPIC + "-0"), base, suffix);
    }

    static RecordBatch batch(int records, int valueBytes, long timestampMs) {
        return batch(records, valueBytes, timestampMs, -1, (short) -1, -1);
    }

    static RecordBatch batch(int records, int valueBytes, long timestampMs, long producer, int epoch, int sequence) {
        var builder = new BatchBuilder().producer(producer, (short) epoch, sequence);
        for (int i = 0; i < records; i++) {
            builder.add(LogRecord.of(timestampMs + i, null, ByteBuffer.allocate(valueBytes)));
        }
        return new RecordBatch(builder.build(), 0);
    }

    static byte[] bytes(RecordBatch batch) {
        var bytes = new byte[batch.sizeBytes()];
        batch.bytes().get(bytes);
        return bytes;
    }

    /// Everything that can be read from `offset` on, slice by slice.
    static byte[] readAll(Log log, long offset, long end, int maxBytes) throws IOException {
        var all = new ByteArrayOutputStream();
        long at = offset;
        while (true) {
            var slice = log.reader().readBlocking(at, end, maxBytes, true);
            if (slice.isEmpty()) return all.toByteArray();
            var bytes = slice.get().place().readFully();
            slice.get().place().release();
            int whole = 0;
            while (bytes.limit() - whole >= RecordBatch.HEADER_BYTES) {
                var batch = new RecordBatch(bytes, whole);
                if (batch.sizeBytes() > bytes.limit() - whole) break;
                whole += batch.sizeBytes();
                at = batch.endOffset();
            }
            if (whole == 0) throw new AssertionError("no whole batch at " + at);
            var read = new byte[whole];
            bytes.get(0, read);
            all.writeBytes(read);
        }
    }
}
