package io.millrace.model.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes one uncompressed batch: for the records that brokers themselves keep, and for tests.
public final class BatchBuilder {

    /// The smallest record there is: length, attributes, two deltas, no key, no value, no headers.
    static final int MIN_RECORD_BYTES = 7;

    private final List<LogRecord> records = new ArrayList<>();
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;
    private long baseOffset;
    private int leaderEpoch = -1;

    /// Adds a record; its own offset is not looked at, it gets the next one.
    public BatchBuilder add(LogRecord record) {
        records.add(record);
        return this;
    }

    public BatchBuilder producer(long id, short epoch, int sequence) {
        producerId = id;
        producerEpoch = epoch;
        baseSequence = sequence;
        return this;
    }

    public BatchBuilder at(long offset, int epoch) {
        baseOffset = offset;
        leaderEpoch = epoch;
        return this;
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }

    /// The batch, in a buffer of its own.
    public ByteBuffer build() {
        if (records.isEmpty()) throw new IllegalStateException("a batch needs a record");
        long base = records.getFirst().timestampMs();
        long max = records.stream().mapToLong(LogRecord::timestampMs).max().orElseThrow();

        int size = RecordBatch.HEADER_BYTES;
        for (int i = 0; i < records.size(); i++) {
            int body = bodyBytes(records.get(i), i, base);
            size += Varint.sizeOf(body) + body;
        }
        var out = ByteBuffer.allocate(size);
        out.putLong(baseOffset).putInt(size - RecordBatch.PREFIX_BYTES).putInt(leaderEpoch);
        out.put(RecordBatch.MAGIC).putInt(0).putShort((short) 0).putInt(records.size() - 1);
        out.putLong(base)
                .putLong(max)
                .putLong(producerId)
                .putShort(producerEpoch)
                .putInt(baseSequence);
        out.putInt(records.size());
        for (int i = 0; i < records.size(); i++) write(out, records.get(i), i, base);
        out.flip();

        out.putInt(RecordBatch.CRC_AT, new RecordBatch(out, 0).computeCrc());
        return out;
    }

    private static int bodyBytes(LogRecord record, int delta, long baseTimestampMs) {
        int size = 1 + Varint.sizeOf(record.timestampMs() - baseTimestampMs) + Varint.sizeOf(delta);
        size += blobBytes(record.key()) + blobBytes(record.value());
        size += Varint.sizeOf(record.headers().size());
        for (var header : record.headers()) {
            size += blobBytes(utf8(header.key())) + blobBytes(header.value());
        }
        return size;
    }

    private static void write(ByteBuffer out, LogRecord record, int delta, long baseTimestampMs) {
        Varint.write(out, bodyBytes(record, delta, baseTimestampMs));
        out.put((byte) 0);
        Varint.write(out, record.timestampMs() - baseTimestampMs);
        Varint.write(out, delta);
        writeBlob(out, record.key());
        writeBlob(out, record.value());
        Varint.write(out, record.headers().size());
        for (var header : record.headers()) {
            writeBlob(out, utf8(header.key()));
            writeBlob(out, header.value());
        }
    }

    private static int blobBytes(@Nullable ByteBuffer blob) {
        return blob == null ? Varint.sizeOf(-1) : Varint.sizeOf(blob.remaining()) + blob.remaining();
    }

    private static void writeBlob(ByteBuffer out, @Nullable ByteBuffer blob) {
        if (blob == null) {
            Varint.write(out, -1);
        } else {
            Varint.write(out, blob.remaining());
            out.put(blob.duplicate());
        }
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
