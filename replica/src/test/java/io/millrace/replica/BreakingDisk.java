package io.millrace.replica;

import io.millrace.disk.DiskFile;
import io.millrace.disk.DiskFullException;
import io.millrace.disk.FileDisk;
import io.millrace.disk.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// The machine's disk, until it breaks; counts what is written to logs.
final class BreakingDisk extends ForwardingDisk {

    boolean failsWrites;
    boolean failsSyncs;
    boolean failsReads;
    boolean failsDirectories;
    boolean isFull;

    /// There is space for the small files only.
    boolean isFullForLogs;

    long freeBytes = 1L << 40;
    int logWrites;

    BreakingDisk() {
        super(new FileDisk());
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new BreakingFile(super.openToRead(file), isLog(file));
    }

    @Override
    public DiskFile openToAppend(Path file) throws IOException {
        return new BreakingFile(super.openToAppend(file), isLog(file));
    }

    private static boolean isLog(Path file) {
        return file.toString().endsWith(".log");
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (failsDirectories) throw new IOException("the disk is broken");
        super.createDirectories(directory);
    }

    @Override
    public long freeBytes(Path path) throws IOException {
        return freeBytes;
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        return 1L << 40;
    }

    private final class BreakingFile extends ForwardingFile {

        private final boolean isLog;

        BreakingFile(DiskFile file, boolean isLog) {
            super(file);
            this.isLog = isLog;
        }

        @Override
        public void append(ByteBuffer[] buffers, int count) throws IOException {
            if (failsWrites) throw new IOException("the disk is broken");
            if (isFull || (isFullForLogs && isLog)) throw new DiskFullException("the disk is full");
            if (isLog) logWrites++;
            super.append(buffers, count);
        }

        @Override
        public void write(ByteBuffer source, long positionBytes) throws IOException {
            if (failsWrites) throw new IOException("the disk is broken");
            if (isFull && positionBytes + source.remaining() > sizeBytes()) {
                throw new DiskFullException("the disk is full");
            }
            super.write(source, positionBytes);
        }

        @Override
        public int read(ByteBuffer target, long positionBytes) throws IOException {
            if (failsReads) throw new IOException("the disk is broken");
            return super.read(target, positionBytes);
        }

        @Override
        public long touch(long positionBytes, long lengthBytes) throws IOException {
            if (failsReads) throw new IOException("the disk is broken");
            return super.touch(positionBytes, lengthBytes);
        }

        @Override
        public void sync() throws IOException {
            if (failsSyncs) throw new IOException("the disk is broken");
            super.sync();
        }
    }
}
