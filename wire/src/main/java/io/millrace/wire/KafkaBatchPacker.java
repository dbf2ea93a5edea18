package io.millrace.wire;

import io.millrace.model.record.BatchPacker;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// Packs batches with kafka-clients' codecs.
public final class KafkaBatchPacker implements BatchPacker {

    private static final int LEADER_STAMPS_IT = -1;

    private final RecordReader reader;

    /// @param reader opens what is to be packed anew
    public KafkaBatchPacker(RecordReader reader) {
        this.reader = reader;
    }

    @Override
    public ByteBuffer repack(RecordBatch batch, int codec, int level) throws MalformedRecords {
        var compression = compression(CompressionType.forId(codec), level);
        var buffer = ByteBuffer.allocate(Math.max(512, batch.sizeBytes()));
        try (var packed = MemoryRecords.builder(
                buffer,
                RecordBatch.MAGIC,
                compression,
                TimestampType.CREATE_TIME,
                0,
                -1,
                batch.producerId(),
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.isTransactional(),
                LEADER_STAMPS_IT)) {
            reader.read(
                    batch,
                    record -> packed.append(
                            record.timestampMs(), bytes(record.key()), bytes(record.value()), headers(record)));
            return packed.build().buffer();
        }
    }

    private static Compression compression(CompressionType codec, int level) {
        return switch (codec) {
            case GZIP -> Compression.gzip().level(level).build();
            case LZ4 -> Compression.lz4().level(level).build();
            case ZSTD -> Compression.zstd().level(level).build();
            case NONE, SNAPPY -> Compression.of(codec).build();
        };
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) return null;
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /// A record's headers in Kafka's form.
    static Header[] headers(LogRecord record) {
        return record.headers().stream()
                .map(header -> new RecordHeader(header.key(), bytes(header.value())))
                .toArray(Header[]::new);
    }
}
