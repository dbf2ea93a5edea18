package io.millrace.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A disk that leaves everything to another one, and its files to the other's; for those that change
/// some of it.
public abstract class ForwardingDisk implements Disk {

    private final Disk disk;

    protected ForwardingDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return disk.openToRead(file);
    }

    @Override
    public DiskFile openToScrub(Path file) throws IOException {
        return disk.openToScrub(file);
    }

    @Override
    public DiskFile openToAppend(Path file) throws IOException {
        return disk.openToAppend(file);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return disk.isDirectory(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        disk.syncDirectory(directory);
    }

    @Override
    public long modifiedMs(Path file) throws IOException {
        return disk.modifiedMs(file);
    }

    @Override
    public void modifiedMs(Path file, long wallMs) throws IOException {
        disk.modifiedMs(file, wallMs);
    }

    @Override
    public long sizeBytes(Path file) throws IOException {
        return disk.sizeBytes(file);
    }

    @Override
    public long freeBytes(Path path) throws IOException {
        return disk.freeBytes(path);
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        return disk.totalBytes(path);
    }

    @Override
    public Optional<Closeable> lock(Path file) throws IOException {
        return disk.lock(file);
    }

    /// A file that leaves everything to another one.
    public abstract static class ForwardingFile implements DiskFile {

        private final DiskFile file;

        protected ForwardingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public void append(ByteBuffer[] buffers, int count) throws IOException {
            file.append(buffers, count);
        }

        @Override
        public void write(ByteBuffer source, long positionBytes) throws IOException {
            file.write(source, positionBytes);
        }

        @Override
        public int read(ByteBuffer target, long positionBytes) throws IOException {
            return file.read(target, positionBytes);
        }

        @Override
        public long transferTo(long positionBytes, long maxBytes, WritableByteChannel to) throws IOException {
            return file.transferTo(positionBytes, maxBytes, to);
        }

        @Override
        public long touch(long positionBytes, long lengthBytes) throws IOException {
            return file.touch(positionBytes, lengthBytes);
        }

        @Override
        public void sync() throws IOException {
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
