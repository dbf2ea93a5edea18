package io.millrace.log;

import io.millrace.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// The largest timestamp so far, for some places of a segment: `timestamp i64, (last offset of the batch
/// that has it - base offset) i32`. Both only grow. Kafka's `.timeindex` file.
final class TimeIndex extends SparseIndex {

    static final int ENTRY_BYTES = 12;

    private final Disk disk;
    private final long baseOffset;

    TimeIndex(Disk disk, Path path, long baseOffset, int written) {
        super(disk, path, ENTRY_BYTES, written);
        this.disk = disk;
        this.baseOffset = baseOffset;
    }

    @Override
    long key(ByteBuffer from, int at) {
        return from.getLong(at);
    }

    /// Nothing happens when `timestampMs` is not larger than the last one.
    void add(long timestampMs, long offset) throws IOException {
        if (timestampMs <= lastTimestampMs()) return;
        room().putLong(timestampMs).putInt((int) (offset - baseOffset));
    }

    /// -1 while there is no entry.
    long lastTimestampMs() throws IOException {
        return count() == 0 ? -1 : timestampMs(count() - 1);
    }

    long timestampMs(int index) throws IOException {
        return holding(index).getLong(at(index));
    }

    long offset(int index) throws IOException {
        return baseOffset + holding(index).getInt(at(index) + 8);
    }

    /// Drops the entries of batches that reach `endOffset` or go beyond it.
    void truncateTo(long endOffset) throws IOException {
        int keep = count();
        while (keep > 0 && offset(keep - 1) >= endOffset) keep--;
        truncate(keep);
    }

    /// The same entries, for another thread.
    TimeIndex copy() {
        var copy = new TimeIndex(disk, path(), baseOffset, count() - tailCount());
        copyTailTo(copy);
        return copy;
    }
}
