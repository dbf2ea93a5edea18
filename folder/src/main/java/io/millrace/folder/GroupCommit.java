package io.millrace.folder;

import io.millrace.disk.DiskFullException;
import io.millrace.disk.PinnedFile;
import io.millrace.folder.Uncommitted.Taken;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes durable what the logs of a data folder have written, all of them together: while one sync runs,
/// everything that arrives joins the next one. Nothing waits for a timer.
///
/// A log that wrote little has it copied into the write-ahead log, where it shares one sync with all
/// others; one that wrote much has its segment synced (decisions/0014). Either way the write-ahead log
/// says up to where each log is durable before anybody is told: what recovery finds below that was
/// promised, what it finds above was not.
///
/// Loops hand in what they wrote; rounds run on the commit thread. What the write-ahead log holds is
/// brought to the segments on the sync thread ([#empty]), so that its files can be used again. A failure
/// is final for the folder, but for a write that found the disk full.
///
/// Three locks, taken in this order: this object's, held while the write-ahead log is emptied; that of
/// the write-ahead log, held for a round; and that of what waits, held shortly.
public final class GroupCommit {

    /// After so long it is tried again, when the disk was full.
    private static final long FULL_DISK_MS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    private final FolderPlace folder;
    private final WriteAheadLog wal;
    private final CommitLimits limits;
    private final Set<Uncommitted> noted = new LinkedHashSet<>();
    private final Object gate = new Object();
    private List<Uncommitted> waiting = new ArrayList<>();
    private boolean runs;
    private boolean empties;

    public GroupCommit(FolderPlace folder, WriteAheadLog wal, CommitLimits limits) {
        this.folder = folder;
        this.wal = wal;
        this.limits = limits;
    }

    /// `log` wrote these bytes to a segment: they are to be durable. Called on its loop; does not wait.
    ///
    /// @param end one past the last record among them
    public void join(Uncommitted log, PinnedFile file, long baseOffset, int fromBytes, int toBytes, long end) {
        boolean begins;
        synchronized (gate) {
            if (log.add(file, baseOffset, fromBytes, toBytes, end)) waiting.add(log);
            begins = begins();
        }
        if (begins) folder.work().commit(this::round);
    }

    /// The same for segments of which nobody knows how much of them is on the disk.
    public void joinWhole(Uncommitted log, List<Path> segments, long end) {
        boolean begins;
        synchronized (gate) {
            if (log.addWhole(segments, end)) waiting.add(log);
            begins = begins();
        }
        if (begins) folder.work().commit(this::round);
    }

    /// Whether a round has to be asked for: one at a time.
    private boolean begins() {
        if (runs || waiting.isEmpty()) return false;
        runs = true;
        return true;
    }

    private void round() {
        if (isOverfull()) empty();
        tell(serve());
        boolean begins;
        synchronized (gate) {
            runs = false;
            begins = begins();
        }
        if (begins) folder.work().commit(this::round);
    }

    /// Makes durable what waits; nothing, when the folder has failed.
    private List<Taken> serve() {
        synchronized (wal) {
            var round = takeAll();
            long startNs = folder.clock().monotonicNs();
            folder.rightOfWay().take();
            try {
                if (folder.health().failure() != null) return List.of();
                commit(round);
                for (var one : round) one.log().committedEnd(one.end());
            } catch (IOException e) {
                folder.health().fail(e);
                return List.of();
            } catch (RuntimeException e) {
                folder.health().fail(new IOException("a commit failed unexpectedly", e));
                return List.of();
            } finally {
                folder.rightOfWay().leave();
                round.forEach(Taken::release);
            }
            folder.meters().commits().observeNs(folder.clock().monotonicNs() - startNs);
            if (limits.areWorthEmptying(wal.fullFiles(), noted.size())) emptySoon();
            return round;
        }
    }

    /// A disk that has no space for the write-ahead log has what is in the segments already: they are
    /// synced themselves then, all of them. After a crash recovery finds by the checksums how far they
    /// are whole.
    private void commit(List<Taken> round) throws IOException {
        try {
            boolean isFull = wal.isFull();
            for (var one : round) add(one, isFull);
            wal.sync();
        } catch (DiskFullException e) {
            folder.space().met(e);
            wal.forgetUnwritten();
            for (var one : round) syncSegments(one);
        }
    }

    private List<Taken> takeAll() {
        synchronized (gate) {
            var taken = waiting.stream().map(Uncommitted::take).toList();
            waiting = new ArrayList<>();
            return taken;
        }
    }

    /// While the write-ahead log has no room, until its files are emptied, every segment is
    /// synced itself.
    private void add(Taken one, boolean isFull) throws IOException {
        var log = one.log();
        if (!isFull && one.whole().isEmpty() && one.bytes() < limits.directBytes()) {
            for (var extent : one.extents()) {
                var segment = SegmentFiles.of(log.dir(), extent.baseOffset(), SegmentFiles.LOG);
                log.copied(segment, extent.fromBytes() == 0, wal.nextNumber());
                wal.data(
                        log.id(),
                        extent.file().file(),
                        extent.baseOffset(),
                        extent.fromBytes(),
                        extent.bytes(),
                        extent.end());
                log.noted(wal.nextNumber());
            }
        } else {
            syncSegments(one);
            log.noted(wal.nextNumber());
            wal.synced(log.id(), one.end());
            log.noted(wal.nextNumber());
        }
        noted.add(log);
    }

    private void syncSegments(Taken one) throws IOException {
        boolean isNew = one.log().takeNewFiles() || !one.whole().isEmpty();
        sync(one.whole());
        for (var extent : one.extents()) {
            extent.file().file().sync();
            isNew |= extent.fromBytes() == 0;
        }
        if (isNew) folder.disk().syncDirectory(one.log().dir());
    }

    private void sync(Collection<Path> segments) throws IOException {
        for (var segment : segments) {
            try (var file = folder.disk().openToRead(segment)) {
                file.sync();
            } catch (NoSuchFileException e) {
                LOG.debug("{} was dropped before it was synced", segment, e);
            }
        }
    }

    /// One message for each loop.
    private static void tell(List<Taken> round) {
        var byLoop = new HashMap<Executor, List<Uncommitted>>();
        for (var one : round) {
            byLoop.computeIfAbsent(one.log().loop(), _ -> new ArrayList<>()).add(one.log());
        }
        byLoop.forEach((loop, logs) -> {
            try {
                loop.execute(() -> logs.forEach(Uncommitted::ring));
            } catch (RejectedExecutionException e) {
                LOG.debug("a loop ended before {} logs were told that they are durable", logs.size(), e);
            }
        });
    }

    /// `log` is about to end at `end`, at this place of a segment. Waits for the round under way; when
    /// this returns, nothing beyond comes back after a crash, and nothing of what `log` wrote waits any
    /// more. Must be followed by [#wasCut].
    public void willCut(Uncommitted log, long baseOffset, int positionBytes, long end) throws IOException {
        synchronized (wal) {
            drop(log);
            log.cut(end);
            folder.checkpoints().cutDurablePoint(log.name(), end);
            if (!log.wasNoted()) return;
            noted.add(log);
            log.noted(wal.nextNumber());
            try {
                wal.cut(log.id(), baseOffset, positionBytes, end);
                log.noted(wal.nextNumber());
                wal.sync();
            } catch (DiskFullException e) {
                wal.forgetUnwritten();
                throw e;
            }
        }
    }

    /// The files of `log` are cut, and the disk knows it: whatever follows is new. If the write-ahead
    /// log cannot be told so, it would cut what follows after a crash: that is final for the folder.
    public void wasCut(Uncommitted log) throws IOException {
        synchronized (wal) {
            if (!log.wasNoted()) return;
            try {
                wal.synced(log.id(), log.committedEnd());
                log.noted(wal.nextNumber());
                wal.sync();
            } catch (DiskFullException e) {
                throw new IOException("no space to note that " + log.name() + " was cut", e);
            }
        }
    }

    /// The partition of `log` is deleted. When this returns, nothing of it comes back after a crash.
    public void gone(Uncommitted log) throws IOException {
        synchronized (wal) {
            log.cut(0);
            try {
                giveUp(log);
            } catch (DiskFullException e) {
                LOG.warn(
                        "no space to note that {} is gone; its folder will not be there to bring it back to",
                        log.name(),
                        e);
            }
        }
    }

    /// `log` is closed while its folder goes on, and all of it is in its segments. When this returns the
    /// checkpoints say so, and nothing that the write-ahead log holds of it is written to them again: it
    /// may be opened anew, and cut.
    public void closed(Uncommitted log) throws IOException {
        folder.checkpoints().write();
        synchronized (wal) {
            log.cut(log.committedEnd());
            giveUp(log);
        }
    }

    private void giveUp(Uncommitted log) throws IOException {
        drop(log);
        noted.remove(log);
        if (!log.wasNoted() || folder.health().failure() != null) return;
        try {
            wal.gone(log.id());
            wal.sync();
        } catch (DiskFullException e) {
            wal.forgetUnwritten();
            throw e;
        }
    }

    /// The same as [#leave], soon: for a loop, which must not wait for the round under way. Whoever
    /// deletes the log has [#gone] for it.
    public void leaveSoon(Uncommitted log) {
        try {
            folder.work().commit(() -> leave(log));
        } catch (RejectedExecutionException e) {
            LOG.debug("the folder is closed: {} has left", log.name(), e);
        }
    }

    /// What `log` wrote need not be committed any more: it was closed.
    public void leave(Uncommitted log) {
        synchronized (wal) {
            drop(log);
            var checkpoints = folder.checkpoints();
            if (log.committedEnd() > checkpoints.durablePoint(log.name())) {
                checkpoints.durablePoint(log.name(), log.committedEnd());
            }
            // whoever opens it again has the say from here on
            log.cut(log.committedEnd());
        }
    }

    private void drop(Uncommitted log) {
        synchronized (gate) {
            waiting.remove(log);
            log.take().release();
        }
    }

    /// Whether nothing may be committed before the write-ahead log is emptied.
    private boolean isOverfull() {
        synchronized (wal) {
            return wal.isOverfull();
        }
    }

    private void emptySoon() {
        if (empties) return;
        empties = true;
        folder.work().sync(this::empty);
    }

    /// What is known to be in the segments, to be written down.
    private record Settled(Uncommitted log, Set<Path> segments, boolean hasNewFiles, long end, int cuts) {}

    /// Brings what the full files of the write-ahead log hold to the segments, and gives the files free.
    /// Rounds go on meanwhile.
    private synchronized void empty() {
        List<Settled> due;
        long upTo;
        synchronized (wal) {
            empties = false;
            if (folder.health().failure() != null) return;
            upTo = wal.newestFull();
            due = takeNoted(upTo);
        }
        try {
            settle(due);
        } catch (DiskFullException e) {
            LOG.warn("no space to note what is in the segments of {}: its write-ahead log is kept", folder.dir(), e);
            folder.space().met(e);
            synchronized (wal) {
                empties = true;
            }
            folder.work().syncLater(FULL_DISK_MS, this::empty);
            return;
        } catch (IOException e) {
            folder.health().fail(e);
            return;
        }
        synchronized (wal) {
            wal.release(upTo);
        }
    }

    private List<Settled> takeNoted(long upTo) {
        var due = new ArrayList<Settled>();
        for (var logs = noted.iterator(); logs.hasNext(); ) {
            var log = logs.next();
            if (log.firstFrame() > upTo) continue;
            due.add(new Settled(log, log.takeCopied(upTo), log.takeNewFiles(), log.committedEnd(), log.cuts()));
            if (!log.isNeeded()) logs.remove();
        }
        return due;
    }

    private void settle(List<Settled> due) throws IOException {
        for (var one : due) {
            sync(one.segments());
            if (one.hasNewFiles()) syncDirectory(one.log().dir());
        }
        synchronized (wal) {
            for (var one : due) {
                if (one.cuts() == one.log().cuts()) {
                    folder.checkpoints().durablePoint(one.log().name(), one.end());
                }
            }
        }
        folder.checkpoints().write();
    }

    private void syncDirectory(Path dir) throws IOException {
        try {
            folder.disk().syncDirectory(dir);
        } catch (NoSuchFileException e) {
            LOG.debug("{} was deleted before it was synced", dir, e);
        }
    }

    /// Bytes in the write-ahead log that may still be needed.
    long walBytes() {
        synchronized (wal) {
            return wal.sizeBytes();
        }
    }

    /// Every log is closed, and the checkpoints are on the disk.
    ///
    /// @param allAreWhole whether everything that was promised is on the disk in the segments: else the
    ///                    next start needs the write-ahead log
    public void close(boolean allAreWhole) throws IOException {
        synchronized (wal) {
            try {
                if (allAreWhole && folder.health().failure() == null) wal.reset();
            } finally {
                wal.close();
            }
        }
    }
}
