package io.millrace.wire;

import io.millrace.model.record.BatchFilter;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/// Leaves records out of batches, and packs the rest with kafka-clients' codecs at their usual levels.
public final class KafkaBatchFilter implements BatchFilter {

    private static final int LEAST_BYTES = 512;

    private final RecordReader reader;

    /// @param reader opens what is to be thinned out
    public KafkaBatchFilter(RecordReader reader) {
        this.reader = reader;
    }

    @Override
    public ByteBuffer keep(RecordBatch batch, BitSet kept, long deleteHorizonMs) throws MalformedRecords {
        try (var builder = builder(batch, deleteHorizonMs)) {
            reader.read(batch, new Consumer<>() {
                private int place;

                @Override
                public void accept(LogRecord record) {
                    if (kept.get(place++)) append(builder, batch.isControl(), record);
                }
            });
            builder.overrideLastOffset(batch.lastOffset());
            return builder.build().buffer();
        } catch (IllegalArgumentException e) {
            throw new MalformedRecords("batch at offset " + batch.baseOffset() + ": " + e.getMessage(), e);
        }
    }

    private static MemoryRecordsBuilder builder(RecordBatch batch, long deleteHorizonMs) {
        var buffer = new ByteBufferOutputStream(Math.max(LEAST_BYTES, batch.sizeBytes()));
        return new MemoryRecordsBuilder(
                buffer,
                RecordBatch.MAGIC,
                Compression.of(CompressionType.forId(batch.codec())).build(),
                batch.isLogAppendTime() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                batch.baseOffset(),
                batch.isLogAppendTime() ? batch.maxTimestampMs() : -1,
                batch.producerId(),
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.isTransactional(),
                batch.isControl(),
                batch.partitionLeaderEpoch(),
                buffer.limit(),
                deleteHorizonMs);
    }

    private static void append(MemoryRecordsBuilder builder, boolean isControl, LogRecord record) {
        var headers = KafkaBatchPacker.headers(record);
        var key = record.key();
        var value = record.value();
        if (isControl) {
            builder.appendControlRecordWithOffset(
                    record.offset(), new SimpleRecord(record.timestampMs(), key, value, headers));
        } else {
            builder.appendWithOffset(record.offset(), record.timestampMs(), key, value, headers);
        }
    }
}
