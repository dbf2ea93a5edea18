package io.millrace.sim;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskFile;
import io.millrace.model.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A file system with a page cache and a platter, which one seed drives.
///
/// What a file holds reaches the platter when somebody syncs it, and in any part before that; names
/// reach it when their directory is synced. The disk can refuse ([#fail]), be full ([#capacity]), and
/// forget ([#flipBit], [#misdirect]).
///
/// Every operation that changes something, or waits for the platter, is counted; at the one given to
/// [#crashAt] the process dies in the middle of it, and every operation after it throws [SimCrash] as
/// well. What the next process finds is another disk: [#afterKill], where the page cache is still there,
/// or [#afterPowerCut].
public final class SimDisk implements Disk {

    private static final long NEVER = Long.MAX_VALUE;

    /// Every so many writes the machine brings something to the platter that nobody asked for.
    private static final int WRITES_PER_WRITE_BACK = 24;

    private final Clock clock;
    private final RandomGenerator random;
    private final SimDirectory root;
    private final Map<Path, SimDirectory> known = new HashMap<>();
    private final Set<Path> locks = new HashSet<>();
    private final List<SimFault> faults = new ArrayList<>();
    private Consumer<String> trace = _ -> {};
    private Runnable meanwhile = () -> {};
    private boolean isTraced;
    private long capacityBytes = NEVER;
    private long changes;
    private long crashAt = NEVER;
    private int failures;
    private final List<Path> openFiles = new ArrayList<>();
    private boolean isCrashed;

    /// An empty disk.
    public SimDisk(Clock clock, RandomGenerator random) {
        this(clock, random, new SimDirectory());
    }

    private SimDisk(Clock clock, RandomGenerator random, SimDirectory root) {
        this.clock = clock;
        this.random = random;
        this.root = root;
    }

    /// Tells `listener` of every change, as text.
    public void trace(Consumer<String> listener) {
        trace = listener;
        isTraced = true;
    }

    /// The process dies in the middle of change number `change`, counted from 1.
    public void crashAt(long change) {
        crashAt = change;
    }

    /// How many changes there were.
    public long changes() {
        return changes;
    }

    /// From now on the disk has this defect too.
    public void fail(SimFault fault) {
        faults.add(fault);
    }

    /// Has no defects any more.
    public void mend() {
        faults.clear();
        capacityBytes = NEVER;
    }

    /// How many operations failed because of a defect.
    public int failures() {
        return failures;
    }

    /// How many bytes all files together may have.
    public void capacity(long bytes) {
        capacityBytes = bytes;
    }

    /// Runs while a file is being synced: after what was written before is on the platter, before the
    /// caller knows.
    public void meanwhile(Runnable others) {
        meanwhile = others;
    }

    /// The files that are open, one entry for each time.
    public List<Path> openFiles() {
        return List.copyOf(openFiles);
    }

    /// The disk as the next process finds it when this one was killed.
    public SimDisk afterKill() {
        isCrashed = true;
        root.loseProcess(random);
        return new SimDisk(clock, random, root);
    }

    /// The disk as it is found when the power comes back.
    public SimDisk afterPowerCut(boolean namesAreJournaled) {
        isCrashed = true;
        root.losePower(random, namesAreJournaled ? SimDirectory.Survival.PREFIX : SimDirectory.Survival.SUBSET);
        return new SimDisk(clock, random, root);
    }

    /// Bytes of a file as a process would see them, without an operation; null when there is no file.
    public @Nullable ByteBuffer peek(Path file) {
        var node = find(file);
        if (!(node instanceof SimContent content)) return null;
        var bytes = ByteBuffer.allocate((int) content.sizeBytes());
        content.read(bytes, 0);
        return bytes.flip();
    }

    /// What is the same as long as a name stands for the same file; null when it stands for none.
    @Nullable
    Object identity(Path file) {
        return find(file);
    }

    /// Turns one bit of a file around, behind everybody's back.
    public void flipBit(Path file, long positionBytes, int bit) throws IOException {
        content(file).flipBit(positionBytes, bit);
    }

    /// Puts sector `from` of a file, or zeros when that is -1, in the place of sector `to`.
    public void misdirect(Path file, long from, long to) throws IOException {
        content(file).misdirect(from, to);
    }

    /// Counts a change. True when the process dies in the middle of it: do half of it, then [#crash].
    private boolean diesIn(String what, Path path) {
        alive();
        changes++;
        if (isTraced) trace.accept("%d: %s %s".formatted(changes, what, path));
        return changes == crashAt;
    }

    private SimCrash crash() {
        isCrashed = true;
        return new SimCrash("at change " + changes);
    }

    private void alive() {
        if (isCrashed) throw new SimCrash("the process is dead");
    }

    private boolean strikes(SimFault.Kind kind, Path path) {
        boolean strikes = false;
        for (var fault : faults) strikes |= fault.strikes(kind, path);
        if (strikes) failures++;
        if (strikes && isTraced) trace.accept("   it fails: %s of %s".formatted(kind, path));
        return strikes;
    }

    private static IOException broken(String what, Path path) {
        return new IOException("the disk failed to %s %s".formatted(what, path));
    }

    private @Nullable SimNode find(Path path) {
        var name = path.getFileName();
        if (name == null) return root;
        var parent = directoryOrNull(path.getParent());
        return parent == null ? null : parent.get(name.toString());
    }

    private @Nullable SimDirectory directoryOrNull(@Nullable Path path) {
        if (path == null || path.getFileName() == null) return root;
        var directory = known.get(path);
        if (directory == null && find(path) instanceof SimDirectory found) {
            directory = found;
            known.put(path, found);
        }
        return directory;
    }

    private SimDirectory directory(Path path) throws IOException {
        var directory = directoryOrNull(path);
        if (directory != null) return directory;
        if (find(path) != null) throw new NotDirectoryException(path.toString());
        throw new NoSuchFileException(path.toString());
    }

    private SimContent content(Path path) throws IOException {
        if (find(path) instanceof SimContent content) return content;
        throw new NoSuchFileException(path.toString());
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private SimDirectory parent(Path path) throws IOException {
        var parent = path.getParent();
        return parent == null ? root : directory(parent);
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        alive();
        return new Handle(file, content(file), false);
    }

    @Override
    public DiskFile openToAppend(Path file) throws IOException {
        alive();
        if (find(file) == null) make(file, new SimContent(clock.wallMs()));
        return new Handle(file, content(file), true);
    }

    private void make(Path path, SimNode node) throws IOException {
        var parent = parent(path);
        boolean dies = diesIn("make", path);
        if (strikes(SimFault.Kind.NAMES, path)) throw broken("make", path);
        if (!dies || random.nextBoolean()) parent.put(name(path), node);
        if (dies) throw crash();
    }

    @Override
    public boolean exists(Path path) {
        alive();
        return find(path) != null;
    }

    @Override
    public boolean isDirectory(Path path) {
        alive();
        return find(path) instanceof SimDirectory;
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        alive();
        if (strikes(SimFault.Kind.READ, directory)) throw broken("list", directory);
        return directory(directory).list();
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        alive();
        if (directoryOrNull(directory) != null) return;
        var parent = directory.getParent();
        if (parent != null) createDirectories(parent);
        make(directory, new SimDirectory());
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        var node = find(from);
        if (node == null) throw new NoSuchFileException(from.toString());
        var before = parent(from);
        var after = parent(to);
        if (find(to) instanceof SimDirectory taken && !taken.isEmpty()) {
            throw new DirectoryNotEmptyException(to.toString());
        }
        boolean dies = diesIn("rename to " + (isTraced ? name(to) : "") + " from", from);
        if (strikes(SimFault.Kind.NAMES, from)) throw broken("rename", from);
        if (!dies || random.nextBoolean()) {
            if (before == after) {
                before.rename(name(from), name(to));
            } else {
                after.put(name(to), node);
                before.remove(name(from));
            }
            known.clear();
        }
        if (dies) throw crash();
    }

    @Override
    public void delete(Path path) throws IOException {
        alive();
        var node = find(path);
        if (node == null) return;
        if (node instanceof SimDirectory directory && !directory.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        boolean dies = diesIn("delete", path);
        if (strikes(SimFault.Kind.NAMES, path)) throw broken("delete", path);
        if (!dies || random.nextBoolean()) parent(path).remove(name(path));
        known.clear();
        if (dies) throw crash();
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        var names = directory(directory);
        boolean dies = diesIn("sync directory", directory);
        if (strikes(SimFault.Kind.SYNC, directory)) throw broken("sync", directory);
        if (dies) {
            names.syncSome(random);
            throw crash();
        }
        names.sync();
    }

    @Override
    public long modifiedMs(Path file) throws IOException {
        alive();
        return content(file).modifiedMs();
    }

    @Override
    public void modifiedMs(Path file, long wallMs) throws IOException {
        alive();
        content(file).modifiedMs(wallMs);
    }

    @Override
    public long sizeBytes(Path file) throws IOException {
        alive();
        return content(file).sizeBytes();
    }

    @Override
    public long freeBytes(Path path) {
        alive();
        return Math.max(0, totalBytes(path) - root.usedBytes());
    }

    @Override
    public long totalBytes(Path path) {
        return capacityBytes == NEVER ? 1L << 40 : capacityBytes;
    }

    @Override
    public Optional<Closeable> lock(Path file) throws IOException {
        alive();
        if (find(file) == null) make(file, new SimContent(clock.wallMs()));
        if (!locks.add(file)) return Optional.empty();
        return Optional.of(() -> locks.remove(file));
    }

    /// An open file. It goes on using its contents when the name is gone, and dies with the process.
    private final class Handle implements DiskFile {

        private final Path path;
        private final SimContent content;
        private final boolean isWritable;
        private long endBytes;
        private boolean fails;
        private boolean isClosed;

        Handle(Path path, SimContent content, boolean isWritable) {
            this.path = path;
            this.content = content;
            this.isWritable = isWritable;
            this.endBytes = content.sizeBytes();
            openFiles.add(path);
        }

        @Override
        public long sizeBytes() throws IOException {
            ensureOpen();
            return content.sizeBytes();
        }

        @Override
        public void append(ByteBuffer[] buffers, int count) throws IOException {
            int bytes = 0;
            for (int i = 0; i < count; i++) bytes += buffers[i].remaining();
            int allowed = begin(bytes, endBytes);
            for (int i = 0; i < count && allowed > 0; i++) {
                int some = Math.min(allowed, buffers[i].remaining());
                allowed -= some;
                endBytes += put(buffers[i], some, endBytes);
            }
            finish();
        }

        @Override
        public void write(ByteBuffer source, long positionBytes) throws IOException {
            put(source, begin(source.remaining(), positionBytes), positionBytes);
            finish();
        }

        private int put(ByteBuffer source, int bytes, long positionBytes) {
            int limit = source.limit();
            source.limit(source.position() + bytes);
            content.write(source, positionBytes, clock.wallMs());
            source.limit(limit);
            return bytes;
        }

        /// Counts the write; returns how much of it comes about.
        private int begin(int bytes, long positionBytes) throws IOException {
            ensureOpen();
            if (!isWritable) throw new IOException(path + " was opened for reading");
            boolean dies = diesIn(isTraced ? "write %d bytes at %d of".formatted(bytes, positionBytes) : "", path);
            fails = strikes(SimFault.Kind.WRITE, path);
            if (dies || fails) return random.nextInt(bytes + 1);
            if (capacityBytes == NEVER) return bytes;
            long grows = Math.max(0, positionBytes + bytes - content.sizeBytes());
            long over = root.usedBytes() + grows - capacityBytes;
            if (over <= 0 || grows == 0) return bytes;
            failures++;
            if (isTraced) trace.accept("   the disk is full");
            fails = true;
            return Math.clamp(bytes - over, 0, bytes);
        }

        private void finish() throws IOException {
            if (changes == crashAt) throw crash();
            if (fails) throw broken("write", path);
            if (random.nextInt(WRITES_PER_WRITE_BACK) == 0) content.syncSome(random);
        }

        @Override
        public int read(ByteBuffer target, long positionBytes) throws IOException {
            ensureOpen();
            if (strikes(SimFault.Kind.READ, path)) throw broken("read", path);
            return content.read(target, positionBytes);
        }

        @Override
        public long transferTo(long positionBytes, long maxBytes, WritableByteChannel to) throws IOException {
            var bytes = ByteBuffer.allocate((int) Math.clamp(sizeBytes() - positionBytes, 0, maxBytes));
            read(bytes, positionBytes);
            return to.write(bytes.flip());
        }

        @Override
        public void sync() throws IOException {
            ensureOpen();
            boolean dies = diesIn("sync", path);
            if (strikes(SimFault.Kind.SYNC, path)) {
                content.failSync(random);
                throw broken("sync", path);
            }
            if (dies) {
                content.syncSome(random);
                throw crash();
            }
            content.sync();
            meanwhile.run();
            alive();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            ensureOpen();
            if (!isWritable) throw new IOException(path + " was opened for reading");
            boolean dies = diesIn(isTraced ? "truncate to %d".formatted(sizeBytes) : "", path);
            if (strikes(SimFault.Kind.WRITE, path)) throw broken("truncate", path);
            if (!dies || random.nextBoolean()) content.truncate(sizeBytes, clock.wallMs());
            if (dies) throw crash();
            endBytes = Math.min(sizeBytes, content.sizeBytes());
        }

        private void ensureOpen() throws IOException {
            alive();
            if (isClosed) throw new IOException(path + " is closed");
        }

        @Override
        public void close() {
            if (!isClosed) openFiles.remove(path);
            isClosed = true;
        }
    }
}
