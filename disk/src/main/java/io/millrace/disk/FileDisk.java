package io.millrace.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The machine's own file system. A write for which there is no space fails with [DiskFullException]; a
/// sync never does, because what a failed sync leaves is unknown, for whatever reason it failed. A read
/// that the disk itself refuses fails with [BadSectorException].
public final class FileDisk implements Disk {

    private static final Logger LOG = LoggerFactory.getLogger(FileDisk.class);
    private static final Path NULL_DEVICE = Path.of("/dev/null");
    private static final Set<String> UNREADABLE = Set.of(
            "Input/output error",
            "No data available",
            "Remote I/O error",
            "Invalid or incomplete multibyte or wide character");

    /// Takes bytes in the kernel, which then has them in the page cache: a quarter of the cost of
    /// reading them.
    private final @Nullable FileChannel nowhere = openNowhere();

    /// The same failure, told apart when it is for want of space. Java has the system's own words for it
    /// and nothing else; the launcher sees to it that they are English.
    private static IOException explained(IOException failure) {
        var words = String.valueOf(failure.getMessage());
        boolean isFull = words.contains("No space left on device") || words.contains("Disk quota exceeded");
        return isFull ? new DiskFullException(words, failure) : failure;
    }

    /// The same for a read: what Linux says when the disk does not give the bytes, or not those it
    /// was given.
    static IOException explained(IOException failure, long positionBytes) {
        var words = String.valueOf(failure.getMessage());
        if (!UNREADABLE.contains(words)) return failure;
        return new BadSectorException("%s at position %d".formatted(words, positionBytes), failure);
    }

    private static @Nullable FileChannel openNowhere() {
        try {
            return Files.isWritable(NULL_DEVICE) ? FileChannel.open(NULL_DEVICE, StandardOpenOption.WRITE) : null;
        } catch (IOException e) {
            LOG.debug("there is no {} to send bytes to: they are read instead", NULL_DEVICE, e);
            return null;
        }
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new ChannelFile(file, FileChannel.open(file, StandardOpenOption.READ), nowhere);
    }

    @Override
    public DiskFile openToScrub(Path file) throws IOException {
        var direct = DirectFile.open(file);
        return direct == null ? openToRead(file) : direct;
    }

    @Override
    public DiskFile openToAppend(Path file) throws IOException {
        try {
            var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel.position(channel.size());
            return new ChannelFile(file, channel, nowhere);
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long modifiedMs(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    @Override
    public void modifiedMs(Path file, long wallMs) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(wallMs));
    }

    @Override
    public long sizeBytes(Path file) throws IOException {
        return Files.size(file);
    }

    @Override
    public long freeBytes(Path path) throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        return Files.getFileStore(path).getTotalSpace();
    }

    @Override
    public Optional<Closeable> lock(Path file) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) return Optional.of(channel);
        } catch (OverlappingFileLockException e) {
            // this process has it: as good as another one
        }
        channel.close();
        return Optional.empty();
    }

    /// Appends go to the channel's own position, which reads and transfers leave alone.
    ///
    /// @param path where the file was when it was opened
    private record ChannelFile(
            Path path, FileChannel channel, @Nullable FileChannel nowhere) implements DiskFile {

        @Override
        public long sizeBytes() throws IOException {
            return channel.size();
        }

        @Override
        public void append(ByteBuffer[] buffers, int count) throws IOException {
            try {
                int next = 0;
                while (next < count) {
                    channel.write(buffers, next, count - next);
                    while (next < count && !buffers[next].hasRemaining()) next++;
                }
            } catch (IOException e) {
                throw explained(e);
            }
        }

        @Override
        public void write(ByteBuffer source, long positionBytes) throws IOException {
            try {
                long position = positionBytes;
                while (source.hasRemaining()) position += channel.write(source, position);
            } catch (IOException e) {
                throw explained(e);
            }
        }

        @Override
        public int read(ByteBuffer target, long positionBytes) throws IOException {
            try {
                return channel.read(target, positionBytes);
            } catch (IOException e) {
                throw explained(e, positionBytes);
            }
        }

        @Override
        public long transferTo(long positionBytes, long maxBytes, WritableByteChannel to) throws IOException {
            return channel.transferTo(positionBytes, maxBytes, to);
        }

        @Override
        public long touch(long positionBytes, long lengthBytes) throws IOException {
            Readahead.begin(path, positionBytes, lengthBytes);
            if (nowhere == null) return DiskFile.super.touch(positionBytes, lengthBytes);
            long total = 0;
            while (total < lengthBytes) {
                long sent = channel.transferTo(positionBytes + total, lengthBytes - total, nowhere);
                if (sent <= 0) break;
                total += sent;
            }
            return total;
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            channel.truncate(sizeBytes);
            channel.position(sizeBytes);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
