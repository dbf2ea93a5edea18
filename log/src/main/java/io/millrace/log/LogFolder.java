package io.millrace.log;

import io.millrace.disk.CountedDisk;
import io.millrace.disk.Disk;
import io.millrace.disk.DiskFullException;
import io.millrace.disk.DiskSpace;
import io.millrace.disk.FileWork;
import io.millrace.disk.FolderHealth;
import io.millrace.disk.ObservedClock;
import io.millrace.disk.OpenFiles;
import io.millrace.disk.TextFile;
import io.millrace.disk.WitnessedDisk;
import io.millrace.folder.FolderCheckpoints;
import io.millrace.folder.FolderPlace;
import io.millrace.folder.GroupCommit;
import io.millrace.folder.LogMeters;
import io.millrace.folder.LogPlace;
import io.millrace.folder.PartitionMetadata;
import io.millrace.folder.PartitionName;
import io.millrace.folder.RightOfWay;
import io.millrace.folder.SegmentFiles;
import io.millrace.folder.WalReplay;
import io.millrace.log.OpenLogs.Slot;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One data folder: the logs in it, its threads, and what it remembers about itself. Safe to use from
/// any thread.
///
/// A folder belongs to one process and to one node of one cluster. Nothing in it is removed but by
/// [#delete], by a log's own limits, or because it was dropped before; what is not understood is left
/// alone and named in the log.
public final class LogFolder implements AutoCloseable {

    private static final String LOCK = ".lock";
    private static final String CLEAN = ".kafka_cleanshutdown";
    private static final String CLEAN_TEXT = "{\"version\":0,\"brokerEpoch\":-1}";
    private static final long DEFAULT_DELETE_DELAY_MS = 60_000;
    private static final Logger LOG = LoggerFactory.getLogger(LogFolder.class);

    private final Path dir;
    private final Disk disk;
    private final FileWork work;
    private final Supplier<Uuid> ids;
    private final Closeable lock;
    private final MetaProperties meta;
    private final FolderCheckpoints checkpoints;
    private final ObservedClock observed;
    private final DiskSpace space;
    private final FolderPlace place;
    private final GroupCommit commits;
    private final FolderCleaner cleaner;
    private final FolderScrubber scrubber;
    private final boolean endedCleanly;
    private final OpenLogs logs = new OpenLogs();

    /// Logs that were closed with damage and not opened again.
    private final Set<PartitionName> damaged = ConcurrentHashMap.newKeySet();

    private volatile boolean isClosed;

    /// What [#open] has at hand once the folder is its own.
    private LogFolder(Path dir, FolderTools tools, Owned owned) throws IOException {
        this.dir = dir;
        var health = new FolderHealth(dir);
        var counted = new CountedDisk(new WitnessedDisk(tools.disk(), health::fail));
        this.disk = counted;
        this.work = tools.work();
        this.ids = tools.ids();
        this.lock = owned.lock();
        this.meta = owned.meta();
        this.checkpoints = new FolderCheckpoints(disk, dir, work);
        var meters = LogMeters.of(tools.metrics(), dir);
        this.observed = new ObservedClock(disk, dir, tools.clock(), work);
        this.space = new DiskSpace(dir, disk, work, tools.limits().reserveBytes());
        var files = new OpenFiles(counted, tools.limits().openFiles());
        files.show(tools.metrics(), dir);
        this.place = new FolderPlace(
                dir, disk, tools.clock(), work, checkpoints, observed, space, health, files, new RightOfWay(), meters);
        this.cleaner = new FolderCleaner(place, tools.metrics());
        this.scrubber = new FolderScrubber(place, tools.metrics(), cleaner);
        this.endedCleanly = disk.exists(dir.resolve(CLEAN));
        // what an earlier process renamed, and is believed here, may not be on the disk yet
        disk.syncDirectory(dir);
        var limits = tools.limits().commits().within(space.totalBytes());
        this.commits = new GroupCommit(place, WalReplay.open(place, limits), limits);
        disk.delete(dir.resolve(CLEAN));
        disk.syncDirectory(dir);
    }

    private record Owned(Closeable lock, MetaProperties meta) {}

    /// Opens the data folder `dir`, and makes it when there is none.
    ///
    /// @param tools are the folder's from here on, also when it does not open
    /// @throws IOException when another process has it, it belongs to another cluster or node, or the
    ///                     disk refuses
    public static LogFolder open(Path dir, Identity expected, FolderTools tools) throws IOException {
        var disk = tools.disk();
        try {
            make(dir, disk);
            var lock = disk.lock(dir.resolve(LOCK));
            if (lock.isEmpty()) throw new IOException("data folder %s is in use by another process".formatted(dir));
            try {
                var meta = claim(dir, disk, expected, tools.ids());
                var folder = new LogFolder(dir, tools, new Owned(lock.get(), meta));
                folder.sweep();
                folder.observed.begin();
                folder.space.begin(tools.metrics());
                LOG.info("data folder {} of node {} opened{}", dir, expected.nodeId(), folder.howItEnded());
                return folder;
            } catch (IOException e) {
                lock.get().close();
                throw e;
            }
        } catch (IOException e) {
            tools.work().close();
            throw e;
        }
    }

    /// Makes `dir`, and what is missing above it. Their names are on the disk before the folder
    /// is anybody's.
    private static void make(Path dir, Disk disk) throws IOException {
        if (disk.exists(dir.resolve(MetaProperties.FILE))) return;
        var parent = dir.toAbsolutePath().getParent();
        if (parent != null && !disk.isDirectory(parent)) make(parent, disk);
        disk.createDirectories(dir);
        if (parent != null) disk.syncDirectory(parent);
    }

    /// Whose folder `dir` is; empty when it is nobody's yet, or not there.
    public static Optional<Identity> identity(Path dir, Disk disk) throws IOException {
        return MetaProperties.read(disk, dir).map(MetaProperties::identity);
    }

    private static MetaProperties claim(Path dir, Disk disk, Identity expected, Supplier<Uuid> ids) throws IOException {
        var known = MetaProperties.read(disk, dir);
        if (known.isEmpty()) {
            var meta = new MetaProperties(expected, ids.get());
            meta.write(disk, dir);
            return meta;
        }
        var found = known.get().identity();
        if (!found.equals(expected)) {
            throw new IOException("data folder %s belongs to node %d of cluster %s, this is node %d of cluster %s"
                    .formatted(dir, found.nodeId(), found.clusterId(), expected.nodeId(), expected.clusterId()));
        }
        return known.get();
    }

    private String howItEnded() {
        return endedCleanly ? " after a clean end" : "";
    }

    /// Removes what was deleted before.
    private void sweep() throws IOException {
        for (var name : disk.list(dir)) {
            if (name.endsWith(PartitionName.DELETE) && disk.isDirectory(dir.resolve(name))) {
                work.run(() -> remove(dir.resolve(name)));
            } else if (name.endsWith(TextFile.TEMPORARY)) {
                disk.delete(dir.resolve(name));
            }
        }
    }

    public Path dir() {
        return dir;
    }

    /// The folder's own id.
    public Uuid directoryId() {
        return meta.directoryId();
    }

    /// Whether the process that had the folder before closed it.
    public boolean endedCleanly() {
        return endedCleanly;
    }

    /// Compacts the logs of this folder.
    public FolderCleaner cleaner() {
        return cleaner;
    }

    /// Verifies the logs of this folder.
    public FolderScrubber scrubber() {
        return scrubber;
    }

    public long freeBytes() throws IOException {
        return disk.freeBytes(dir);
    }

    public long totalBytes() throws IOException {
        return disk.totalBytes(dir);
    }

    /// The partitions that have a folder here; what else lies here is left alone. Blocks.
    public List<Found> found() throws IOException {
        var found = new ArrayList<Found>();
        for (var name : disk.list(dir)) {
            var path = dir.resolve(name);
            if (!disk.isDirectory(path) || name.endsWith(PartitionName.DELETE)) continue;
            var partition = PartitionName.parse(name);
            if (partition.isEmpty()) continue;
            try {
                var topicId = PartitionMetadata.read(disk, path);
                if (topicId.isEmpty()) {
                    LOG.warn("{} is left alone: it does not say which topic it belongs to", path);
                } else {
                    var named = partition.get();
                    found.add(new Found(named.topic(), named.partition(), topicId.get(), path));
                }
            } catch (IOException e) {
                LOG.warn("{} is left alone: {}", path, e.getMessage());
            }
        }
        return found;
    }

    /// Opens the log of a partition on a file thread, recovers it, or makes it. The outcome arrives on
    /// `loop`, to which the log belongs from then on. While an earlier topic of the same name still has
    /// the folder, it waits.
    ///
    /// A folder that an earlier topic of the same name left behind is set aside under another name,
    /// never deleted.
    public void open(
            Uuid topicId, String topic, int partition, LogConfig config, Executor loop, Consumer<Opened> whenDone) {
        var name = new PartitionName(topic, partition);
        Consumer<Opened> answer = opened -> loop.execute(() -> whenDone.accept(opened));
        boolean isFirst = logs.claim(name, topicId, slot -> {
            try {
                Runnable opening = () -> answer.accept(openInto(slot, name, topicId, config, loop));
                work.run(() -> openOrMake(name, opening));
            } catch (RejectedExecutionException e) {
                logs.free(name, slot);
                answer.accept(new Opened.Failed(new IOException("the data folder is closed, or too busy", e)));
            }
        });
        if (!isFirst) answer.accept(new Opened.Failed(new IOException("log " + name + " is open already")));
    }

    /// A log that is to be made waits for the disk and does little else: many are made at a time.
    private void openOrMake(PartitionName name, Runnable opening) {
        if (disk.isDirectory(dir.resolve(name.folder()))) {
            opening.run();
            return;
        }
        try {
            work.runWaiting(opening);
        } catch (RejectedExecutionException e) {
            LOG.debug("log {} is made here: the data folder is being closed, or busy", name, e);
            opening.run();
        }
    }

    private Opened openInto(Slot slot, PartitionName name, Uuid topicId, LogConfig config, Executor loop) {
        try {
            if (isClosed) throw new IOException("the data folder is closed");
            var log = open(name, topicId, config, loop, closed -> closed(closed, name, slot));
            if (damaged.remove(name)) log.hasFailedBefore();
            if (slot.take(log)) return new Opened.Ready(log);
            log.abandon();
            return new Opened.Failed(new IOException("log " + name + " was deleted, or its folder closed, meanwhile"));
        } catch (DiskFullException e) {
            logs.free(name, slot);
            LOG.debug("log {} could not be opened for want of space", name, e);
            space.met(e);
            return new Opened.Failed(e);
        } catch (IOException e) {
            logs.free(name, slot);
            LOG.error("log {} could not be opened", name, e);
            return new Opened.Failed(e);
        } catch (RuntimeException e) {
            logs.free(name, slot);
            LOG.error("opening log {} failed unexpectedly", name, e);
            return new Opened.Failed(new IOException("opening log " + name + " failed unexpectedly", e));
        }
    }

    /// A log that is being deleted keeps its name until its folder has another one.
    private void closed(Log log, PartitionName name, Slot slot) {
        if (!log.isSound() && !slot.isDeleted()) damaged.add(name);
        if (!slot.isDeleted()) logs.free(name, slot);
    }

    private Log open(PartitionName name, Uuid topicId, LogConfig config, Executor loop, Consumer<Log> onClosed)
            throws IOException {
        var path = dir.resolve(name.folder());
        var owner = owner(path, topicId);
        if (!disk.isDirectory(path)) {
            checkpoints.forgetNow(name);
            disk.createDirectories(path);
        }
        boolean holdsData = disk.list(path).stream().anyMatch(file -> file.endsWith(SegmentFiles.LOG));
        if (owner.isEmpty() && holdsData) {
            throw new IOException(path + " holds data and does not say which topic it belongs to");
        }
        // also when it is there already: whoever wrote it may have died before it was on the disk
        if (!holdsData) PartitionMetadata.write(disk, path, topicId);
        // last: most file systems have its name on the disk by now, and need not wait again
        if (!holdsData) disk.syncDirectory(dir);
        var logPlace = new LogPlace(name, topicId, path, place);
        return new Log(logPlace, config, Recovery.run(logPlace, config), commits, loop, onClosed);
    }

    /// A folder of an earlier topic of this name was left behind by a node that ended before it could
    /// delete it. The name belongs to the topic `id` now; the old data is kept under another name, for
    /// people to look at.
    ///
    /// @return whom the folder belongs to now, if there is one and it says so
    private Optional<Uuid> owner(Path path, Uuid id) throws IOException {
        var owner = PartitionMetadata.read(disk, path);
        if (owner.isEmpty() || owner.get().equals(id)) return owner;
        var stray = path.resolveSibling("%s.%s-stray".formatted(path.getFileName(), owner.get()));
        disk.rename(path, stray);
        disk.syncDirectory(dir);
        LOG.warn("{} belongs to an earlier topic of that name, {}; it is kept as {}", path, owner.get(), stray);
        return Optional.empty();
    }

    /// Runs `blocking` on the small pool: reads of cold pages, look-ups.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException when too much is waiting, or the folder
    ///                                                         is closed
    public void offFile(Runnable blocking) {
        work.run(blocking);
    }

    /// Deletes a partition for good. Called on the loop of its log, if that is open: the log is not
    /// usable any more when this returns. A file thread gives its folder another name, and removes it
    /// after the topic's delay. Nothing happens when there is no folder, or when it belongs to
    /// another topic.
    ///
    /// Not to be called for a log that is still being opened: wait for the outcome first.
    public void delete(Uuid topicId, String topic, int partition) {
        var name = new PartitionName(topic, partition);
        var slot = logs.of(name, topicId);
        if (slot == null) {
            logs.claim(name, topicId, claimed -> putAwayLater(claimed, name, topicId, null));
            return;
        }
        var log = slot.delete();
        log.abandon();
        putAwayLater(slot, name, topicId, log);
    }

    /// Deletes for good what is left of a partition that nobody has opened here, nor is about to;
    /// nothing happens when somebody has: whoever it is learns of the deletion, too. Any thread.
    public void deleteLeft(Found left) {
        var name = new PartitionName(left.topic(), left.partition());
        var id = left.topicId();
        logs.claim(name, id, claimed -> putAwayLater(claimed, name, id, null));
    }

    private void putAwayLater(Slot slot, PartitionName name, Uuid topicId, @Nullable Log log) {
        long delayMs = log == null ? DEFAULT_DELETE_DELAY_MS : log.config().fileDeleteDelayMs();
        try {
            work.run(() -> {
                try {
                    if (log != null) log.forget();
                    putAway(name, topicId, delayMs);
                } catch (IOException e) {
                    LOG.error("the folder of the deleted partition {} could not be put away", name, e);
                } finally {
                    logs.free(name, slot);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.warn("{} is deleted, and its folder stays: the data folder is closed, or too busy", name, e);
            logs.free(name, slot);
        }
    }

    private void putAway(PartitionName name, Uuid topicId, long delayMs) throws IOException {
        var path = dir.resolve(name.folder());
        if (!disk.isDirectory(path) || !PartitionMetadata.read(disk, path).equals(Optional.of(topicId))) return;
        cleaner.awaitStep();
        cleaner.forget(path);
        scrubber.awaitStep();
        scrubber.forget(name);
        var gone = dir.resolve("%s.%s%s".formatted(name.folder(), hex(ids.get()), PartitionName.DELETE));
        disk.rename(path, gone);
        disk.syncDirectory(dir);
        checkpoints.forget(name);
        LOG.info("{} is deleted, and removed in {} ms", name, delayMs);
        work.runLater(delayMs, () -> remove(gone));
    }

    private static String hex(Uuid id) {
        return "%016x%016x".formatted(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /// Removes a folder and the files in it.
    private void remove(Path gone) {
        try {
            for (var file : disk.list(gone)) disk.delete(gone.resolve(file));
            disk.delete(gone);
        } catch (IOException e) {
            LOG.warn("{} could not be removed; the next start tries again", gone, e);
        }
    }

    /// Ends cleanly: every log is written and brought to the disk, then the checkpoints, then the mark
    /// that says so. The loops must have stopped using their logs. When something fails the mark is not
    /// made, and the next start looks through what is not known to be on the disk.
    @Override
    public void close() {
        if (isClosed) return;
        isClosed = true;
        var open = new ArrayList<Log>();
        for (var slot : logs.all()) {
            var log = slot.end();
            if (log != null) open.add(log);
        }
        boolean allAreClosed = new LogsClosing(dir, place.clock(), open).run(work);
        work.close();
        try (lock) {
            cleaner.close();
            settle(allAreClosed && damaged.isEmpty());
            boolean isSound =
                    allAreClosed && damaged.isEmpty() && place.health().failure() == null;
            if (isSound) TextFile.replace(disk, dir.resolve(CLEAN), CLEAN_TEXT);
            LOG.info("data folder {} closed{}", dir, isSound ? "" : ", with damage");
        } catch (IOException e) {
            LOG.error("data folder {} could not be closed cleanly", dir, e);
        }
    }

    /// Only what the checkpoints say may be missing from the write-ahead log.
    ///
    /// @param allAreWhole whether everything that was promised is in the segments, and on the disk there
    private void settle(boolean allAreWhole) throws IOException {
        try {
            checkpoints.write();
            observed.write();
            scrubber.writeProgress();
        } catch (IOException e) {
            place.health().fail(e);
            throw e;
        } finally {
            commits.close(allAreWhole);
        }
    }
}
