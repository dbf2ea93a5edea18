package io.millrace.log;

import io.millrace.folder.SegmentFiles;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader.MalformedRecords;
import io.millrace.wire.KafkaBatchFilter;
import io.millrace.wire.KafkaRecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/// A log of keys and values that is compacted by hand.
final class CompactionRig {

    static final FolderCleaner.Limits LIMITS = new FolderCleaner.Limits(1 << 20, 0.9, Double.MAX_VALUE);

    static final KafkaRecordReader READER = new KafkaRecordReader(1 << 20);
    static final KafkaBatchFilter FILTER = new KafkaBatchFilter(READER);

    final Rig rig;

    /// @param settings over those of a compacted topic with small segments
    CompactionRig(String... settings) throws IOException {
        var all = new ArrayList<>(List.of(
                "cleanup.policy", "compact",
                "segment.bytes", "600",
                "index.interval.bytes", "100",
                "min.cleanable.dirty.ratio", "0",
                "delete.retention.ms", "1000"));
        all.addAll(List.of(settings));
        rig = new Rig(all.toArray(String[]::new));
        rig.open();
    }

    /// The producer, sequence and the rest of a batch that is not plain.
    ///
    /// @param producer  -1: none
    /// @param codec     as batches number them
    record Form(long producer, int epoch, int sequence, boolean isTransactional, int codec) {
        static final Form PLAIN = new Form(-1, -1, -1, false, 0);

        static Form of(long producer, int sequence) {
            return new Form(producer, 0, sequence, false, 0);
        }

        static Form transactional(long producer, int sequence) {
            return new Form(producer, 0, sequence, true, 0);
        }

        static Form packed(int codec) {
            return new Form(-1, -1, -1, false, codec);
        }
    }

    /// One batch of `key=value` texts; `key=` is the mark of a deletion, `=value` has no key.
    static RecordBatch batch(Form form, long timestampMs, String... records) {
        var buffer = ByteBuffer.allocate(64 << 10);
        try (var builder = MemoryRecords.builder(
                buffer,
                RecordBatch.MAGIC,
                Compression.of(CompressionType.forId(form.codec())).build(),
                TimestampType.CREATE_TIME,
                0,
                -1,
                form.producer(),
                (short) form.epoch(),
                form.sequence(),
                form.isTransactional(),
                -1)) {
            for (int i = 0; i < records.length; i++) {
                int at = records[i].indexOf('=');
                builder.append(new SimpleRecord(
                        timestampMs + i, bytes(records[i].substring(0, at)), bytes(records[i].substring(at + 1))));
            }
            return new RecordBatch(builder.build().buffer(), 0);
        }
    }

    private static byte @Nullable [] bytes(String text) {
        return text.isEmpty() ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static RecordBatch marker(long producer, boolean isCommit) {
        var type = isCommit ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        return new RecordBatch(
                MemoryRecords.withEndTransactionMarker(0, 1, 1, producer, (short) 0, new EndTransactionMarker(type, 0))
                        .buffer(),
                0);
    }

    void put(String... records) throws IOException {
        put(Form.PLAIN, records);
    }

    void put(Form form, String... records) throws IOException {
        append(batch(form, rig.clock.wallMs(), records));
    }

    void append(RecordBatch batch) throws IOException {
        rig.log().append(batch, 1);
        rig.log().write();
    }

    /// Begins a new segment, unless one has just begun, and has everything before it on the disk.
    void roll() throws IOException {
        var last = rig.disk.list(dir()).stream()
                .filter(name -> name.endsWith(SegmentFiles.LOG))
                .reduce((_, next) -> next);
        if (rig.disk.sizeBytes(dir().resolve(last.orElseThrow())) > 0) rig.log().roll();
        rig.work.settle();
    }

    /// Compacts everything that is closed, until there is nothing more to do now.
    CleaningResult clean() throws IOException {
        return clean(Long.MAX_VALUE, LIMITS);
    }

    CleaningResult clean(long stableOffset, FolderCleaner.Limits limits) throws IOException {
        var done = new AtomicReference<CleaningResult>();
        if (!begin(stableOffset, limits, done)) return CleaningResult.without(CleaningResult.Outcome.NOTHING_TO_DO);
        while (done.get() == null) rig.work.later();
        return done.get();
    }

    boolean begin(long stableOffset, FolderCleaner.Limits limits, AtomicReference<CleaningResult> done) {
        return rig.folder().cleaner().clean(rig.log(), stableOffset, limits, READER, FILTER, Runnable::run, done::set);
    }

    /// The partition's folder.
    Path dir() {
        return rig.dir.resolve(Rig.TOPIC + "-0");
    }

    /// What there is, as `offset:key=value`, markers as `offset:COMMIT`, batches without records
    /// as `offset:-`.
    List<String> records() throws IOException {
        return records(rig.log());
    }

    static List<String> records(Log log) throws IOException {
        var all = new ArrayList<String>();
        for (var batch : batches(log)) {
            if (batch.recordCount() == 0) all.add(batch.lastOffset() + ":-");
            read(batch, record -> all.add(text(batch, record)));
        }
        return all;
    }

    private static String text(RecordBatch batch, LogRecord record) {
        if (batch.isControl()) {
            short type = record.key() == null
                    ? -1
                    : record.key().getShort(record.key().position() + 2);
            return record.offset() + (type == 0 ? ":ABORT" : ":COMMIT");
        }
        return record.offset() + ":" + text(record.key()) + "=" + text(record.value());
    }

    static String text(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? ""
                : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    static void read(RecordBatch batch, Consumer<LogRecord> visitor) {
        try {
            READER.read(batch, visitor);
        } catch (MalformedRecords e) {
            throw new AssertionError(e);
        }
    }

    List<RecordBatch> batches() throws IOException {
        return batches(rig.log());
    }

    static List<RecordBatch> batches(Log log) throws IOException {
        var bytes = ByteBuffer.wrap(Rig.readAll(log, log.startOffset(), Long.MAX_VALUE, 700));
        var all = new ArrayList<RecordBatch>();
        int at = 0;
        while (at < bytes.limit()) {
            var batch = new RecordBatch(bytes, at);
            if (batch.computeCrc() != batch.crc()) throw new AssertionError("wrong checksum: " + batch);
            all.add(batch);
            at += batch.sizeBytes();
        }
        return all;
    }
}
