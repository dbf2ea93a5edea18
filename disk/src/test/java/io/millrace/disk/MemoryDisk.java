package io.millrace.disk;

import io.millrace.model.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A file system in memory that can fail, lose power, and be damaged. Safe to use from any thread.
public final class MemoryDisk implements Disk {

    /// What lies under a name; an open file goes on using it when the name is gone.
    private static final class Content {
        byte[] bytes = new byte[64];
        int size;
        int synced;

        /// From here on a sync does nothing, though it says that it did; -1: it does.
        int lost = -1;

        long modifiedMs;

        /// What lies on the platter, when that is not what the page cache has.
        byte @Nullable [] rotten;
    }

    /// Bytes of a file that cannot be read any more.
    private record BadBytes(Content of, long from, long to) {}

    private final Clock clock;
    private final Map<Path, Content> files = new TreeMap<>();
    private final Set<Path> directories = new HashSet<>();
    private final Map<Path, Object> locks = new HashMap<>();
    private @Nullable Predicate<Path> failingWrites;
    private @Nullable Predicate<Path> failingSyncs;
    private @Nullable BadBytes bad;
    private long capacity = 1L << 40;
    private long bytesRead;
    private long syncs;
    private int openFiles;

    public MemoryDisk(Clock clock) {
        this.clock = clock;
    }

    /// From now on, writes to the files that match fail half-way; null: none does.
    public synchronized void failWrites(@Nullable Predicate<Path> which) {
        failingWrites = which;
    }

    /// From now on, syncs of the files that match fail; null: none does.
    public synchronized void failSyncs(@Nullable Predicate<Path> which) {
        failingSyncs = which;
    }

    /// From now on the platter holds other bytes than the page cache; null: the same.
    public synchronized void rot(Path file, byte @Nullable [] bytes) throws IOException {
        content(file).rotten = bytes;
    }

    /// From now on, reads that touch these bytes of the file fail.
    public synchronized void breakBytes(Path file, long from, long to) throws IOException {
        bad = new BadBytes(content(file), from, to);
    }

    /// From now on so many bytes fit on the disk; what is there stays.
    public synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    private void ensureSpace(Path file, long moreBytes) throws DiskFullException {
        if (moreBytes > freeBytes(file)) throw new DiskFullException("no space for " + file);
    }

    /// The process dies: its locks go, and what it wrote stays.
    public synchronized void loseProcess() {
        locks.clear();
    }

    /// The machine dies: of every file, what was appended after its last sync may be cut anywhere.
    /// Names stay.
    public synchronized void losePower(Random random) {
        loseProcess();
        for (var content : files.values()) {
            if (content.size > content.synced) {
                content.size = content.synced + random.nextInt(content.size - content.synced + 1);
            }
            content.synced = content.size;
        }
    }

    /// The file's bytes, as they are now.
    public synchronized byte[] bytes(Path file) throws IOException {
        var content = content(file);
        return Arrays.copyOf(content.bytes, content.size);
    }

    /// Puts other bytes in a file's place, or makes it.
    public synchronized void damage(Path file, byte[] bytes) {
        var content = files.computeIfAbsent(file, _ -> new Content());
        content.bytes = bytes.clone();
        content.size = bytes.length;
        content.synced = bytes.length;
    }

    /// Which contents lie under which names.
    synchronized Map<Path, Object> names() {
        return Map.copyOf(files);
    }

    /// Puts other names on what [#names] once gave.
    synchronized void names(Map<Path, Object> named) {
        files.clear();
        named.forEach((path, content) -> files.put(path, (Content) content));
    }

    /// Bytes read from all files so far.
    public synchronized long bytesRead() {
        return bytesRead;
    }

    /// Syncs of files so far.
    public synchronized long syncs() {
        return syncs;
    }

    /// As after a sync that failed: everything that was written and not synced counts as clean, though
    /// it is not on the disk; only what is written again will be.
    public synchronized void forgetDirt() {
        for (var content : files.values()) {
            if (content.synced < content.size) content.lost = content.synced;
        }
    }

    public synchronized int openFiles() {
        return openFiles;
    }

    private Content content(Path file) throws IOException {
        var content = files.get(file);
        if (content == null) throw new NoSuchFileException(file.toString());
        return content;
    }

    @Override
    public synchronized DiskFile openToRead(Path file) throws IOException {
        return new MemoryFile(file, content(file), false);
    }

    @Override
    public synchronized DiskFile openToScrub(Path file) throws IOException {
        var content = content(file);
        if (content.rotten == null) return openToRead(file);
        var platter = new Content();
        platter.bytes = content.rotten;
        platter.size = content.rotten.length;
        return new MemoryFile(file, platter, false);
    }

    @Override
    public synchronized DiskFile openToAppend(Path file) throws IOException {
        if (!directories.contains(file.getParent())) throw new NoSuchFileException(file.toString());
        var content = files.computeIfAbsent(file, _ -> new Content());
        if (content.modifiedMs == 0) content.modifiedMs = clock.wallMs();
        return new MemoryFile(file, content, true);
    }

    @Override
    public synchronized boolean exists(Path path) {
        return files.containsKey(path) || directories.contains(path);
    }

    @Override
    public synchronized boolean isDirectory(Path path) {
        return directories.contains(path);
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        if (!directories.contains(directory)) throw new NoSuchFileException(directory.toString());
        var names = new TreeSet<String>();
        for (var path : files.keySet()) {
            if (directory.equals(path.getParent())) names.add(String.valueOf(path.getFileName()));
        }
        for (var path : directories) {
            if (directory.equals(path.getParent())) names.add(String.valueOf(path.getFileName()));
        }
        return List.copyOf(names);
    }

    @Override
    public synchronized void createDirectories(Path directory) {
        for (@Nullable Path path = directory; path != null; path = path.getParent()) directories.add(path);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        if (directories.remove(from)) {
            directories.add(to);
            for (var file : List.copyOf(files.keySet())) {
                if (!file.startsWith(from)) continue;
                files.put(to.resolve(from.relativize(file)), content(file));
                files.remove(file);
            }
            return;
        }
        files.put(to, content(from));
        files.remove(from);
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        if (directories.contains(path) && !list(path).isEmpty()) throw new DirectoryNotEmptyException(path.toString());
        directories.remove(path);
        files.remove(path);
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        if (!directories.contains(directory)) throw new NoSuchFileException(directory.toString());
    }

    @Override
    public synchronized long modifiedMs(Path file) throws IOException {
        return content(file).modifiedMs;
    }

    @Override
    public synchronized void modifiedMs(Path file, long wallMs) throws IOException {
        content(file).modifiedMs = wallMs;
    }

    @Override
    public synchronized long sizeBytes(Path file) throws IOException {
        return content(file).size;
    }

    @Override
    public synchronized long freeBytes(Path path) {
        long used = files.values().stream().mapToLong(content -> content.size).sum();
        return Math.max(0, capacity - used);
    }

    @Override
    public synchronized long totalBytes(Path path) {
        return capacity;
    }

    @Override
    public synchronized Optional<Closeable> lock(Path file) {
        var owner = new Object();
        if (locks.putIfAbsent(file, owner) != null) return Optional.empty();
        return Optional.of(() -> {
            synchronized (this) {
                locks.remove(file, owner);
            }
        });
    }

    private final class MemoryFile implements DiskFile {

        private final Path path;
        private final Content content;
        private final boolean writable;
        private boolean closed;

        MemoryFile(Path path, Content content, boolean writable) {
            this.path = path;
            this.content = content;
            this.writable = writable;
            openFiles++;
        }

        @Override
        public long sizeBytes() throws IOException {
            synchronized (MemoryDisk.this) {
                ensureOpen();
                return content.size;
            }
        }

        @Override
        public void append(ByteBuffer[] buffers, int count) throws IOException {
            synchronized (MemoryDisk.this) {
                ensureOpen();
                if (!writable) throw new IOException(path + " was opened for reading");
                boolean fails = failingWrites != null && failingWrites.test(path);
                for (int i = 0; i < count; i++) {
                    if (fails && i == count / 2) {
                        buffers[i].limit(buffers[i].position() + buffers[i].remaining() / 2);
                        put(buffers[i]);
                        throw new IOException("the disk failed while writing " + path);
                    }
                    long free = freeBytes(path);
                    if (buffers[i].remaining() > free) {
                        buffers[i].limit(buffers[i].position() + (int) free);
                        put(buffers[i]);
                        throw new DiskFullException("no space for " + path);
                    }
                    put(buffers[i]);
                }
            }
        }

        @Override
        public void write(ByteBuffer source, long positionBytes) throws IOException {
            synchronized (MemoryDisk.this) {
                ensureOpen();
                if (!writable) throw new IOException(path + " was opened for reading");
                if (failingWrites != null && failingWrites.test(path)) {
                    throw new IOException("the disk failed while writing " + path);
                }
                int position = Math.toIntExact(positionBytes);
                int end = position + source.remaining();
                ensureSpace(path, end - content.size);
                if (end > content.bytes.length) {
                    content.bytes = Arrays.copyOf(content.bytes, Math.max(end, content.bytes.length * 2));
                }
                if (position > content.size) Arrays.fill(content.bytes, content.size, position, (byte) 0);
                source.get(content.bytes, position, source.remaining());
                content.size = Math.max(content.size, end);
                if (content.lost >= 0 && position <= content.lost) content.lost = -1;
                content.synced = Math.min(content.synced, position);
                content.modifiedMs = clock.wallMs();
            }
        }

        private void put(ByteBuffer from) {
            int size = from.remaining();
            if (content.size + size > content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, Math.max(content.size + size, content.bytes.length * 2));
            }
            from.get(content.bytes, content.size, size);
            content.size += size;
            content.modifiedMs = clock.wallMs();
        }

        @Override
        public int read(ByteBuffer target, long positionBytes) throws IOException {
            synchronized (MemoryDisk.this) {
                ensureOpen();
                if (positionBytes >= content.size) return -1;
                int count = (int) Math.min(target.remaining(), content.size - positionBytes);
                var broken = bad;
                if (broken != null
                        && broken.of() == content
                        && positionBytes < broken.to()
                        && positionBytes + count > broken.from()) {
                    throw new BadSectorException("%s cannot be read at %d".formatted(path, positionBytes));
                }
                target.put(content.bytes, (int) positionBytes, count);
                bytesRead += count;
                return count;
            }
        }

        @Override
        public long transferTo(long positionBytes, long maxBytes, WritableByteChannel to) throws IOException {
            synchronized (MemoryDisk.this) {
                ensureOpen();
                if (positionBytes >= content.size) return 0;
                int count = (int) Math.min(maxBytes, content.size - positionBytes);
                return to.write(ByteBuffer.wrap(content.bytes, (int) positionBytes, count));
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (MemoryDisk.this) {
                ensureOpen();
                if (failingSyncs != null && failingSyncs.test(path)) throw new IOException("cannot sync " + path);
                syncs++;
                if (content.lost < 0) content.synced = content.size;
            }
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            synchronized (MemoryDisk.this) {
                ensureOpen();
                content.size = (int) Math.min(content.size, sizeBytes);
                content.synced = Math.min(content.synced, content.size);
                content.modifiedMs = clock.wallMs();
            }
        }

        private void ensureOpen() throws IOException {
            if (closed) throw new IOException(path + " is closed");
        }

        @Override
        public void close() {
            synchronized (MemoryDisk.this) {
                if (!closed) openFiles--;
                closed = true;
            }
        }
    }
}
