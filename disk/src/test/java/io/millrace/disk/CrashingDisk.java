package io.millrace.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A disk in memory under which the process dies at a chosen change of a file or a name. When the
/// power goes too, any of the names that were changed since their directory was synced may be as they
/// were before.
public final class CrashingDisk extends ForwardingDisk {

    /// The end of the process.
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash() {
            super("the process has ended", null, false, false);
        }
    }

    /// A change of names that may not have reached the platter.
    private interface Change {
        void apply(Map<Path, Object> names);
    }

    private final MemoryDisk real;
    private final List<Change> unsynced = new ArrayList<>();
    private Map<Path, Object> synced;
    private int changesLeft = Integer.MAX_VALUE;
    private int changes;

    public CrashingDisk(MemoryDisk real) {
        super(real);
        this.real = real;
        this.synced = real.names();
    }

    /// Lets the process live for this many changes more.
    public void crashAfter(int more) {
        changesLeft = more;
    }

    /// How many changes there were.
    public int changes() {
        return changes;
    }

    /// The process is gone; the next one sees what was there. With the power, some of it.
    ///
    /// @param random decides; null when the power stays
    public void restart(@org.jspecify.annotations.Nullable Random random) {
        changesLeft = Integer.MAX_VALUE;
        if (random != null) {
            var names = new HashMap<>(synced);
            for (var change : unsynced) if (random.nextBoolean()) change.apply(names);
            real.names(names);
            real.losePower(random);
        }
        unsynced.clear();
        synced = real.names();
    }

    private void change() {
        if (changesLeft <= 0) throw new Crash();
        changesLeft--;
        changes++;
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new File(real.openToRead(file));
    }

    @Override
    public DiskFile openToAppend(Path file) throws IOException {
        if (!real.exists(file)) change();
        boolean isNew = !real.exists(file);
        var opened = real.openToAppend(file);
        if (isNew) {
            var content = real.names().get(file);
            if (content == null) throw new IllegalStateException("it was just made");
            unsynced.add(names -> names.put(file, content));
        }
        return new File(opened);
    }

    @Override
    public void createDirectories(Path directory) {
        change();
        real.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change();
        real.rename(from, to);
        unsynced.add(names -> {
            var moved = names.remove(from);
            if (moved != null) names.put(to, moved);
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        change();
        real.delete(path);
        unsynced.add(names -> names.remove(path));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        change();
        real.syncDirectory(directory);
        unsynced.clear();
        synced = real.names();
    }

    @Override
    public void modifiedMs(Path file, long wallMs) throws IOException {
        change();
        real.modifiedMs(file, wallMs);
    }

    private final class File extends ForwardingFile {

        File(DiskFile file) {
            super(file);
        }

        @Override
        public void append(ByteBuffer[] buffers, int count) throws IOException {
            change();
            super.append(buffers, count);
        }

        @Override
        public void write(ByteBuffer source, long positionBytes) throws IOException {
            change();
            super.write(source, positionBytes);
        }

        @Override
        public void sync() throws IOException {
            change();
            super.sync();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            change();
            super.truncate(sizeBytes);
        }
    }
}
