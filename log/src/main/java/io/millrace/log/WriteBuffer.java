package io.millrace.log;

import io.millrace.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Batches that were appended to a log and are not in its file yet, in order. Holds views of the
/// callers' bytes, so that what arrives in one turn is written in one go.
final class WriteBuffer {

    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_BATCHES = 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer[] batches = new ByteBuffer[0];
    private int count;
    private int sizeBytes;

    void add(ByteBuffer batch, int batchBytes) {
        if (count == batches.length) batches = Arrays.copyOf(batches, Math.max(8, count * 2));
        batches[count++] = batch;
        sizeBytes += batchBytes;
    }

    /// Whether it should be written before the turn is over.
    boolean isFull() {
        return sizeBytes > MOST_BYTES || count == MOST_BATCHES;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    /// Appends everything to `file`. The batches are let go of, whether that succeeds or not.
    void writeTo(DiskFile file) throws IOException {
        try {
            file.append(batches, count);
        } finally {
            clear();
        }
    }

    /// Lets go of everything unwritten.
    void clear() {
        Arrays.fill(batches, 0, count, NOTHING);
        count = 0;
        sizeBytes = 0;
    }
}
