package io.millrace.sim;

import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.sim.KeyHistory.Keyed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes batches of keys and values, inside of transactions and outside, and the markers that end transactions.
final class KeyedBatches {

    static final long NO_PRODUCER = RecordBatch.NO_PRODUCER_ID;

    private static final short ABORT = 0;
    private static final short COMMIT = 1;
    private static final short VERSION = 0;

    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CONTROL = 0x20;

    private KeyedBatches() {}

    /// @param producer [#NO_PRODUCER] for none
    static RecordBatch of(List<Keyed> records, long producer, int sequence, boolean isTransactional, long nowMs) {
        var builder = new BatchBuilder();
        if (producer != NO_PRODUCER) builder.producer(producer, (short) 0, sequence);
        for (var record : records) builder.add(LogRecord.of(nowMs, bytes(record.key()), bytes(record.value())));
        return with(isTransactional ? TRANSACTIONAL : 0, builder.build());
    }

    /// What ends a transaction.
    static RecordBatch marker(long producer, boolean isCommit, long nowMs) {
        var key = ByteBuffer.allocate(4).putShort(VERSION).putShort(isCommit ? COMMIT : ABORT);
        var value = ByteBuffer.allocate(6).putShort(VERSION).putInt(0);
        var builder = new BatchBuilder()
                .producer(producer, (short) 0, RecordBatch.NO_SEQUENCE)
                .add(LogRecord.of(nowMs, key.flip(), value.flip()));
        return with(TRANSACTIONAL | CONTROL, builder.build());
    }

    /// Whether the record of a control batch says that the transaction was committed.
    static boolean isCommit(LogRecord marker) {
        var key = marker.key();
        return key != null && key.getShort(key.position() + Short.BYTES) == COMMIT;
    }

    private static RecordBatch with(int attributes, ByteBuffer bytes) {
        var batch = new RecordBatch(bytes, 0);
        bytes.putShort(ATTRIBUTES_AT, (short) (batch.attributes() | attributes));
        bytes.putInt(CRC_AT, batch.computeCrc());
        return batch;
    }

    private static @Nullable ByteBuffer bytes(@Nullable String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? null
                : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
