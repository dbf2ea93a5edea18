package io.millrace.log;

import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/// Reads uncompressed batches as far as look-ups need them: offsets and timestamps.
final class PlainReader implements RecordReader {

    @Override
    public void read(RecordBatch batch, Consumer<LogRecord> visitor) {
        var bytes = batch.bytes().position(RecordBatch.HEADER_BYTES);
        for (int i = 0; i < batch.recordCount(); i++) {
            int length = (int) varint(bytes);
            int end = bytes.position() + length;
            bytes.get();
            long timestampMs = batch.baseTimestampMs() + varint(bytes);
            long offset = batch.baseOffset() + varint(bytes);
            visitor.accept(new LogRecord(offset, timestampMs, null, null, List.of()));
            bytes.position(end);
        }
    }

    private static long varint(ByteBuffer in) {
        long zigzag = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            zigzag |= (long) (next & 0x7f) << shift;
            if (next >= 0) return (zigzag >>> 1) ^ -(zigzag & 1);
        }
    }
}
