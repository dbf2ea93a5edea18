package io.millrace.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.model.record.BatchFilter;
import io.millrace.model.record.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetention;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetentionResult;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Method: Kafka's own filter thins out the same batches, and the bytes are compared.
class KafkaBatchFilterTest {

    private static final long NOW_MS = 5_000;
    private static final long RETENTION_MS = 700;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final KafkaBatchFilter filter = new KafkaBatchFilter(new KafkaRecordReader(1 << 20));

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aBatchIsThinnedOutAsKafkaDoesIt(int codec) throws Exception {
        for (int round = 0; round < 50; round++) {
            int count = 2 + random.nextInt(40);
            var kept = new BitSet();
            kept.set(random.nextInt(count));
            for (int i = 0; i < count; i++) if (random.nextBoolean()) kept.set(i);
            boolean isWhole = kept.cardinality() == count;
            boolean hasTombstone = isWhole || random.nextBoolean();
            var batch = batch(codec, count, hasTombstone ? kept.nextSetBit(0) : -1);

            var theirs = kafkas(batch, kept);
            var ours = filter.keep(
                    new RecordBatch(batch.duplicate(), 0),
                    kept,
                    hasTombstone ? NOW_MS + RETENTION_MS : BatchFilter.NO_HORIZON);
            assertEquals(theirs, ours, "seed " + seed);
            var view = new RecordBatch(ours, 0);
            assertEquals(hasTombstone, view.hasDeleteHorizon());
            assertEquals(100 + count - 1, view.lastOffset());
        }
    }

    @Test
    void aMarkerGetsItsHorizonAsInKafka() throws Exception {
        var marker = MemoryRecords.withEndTransactionMarker(
                        77, 4_000, 3, 9, (short) 2, new EndTransactionMarker(ControlRecordType.ABORT, 5))
                .buffer();
        var all = new BitSet();
        all.set(0);
        var ours = filter.keep(new RecordBatch(marker.duplicate(), 0), all, NOW_MS + RETENTION_MS);
        assertEquals(kafkas(marker, all), ours);
        assertEquals(NOW_MS + RETENTION_MS, new RecordBatch(ours, 0).deleteHorizonMs());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void anEmptiedBatchIsKafkasButForItsTime(int codec) {
        var batch = batch(codec, 7, 3);
        var theirs = kafkas(batch, new BitSet());
        var ours = new RecordBatch(batch, 0).emptied();
        theirs.putLong(35, -1).putInt(17, new RecordBatch(theirs, 0).computeCrc());
        assertEquals(theirs, ours);
    }

    private ByteBuffer batch(int codec, int count, int tombstone) {
        var records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            var key = ("key " + random.nextInt(9)).getBytes(StandardCharsets.UTF_8);
            var value = i == tombstone ? null : new byte[random.nextInt(300)];
            Header[] headers = random.nextBoolean() ? new Header[0] : new Header[] {new RecordHeader("h", key)};
            records[i] = new SimpleRecord(1_000 + random.nextInt(900), key, value, headers);
        }
        var type = random.nextBoolean() ? TimestampType.CREATE_TIME : TimestampType.LOG_APPEND_TIME;
        var buffer = ByteBuffer.allocate(64 << 10);
        try (var builder = MemoryRecords.builder(
                buffer,
                RecordBatch.MAGIC,
                Compression.of(CompressionType.forId(codec)).build(),
                type,
                100,
                2_000,
                7,
                (short) 3,
                40,
                random.nextBoolean(),
                12)) {
            for (var record : records) builder.append(record);
            return builder.build().buffer();
        }
    }

    /// What Kafka's filter makes of the batch when it keeps these records.
    private static ByteBuffer kafkas(ByteBuffer batch, BitSet kept) {
        var out = ByteBuffer.allocate(64 << 10);
        var decides = new RecordFilter(NOW_MS, RETENTION_MS) {
            private int place;

            @Override
            protected BatchRetentionResult checkBatchRetention(
                    org.apache.kafka.common.record.internal.RecordBatch one) {
                return new BatchRetentionResult(BatchRetention.RETAIN_EMPTY, one.isControlBatch());
            }

            @Override
            protected boolean shouldRetainRecord(
                    org.apache.kafka.common.record.internal.RecordBatch one, Record record) {
                return kept.get(place++);
            }
        };
        return MemoryRecords.readableRecords(batch.duplicate())
                .filterTo(decides, out, BufferSupplier.NO_CACHING, 1 << 20)
                .outputBuffer()
                .flip();
    }
}
