package io.millrace.folder;

import io.millrace.disk.Checkpoint;
import io.millrace.disk.Disk;
import io.millrace.disk.DiskFullException;
import io.millrace.disk.FileWork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Four numbers per partition that outlive the process: up to where its log and all that is derived
/// from it are on the disk (`recovery-point-offset-checkpoint`), up to where its records were promised
/// to be (`durable-offset-checkpoint`; the write-ahead log knows of later promises), where it begins
/// (`log-start-offset-checkpoint`), and up to where it was compacted (`cleaner-offset-checkpoint`).
///
/// Safe to use from any thread. Changes are written soon, together; [#write] writes them now. A recovery
/// point that is too low costs time at the next start and nothing else, so a missing or broken file is
/// no accident. One that is too high would let damage pass: whoever makes a log shorter writes first.
public final class FolderCheckpoints {

    public static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    static final String DURABLE_POINTS = "durable-offset-checkpoint";
    public static final String START_OFFSETS = "log-start-offset-checkpoint";
    static final String FIRST_DIRTY = "cleaner-offset-checkpoint";

    private static final long SOON_MS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(FolderCheckpoints.class);

    private final Disk disk;
    private final Path dir;
    private final FileWork work;
    private final Map<PartitionName, Long> recoveryPoints;
    private final Map<PartitionName, Long> durablePoints;
    private final Map<PartitionName, Long> startOffsets;
    private final Map<PartitionName, Long> firstDirty;
    private Map<PartitionName, Long> writtenPoints;

    /// Who may be named in the files.
    private final Set<PartitionName> written = new HashSet<>();

    private final Object writing = new Object();
    private boolean scheduled;
    private boolean changed;

    public FolderCheckpoints(Disk disk, Path dir, FileWork work) throws IOException {
        this.disk = disk;
        this.dir = dir;
        this.work = work;
        this.recoveryPoints = read(dir.resolve(RECOVERY_POINTS));
        this.writtenPoints = Map.copyOf(recoveryPoints);
        this.durablePoints = read(dir.resolve(DURABLE_POINTS));
        this.startOffsets = read(dir.resolve(START_OFFSETS));
        this.firstDirty = read(dir.resolve(FIRST_DIRTY));
        written.addAll(names());
    }

    private Map<PartitionName, Long> read(Path file) throws IOException {
        var offsets = new TreeMap<PartitionName, Long>();
        if (!disk.exists(file)) return offsets;
        try {
            for (var words : Checkpoint.read(disk, file, 3)) {
                var name = PartitionName.of(words[0], words[1]);
                if (name.isEmpty())
                    throw new IOException("%s: no partition: %s-%s".formatted(file, words[0], words[1]));
                offsets.put(name.get(), Checkpoint.number(file, words[2]));
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be used, logs are looked through instead: {}", file, e.getMessage());
            offsets.clear();
        }
        return offsets;
    }

    public synchronized long recoveryPoint(PartitionName name) {
        return recoveryPoints.getOrDefault(name, 0L);
    }

    /// The recovery point that the next process would find.
    public synchronized long writtenRecoveryPoint(PartitionName name) {
        return writtenPoints.getOrDefault(name, 0L);
    }

    /// Never before the recovery point.
    public synchronized long durablePoint(PartitionName name) {
        return Math.max(durablePoints.getOrDefault(name, 0L), recoveryPoint(name));
    }

    public synchronized long startOffset(PartitionName name) {
        return startOffsets.getOrDefault(name, 0L);
    }

    /// The first offset that compaction has not looked at. One that is too low costs time and
    /// nothing else.
    public synchronized long firstDirty(PartitionName name) {
        return firstDirty.getOrDefault(name, 0L);
    }

    public synchronized void firstDirty(PartitionName name, long offset) {
        if (!Long.valueOf(offset).equals(firstDirty.put(name, offset))) writeSoon();
    }

    public synchronized void recoveryPoint(PartitionName name, long offset) {
        if (!Long.valueOf(offset).equals(recoveryPoints.put(name, offset))) writeSoon();
    }

    public synchronized void durablePoint(PartitionName name, long offset) {
        if (!Long.valueOf(offset).equals(durablePoints.put(name, offset))) writeSoon();
    }

    /// Promises nothing beyond `offset` any more.
    public synchronized void cutDurablePoint(PartitionName name, long offset) {
        if (durablePoints.getOrDefault(name, 0L) > offset) durablePoint(name, offset);
    }

    public synchronized void startOffset(PartitionName name, long offset) {
        if (!Long.valueOf(offset).equals(startOffsets.put(name, offset))) writeSoon();
    }

    private Set<PartitionName> names() {
        var names = new HashSet<>(recoveryPoints.keySet());
        names.addAll(durablePoints.keySet());
        names.addAll(startOffsets.keySet());
        names.addAll(firstDirty.keySet());
        return names;
    }

    /// Forgets a partition that is gone, and returns when the files do not name it any more, so that a
    /// later one of the same name begins with nothing, also after a crash.
    public void forgetNow(PartitionName name) throws IOException {
        forget(name);
        boolean isWritten;
        synchronized (this) {
            isWritten = written.contains(name);
        }
        if (isWritten) write();
    }

    /// Forgets a partition that is gone.
    public synchronized void forget(PartitionName name) {
        boolean known = recoveryPoints.remove(name) != null;
        known |= durablePoints.remove(name) != null;
        known |= firstDirty.remove(name) != null;
        if (startOffsets.remove(name) != null || known) writeSoon();
    }

    private void writeSoon() {
        changed = true;
        if (scheduled) return;
        scheduled = true;
        work.syncLater(SOON_MS, this::writeInTime);
    }

    private void writeInTime() {
        try {
            write();
        } catch (DiskFullException e) {
            LOG.warn("checkpoints in {} could not be written for want of space; it is tried again", dir, e);
            synchronized (this) {
                writeSoon();
            }
        } catch (IOException e) {
            LOG.error("checkpoints in {} could not be written; the next start will look through more", dir, e);
        }
    }

    /// Writes what changed, and waits until it is on the disk.
    public void write() throws IOException {
        synchronized (writing) {
            List<String> starts;
            List<String> durable;
            List<String> dirty;
            Map<PartitionName, Long> points;
            Set<PartitionName> names;
            synchronized (this) {
                scheduled = false;
                if (!changed) return;
                changed = false;
                starts = lines(startOffsets);
                durable = lines(durablePoints);
                dirty = lines(firstDirty);
                points = new TreeMap<>(recoveryPoints);
                names = names();
                written.addAll(names);
            }
            try {
                Checkpoint.write(disk, dir.resolve(START_OFFSETS), starts);
                Checkpoint.write(disk, dir.resolve(DURABLE_POINTS), durable);
                Checkpoint.write(disk, dir.resolve(RECOVERY_POINTS), lines(points));
                if (!dirty.isEmpty() || disk.exists(dir.resolve(FIRST_DIRTY))) {
                    Checkpoint.write(disk, dir.resolve(FIRST_DIRTY), dirty);
                }
                synchronized (this) {
                    writtenPoints = points;
                    written.retainAll(names);
                }
            } catch (IOException e) {
                synchronized (this) {
                    changed = true;
                }
                throw e;
            }
        }
    }

    private static List<String> lines(Map<PartitionName, Long> offsets) {
        return offsets.entrySet().stream()
                .map(entry -> "%s %d %d"
                        .formatted(entry.getKey().topic(), entry.getKey().partition(), entry.getValue()))
                .toList();
    }
}
