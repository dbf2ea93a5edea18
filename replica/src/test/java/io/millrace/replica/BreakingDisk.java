package io.millrace.replica;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskFile;
import io.millrace.disk.DiskFullException;
import io.millrace.disk.FileDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The machine's disk, until it breaks; counts what is written to logs.
final class BreakingDisk implements Disk {

    private final Disk real = new FileDisk();
    boolean failsWrites;
    boolean failsSyncs;
    boolean failsReads;
    boolean failsDirectories;
    boolean isFull;

    /// There is space for the small files only.
    boolean isFullForLogs;

    long freeBytes = 1L << 40;
    int logWrites;

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new BreakingFile(real.openToRead(file), isLog(file));
    }

    @Override
    public DiskFile openToAppend(Path file) throws IOException {
        return new BreakingFile(real.openToAppend(file), isLog(file));
    }

    private static boolean isLog(Path file) {
        return file.toString().endsWith(".log");
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (failsDirectories) throw new IOException("the disk is broken");
        real.createDirectories(directory);
    }

    @Override
    public boolean exists(Path path) {
        return real.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return real.isDirectory(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return real.list(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        real.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        real.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        real.syncDirectory(directory);
    }

    @Override
    public long modifiedMs(Path file) throws IOException {
        return real.modifiedMs(file);
    }

    @Override
    public void modifiedMs(Path file, long wallMs) throws IOException {
        real.modifiedMs(file, wallMs);
    }

    @Override
    public long sizeBytes(Path file) throws IOException {
        return real.sizeBytes(file);
    }

    @Override
    public long freeBytes(Path path) throws IOException {
        return freeBytes;
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        return 1L << 40;
    }

    @Override
    public Optional<Closeable> lock(Path file) throws IOException {
        return real.lock(file);
    }

    private final class BreakingFile implements DiskFile {

        private final DiskFile file;
        private final boolean isLog;

        BreakingFile(DiskFile file, boolean isLog) {
            this.file = file;
            this.isLog = isLog;
        }

        @Override
        public void append(ByteBuffer[] buffers, int count) throws IOException {
            if (failsWrites) throw new IOException("the disk is broken");
            if (isFull || (isFullForLogs && isLog)) throw new DiskFullException("the disk is full");
            if (isLog) logWrites++;
            file.append(buffers, count);
        }

        @Override
        public void write(ByteBuffer source, long positionBytes) throws IOException {
            if (failsWrites) throw new IOException("the disk is broken");
            if (isFull && positionBytes + source.remaining() > file.sizeBytes()) {
                throw new DiskFullException("the disk is full");
            }
            file.write(source, positionBytes);
        }

        @Override
        public int read(ByteBuffer target, long positionBytes) throws IOException {
            if (failsReads) throw new IOException("the disk is broken");
            return file.read(target, positionBytes);
        }

        @Override
        public long transferTo(long positionBytes, long maxBytes, WritableByteChannel to) throws IOException {
            return file.transferTo(positionBytes, maxBytes, to);
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public void sync() throws IOException {
            if (failsSyncs) throw new IOException("the disk is broken");
            file.sync();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            file.truncate(sizeBytes);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
