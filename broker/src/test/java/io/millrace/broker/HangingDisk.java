package io.millrace.broker;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskFile;
import io.millrace.disk.FileDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The machine's disk, of which a directory may hang: it answers nothing any more. Where loops and file
/// threads are turned by hand nobody can wait for it, so whoever touches it then fails the test.
final class HangingDisk implements Disk {

    private final Disk real = new FileDisk();
    private @Nullable Path hanging;

    /// From now on nobody may touch what lies in `directory`.
    void hang(Path directory) {
        hanging = directory;
    }

    void goOn() {
        hanging = null;
    }

    private Path answering(Path path) {
        if (hanging != null && path.startsWith(hanging)) throw new AssertionError("waits for ever for " + path);
        return path;
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new HangingFile(file, real.openToRead(answering(file)));
    }

    @Override
    public DiskFile openToAppend(Path file) throws IOException {
        return new HangingFile(file, real.openToAppend(answering(file)));
    }

    @Override
    public boolean exists(Path path) {
        return real.exists(answering(path));
    }

    @Override
    public boolean isDirectory(Path path) {
        return real.isDirectory(answering(path));
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return real.list(answering(directory));
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        real.createDirectories(answering(directory));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        real.rename(answering(from), answering(to));
    }

    @Override
    public void delete(Path path) throws IOException {
        real.delete(answering(path));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        real.syncDirectory(answering(directory));
    }

    @Override
    public long modifiedMs(Path file) throws IOException {
        return real.modifiedMs(answering(file));
    }

    @Override
    public void modifiedMs(Path file, long wallMs) throws IOException {
        real.modifiedMs(answering(file), wallMs);
    }

    @Override
    public long sizeBytes(Path file) throws IOException {
        return real.sizeBytes(answering(file));
    }

    @Override
    public long freeBytes(Path path) throws IOException {
        return real.freeBytes(path);
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        return real.totalBytes(path);
    }

    @Override
    public Optional<Closeable> lock(Path file) throws IOException {
        return real.lock(answering(file));
    }

    private final class HangingFile implements DiskFile {

        private final Path path;
        private final DiskFile file;

        HangingFile(Path path, DiskFile file) {
            this.path = path;
            this.file = file;
        }

        private DiskFile answering() {
            HangingDisk.this.answering(path);
            return file;
        }

        @Override
        public long sizeBytes() throws IOException {
            return answering().sizeBytes();
        }

        @Override
        public void append(ByteBuffer[] buffers, int count) throws IOException {
            answering().append(buffers, count);
        }

        @Override
        public void write(ByteBuffer source, long positionBytes) throws IOException {
            answering().write(source, positionBytes);
        }

        @Override
        public int read(ByteBuffer target, long positionBytes) throws IOException {
            return answering().read(target, positionBytes);
        }

        @Override
        public long transferTo(long positionBytes, long maxBytes, WritableByteChannel to) throws IOException {
            return answering().transferTo(positionBytes, maxBytes, to);
        }

        @Override
        public void sync() throws IOException {
            answering().sync();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            answering().truncate(sizeBytes);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
