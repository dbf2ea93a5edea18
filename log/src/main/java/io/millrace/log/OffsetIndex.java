package io.millrace.log;

import io.millrace.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Where batches lie in a segment, for some of them: `(last offset of the batch - base offset) i32,
/// position i32`. Kafka's `.index` file.
final class OffsetIndex extends SparseIndex {

    static final int ENTRY_BYTES = 8;

    private final Disk disk;
    private final long baseOffset;

    OffsetIndex(Disk disk, Path path, long baseOffset, int written) {
        super(disk, path, ENTRY_BYTES, written);
        this.disk = disk;
        this.baseOffset = baseOffset;
    }

    @Override
    long key(ByteBuffer from, int at) {
        return from.getInt(at);
    }

    void add(long lastOffset, int positionBytes) throws IOException {
        room().putInt((int) (lastOffset - baseOffset)).putInt(positionBytes);
    }

    /// Last offset of the batch of entry `index`.
    long offset(int index) throws IOException {
        return baseOffset + holding(index).getInt(at(index));
    }

    int positionBytes(int index) throws IOException {
        return holding(index).getInt(at(index) + 4);
    }

    /// The last entry at or before `offset`; -1 when there is none.
    int floorEntry(long offset) throws IOException {
        return floor(offset - baseOffset);
    }

    /// Drops the entries of batches that reach `endOffset` or go beyond it.
    void truncateTo(long endOffset) throws IOException {
        truncate(floorEntry(endOffset - 1) + 1);
    }

    /// The same entries, for another thread.
    OffsetIndex copy() {
        var copy = new OffsetIndex(disk, path(), baseOffset, count() - tailCount());
        copyTailTo(copy);
        return copy;
    }
}
