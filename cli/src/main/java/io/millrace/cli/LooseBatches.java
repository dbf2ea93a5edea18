package io.millrace.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.LegacyRecord;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;

/// The batches in a file, damaged ones too, as far as they can be made out: no offset is believed, and what
/// is none is passed over up to the next batch whose checksum is right.
final class LooseBatches {

    /// Hears what lies in the file, in order. Each answers whether to go on.
    interface Listener {

        /// Something of a batch's form, whole or not.
        boolean batch(FileChannelRecordBatch batch, boolean isWhole) throws IOException;

        /// Bytes that are no batch.
        boolean bytes(long fromBytes, long toBytes) throws IOException;
    }

    private static final int HEADER_BYTES = DefaultRecordBatch.RECORD_BATCH_OVERHEAD;
    private static final int OLD_HEADER_BYTES = Records.LOG_OVERHEAD + LegacyRecord.RECORD_OVERHEAD_V0;
    private static final int WINDOW_BYTES = 256 << 10;
    private static final long NONE = -1;

    private final FileRecords file;
    private final long size;
    private final Listener listener;

    LooseBatches(FileRecords file, Listener listener) {
        this.file = file;
        this.size = file.sizeInBytes();
        this.listener = listener;
    }

    void run() throws IOException {
        long at = 0;
        boolean goesOn = true;
        while (goesOn && at < size) {
            long end = frameEnd(at);
            if (end == NONE) {
                long next = nextWhole(at + 1);
                goesOn = listener.bytes(at, next);
                at = next;
                continue;
            }
            var batch = file.batchesFrom((int) at).iterator().next();
            boolean isWhole = isWhole(batch);
            goesOn = listener.batch(batch, isWhole);
            // Where a damaged length leads to is believed only when a batch begins there.
            at = isWhole || end == size || frameEnd(end) != NONE ? end : nextWhole(at + 1);
        }
    }

    static boolean isWhole(FileChannelRecordBatch batch) {
        try {
            batch.ensureValid();
            return true;
        } catch (RuntimeException _) {
            // That is the answer.
            return false;
        }
    }

    /// Where what looks like a batch ends; [#NONE] when it does not. Old formats must be whole for that:
    /// their number is that of empty space.
    private long frameEnd(long at) throws IOException {
        long left = size - at;
        if (left < OLD_HEADER_BYTES) return NONE;
        var header = ByteBuffer.allocate((int) Math.min(HEADER_BYTES, left));
        read(header, at);
        return header.limit() < OLD_HEADER_BYTES ? NONE : frameEnd(header, 0, at);
    }

    private long frameEnd(ByteBuffer bytes, int index, long at) {
        byte magic = bytes.get(index + Records.MAGIC_OFFSET);
        boolean isOld = magic == RecordBatch.MAGIC_VALUE_V0 || magic == RecordBatch.MAGIC_VALUE_V1;
        if (!isOld && magic != RecordBatch.MAGIC_VALUE_V2) return NONE;
        long length = Records.LOG_OVERHEAD + (long) bytes.getInt(index + Records.SIZE_OFFSET);
        if (length < (isOld ? OLD_HEADER_BYTES : HEADER_BYTES) || length > size - at) return NONE;
        if (isOld && !isWholeAt(at)) return NONE;
        return at + length;
    }

    private boolean isWholeAt(long at) {
        return isWhole(file.batchesFrom((int) at).iterator().next());
    }

    /// Where the next whole batch begins, at `fromBytes` or later; the end of the file when none does.
    private long nextWhole(long fromBytes) throws IOException {
        var window = ByteBuffer.allocate(WINDOW_BYTES);
        long from = fromBytes;
        while (from + HEADER_BYTES <= size) {
            window.clear().limit((int) Math.min(WINDOW_BYTES, size - from));
            read(window, from);
            int until = window.limit() - HEADER_BYTES;
            if (until < 0) break;
            for (int i = 0; i <= until; i++) {
                if (!BatchCandidate.mayBeginAt(window, i)) continue;
                if (frameEnd(window, i, from + i) != NONE && isWholeAt(from + i)) return from + i;
            }
            from += until + 1;
        }
        return size;
    }

    private void read(ByteBuffer into, long position) throws IOException {
        while (into.hasRemaining()) {
            if (file.channel().read(into, position + into.position()) < 0) break;
        }
        into.flip();
    }
}
