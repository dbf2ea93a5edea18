package io.millrace.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file of which what can be read is read: blocks that the disk does not give any more are zeros. For
/// whoever looks at checksums anyway, by one thread.
public final class PatientFile extends ReadOnlyFile {

    private static final int BLOCK_BYTES = 4096;

    private final DiskFile file;

    /// Where a large read met a bad block: up to here it goes on block by block, since a disk may take
    /// seconds to give up.
    private long carefulUntil;

    /// @param file to be closed with this
    public PatientFile(DiskFile file) {
        this.file = file;
    }

    @Override
    public int read(ByteBuffer target, long positionBytes) throws IOException {
        if (positionBytes < carefulUntil) return readBlock(target, positionBytes);
        try {
            return file.read(target, positionBytes);
        } catch (BadSectorException e) {
            carefulUntil = positionBytes + target.remaining();
            return readBlock(target, positionBytes);
        }
    }

    /// Reads up to the end of the block.
    private int readBlock(ByteBuffer target, long positionBytes) throws IOException {
        int length = Math.min(target.remaining(), BLOCK_BYTES - (int) (positionBytes % BLOCK_BYTES));
        int limit = target.limit();
        target.limit(target.position() + length);
        try {
            return file.read(target, positionBytes);
        } catch (BadSectorException e) {
            int there = (int) Math.min(length, sizeBytes() - positionBytes);
            for (int i = 0; i < there; i++) target.put((byte) 0);
            return there <= 0 ? -1 : there;
        } finally {
            target.limit(limit);
        }
    }

    @Override
    public long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
