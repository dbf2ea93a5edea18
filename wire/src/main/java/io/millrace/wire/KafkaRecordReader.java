package io.millrace.wire;

import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;

/// Opens batches with kafka-clients' codecs: none, gzip, snappy, lz4, zstd.
public final class KafkaRecordReader implements RecordReader {

    private final int maxUnpackedBytes;

    /// @param maxUnpackedBytes a batch that unpacks to more than this is refused, however small it is packed
    public KafkaRecordReader(int maxUnpackedBytes) {
        this.maxUnpackedBytes = maxUnpackedBytes;
    }

    @Override
    public void read(RecordBatch batch, Consumer<LogRecord> visitor) throws MalformedRecords {
        long unpackedBytes = 0;
        try (var records = open(batch)) {
            while (hasNext(records, batch)) {
                var record = next(records, batch);
                unpackedBytes += record.sizeInBytes();
                if (unpackedBytes > maxUnpackedBytes) {
                    throw malformed(
                            batch, new IllegalArgumentException("unpacks to more than " + maxUnpackedBytes + " bytes"));
                }
                visitor.accept(ours(record));
            }
        }
    }

    private CloseableIterator<Record> open(RecordBatch batch) throws MalformedRecords {
        try {
            var kafkas = MemoryRecords.readableRecords(batch.bytes()).firstBatch();
            if (kafkas == null) throw new IllegalArgumentException("too few bytes");
            return kafkas.streamingIterator(BufferSupplier.NO_CACHING, maxUnpackedBytes);
        } catch (RuntimeException e) {
            throw malformed(batch, e);
        }
    }

    private static boolean hasNext(CloseableIterator<Record> records, RecordBatch batch) throws MalformedRecords {
        try {
            return records.hasNext();
        } catch (RuntimeException e) {
            throw malformed(batch, e);
        }
    }

    private static Record next(CloseableIterator<Record> records, RecordBatch batch) throws MalformedRecords {
        try {
            return records.next();
        } catch (RuntimeException e) {
            throw malformed(batch, e);
        }
    }

    private static MalformedRecords malformed(RecordBatch batch, RuntimeException cause) {
        return new MalformedRecords("batch at offset " + batch.baseOffset() + ": " + cause.getMessage(), cause);
    }

    private static LogRecord ours(Record record) {
        var headers = record.headers();
        return new LogRecord(
                record.offset(),
                record.timestamp(),
                record.hasKey() ? record.key() : null,
                record.hasValue() ? record.value() : null,
                headers.length == 0 ? List.of() : ours(headers));
    }

    private static List<LogRecord.Header> ours(Header[] headers) {
        var ours = new ArrayList<LogRecord.Header>(headers.length);
        for (var header : headers) {
            var value = header.value();
            ours.add(new LogRecord.Header(header.key(), value == null ? null : ByteBuffer.wrap(value)));
        }
        return ours;
    }
}
