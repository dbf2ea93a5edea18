package io.millrace.log;

import io.millrace.disk.Checkpoint;
import io.millrace.disk.DiskFullException;
import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a log to the disk behind its back, and knows up to where it is there: the recovery point.
///
/// The loop asks ([#ask]); the sync thread writes what is derived from the records, syncs, and moves the
/// recovery point. Whatever makes the log
/// shorter, or closes it, takes this object's lock first, after which older requests are void. What
/// acknowledgements wait for is [GroupCommit]'s.
final class BackgroundSync {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundSync.class);

    /// @param derived to be written before; null for nothing
    /// @param rolls   how often the log was rolled before
    /// @param base    where the active segment begins, if the producer snapshot there is among the
    ///                files; else -1
    private record Request(long upTo, @Nullable Derived derived, int rolls, Set<Path> files, long base) {

        /// This one and one that was asked for later, served together.
        Request and(Request later) {
            var all = new LinkedHashSet<>(files);
            all.addAll(later.files);
            var latest = later.derived != null ? later : this;
            return new Request(
                    Math.max(upTo, later.upTo), latest.derived, latest.rolls, all, Math.max(base, later.base));
        }
    }

    /// After so long it is tried again, when the disk was full.
    private static final long FULL_DISK_MS = 1_000;

    private final LogPlace place;
    private final Object gate = new Object();
    private final AtomicReference<@Nullable List<String>> changedEpochs = new AtomicReference<>();
    private final AtomicBoolean flushIsDue = new AtomicBoolean();
    private volatile @Nullable IOException failure;
    private volatile boolean isSound = true;
    private volatile int generation;

    // under the lock of `gate`
    private @Nullable Request waiting;
    private @Nullable Path settledSnapshot;
    private int rolls;

    private volatile long recoveryPoint;
    private volatile long syncedBase = -1;

    BackgroundSync(LogPlace place, long recoveryPoint) {
        this.place = place;
        this.recoveryPoint = recoveryPoint;
    }

    /// Why the log must not be used any more; null while it may. A failed write or sync is final for the
    /// folder: what the page cache holds afterwards is unknown. One that found the disk full is final
    /// for this object only: recovery cuts off what is not whole, and the log is opened again.
    @Nullable
    IOException failure() {
        return failure != null ? failure : place.health().failure();
    }

    void fail(IOException cause) {
        if (failure != null) return;
        failure = cause;
        isSound = false;
        if (cause instanceof DiskFullException full) {
            LOG.warn("log {} has to be opened again: it could not be written for want of space", place.dir());
            place.space().met(full);
            return;
        }
        if (place.health().fail(cause)) LOG.error("log {} is not usable any more: {}", place.dir(), cause.toString());
        else LOG.debug("log {} is not usable any more, as its data folder is not", place.dir(), cause);
    }

    /// Whether no write and no sync ever failed.
    boolean isSound() {
        return isSound;
    }

    /// The log is not wanted any more: as after a failure, but nobody needs to worry. From now on the
    /// recovery point does not move; does not wait for the disk.
    void retire(IOException why) {
        synchronized (gate) {
            if (failure == null) failure = why;
        }
    }

    /// Waits for the request under way, after [#retire]: nothing is written to the log's folder
    /// any more.
    synchronized void awaitRequest() {
        LOG.trace("nothing is under way");
    }

    long recoveryPoint() {
        return recoveryPoint;
    }

    /// Before where segments may go: the latest segment start whose producer snapshot is known to be on
    /// the disk, if the disk knows the recovery point there too. Nothing before is needed to know the
    /// producers, and nothing of it comes back from the write-ahead log. -1 when there is none.
    long droppableEnd() {
        return Math.min(syncedBase, place.checkpoints().writtenRecoveryPoint(place.name()));
    }

    /// Whether [#droppableEnd] will be `base` or more as soon as the checkpoints are written.
    boolean hasSynced(long base) {
        return syncedBase >= base;
    }

    /// Has everything before `upTo` brought to the disk in the background, after `derived` was written.
    /// `files` are those that changed since the recovery point; all records must have been written to
    /// them. Called on the log's loop, like all that makes requests void; does not wait.
    void ask(long upTo, Derived derived, List<Path> files) {
        synchronized (gate) {
            put(new Request(upTo, derived, rolls, new LinkedHashSet<>(files), -1));
        }
    }

    /// The same for everything before the active segment, which begins at `base`: all of its files are
    /// written, and what was derived from it before is void.
    void askForBase(long base, List<Path> files) {
        synchronized (gate) {
            rolls++;
            settledSnapshot = null;
            put(new Request(base, null, rolls, new LinkedHashSet<>(files), base));
        }
    }

    /// The same within `delayMs`, unless that is due already.
    void askWithin(long delayMs, long upTo, List<Path> files) {
        if (!flushIsDue.compareAndSet(false, true)) return;
        var request = new Request(upTo, null, 0, new LinkedHashSet<>(files), -1);
        int asked = generation;
        place.work().syncLater(delayMs, () -> {
            flushIsDue.set(false);
            serveUnlessCut(request, asked);
        });
    }

    private synchronized void serveUnlessCut(Request request, int asked) {
        if (asked == generation) serve(request);
    }

    /// However often it is asked, one request waits.
    private void put(Request request) {
        if (waiting == null) place.work().sync(this::serveWaiting);
        waiting = waiting == null ? request : waiting.and(request);
    }

    /// The epochs' file has to say this before the recovery point moves again.
    void epochsChanged(List<String> lines) {
        changedEpochs.set(lines);
    }

    private synchronized void serveWaiting() {
        Request request;
        synchronized (gate) {
            request = waiting;
            waiting = null;
        }
        if (request != null) serve(request);
    }

    private synchronized void serve(Request request) {
        if (failure() != null) return;
        try {
            var epochs = changedEpochs.get();
            if (epochs != null) writeEpochs(epochs);
            changedEpochs.compareAndSet(epochs, null);
            if (request.derived() != null) write(request.derived(), request.rolls());
            sync(request.files());
            advance(request.upTo());
            syncedBase = Math.max(syncedBase, request.base());
        } catch (DiskFullException e) {
            place.space().met(e);
            again(request);
        } catch (IOException e) {
            fail(e);
        }
    }

    private void again(Request request) {
        synchronized (gate) {
            waiting = waiting == null ? request : request.and(waiting);
        }
        place.work().syncLater(FULL_DISK_MS, this::serveWaiting);
    }

    /// One producer snapshot within the active segment is enough: the one before goes.
    private void write(Derived derived, int rollsBefore) throws IOException {
        synchronized (gate) {
            if (rollsBefore != rolls) return;
        }
        if (!derived.write(place.disk())) return;
        Path before;
        synchronized (gate) {
            before = settledSnapshot;
            settledSnapshot = rollsBefore == rolls ? derived.snapshot() : null;
        }
        if (before != null) place.disk().delete(before);
    }

    /// Brings everything before `end` to the disk now.
    synchronized void complete(long end, List<Path> files, List<String> epochs) throws IOException {
        cancel();
        writeEpochs(epochs);
        sync(files);
        advance(end);
    }

    /// The log is about to be cut to `end`. When this returns, the disk does not promise more than that.
    synchronized void cut(long end, List<String> epochs) throws IOException {
        cancel();
        recoveryPoint = Math.min(recoveryPoint, end);
        syncedBase = -1;
        place.checkpoints().recoveryPoint(place.name(), recoveryPoint);
        place.checkpoints().write();
        writeEpochs(epochs);
    }

    /// Waits for the request under way; the others are void.
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // only written with the lock held
    private synchronized void cancel() {
        generation++;
        changedEpochs.set(null);
        synchronized (gate) {
            waiting = null;
            settledSnapshot = null;
        }
    }

    private void advance(long upTo) {
        synchronized (gate) {
            if (upTo <= recoveryPoint || failure() != null) return;
            recoveryPoint = upTo;
            place.checkpoints().recoveryPoint(place.name(), upTo);
        }
    }

    private void sync(Collection<Path> files) throws IOException {
        long startNs = place.clock().monotonicNs();
        for (var path : files) {
            try (var file = place.disk().openToRead(path)) {
                file.sync();
            } catch (NoSuchFileException e) {
                LOG.debug("{} was dropped before it was synced", path, e);
            }
        }
        place.disk().syncDirectory(place.dir());
        place.meters().syncs().observeNs(place.clock().monotonicNs() - startNs);
    }

    private void writeEpochs(List<String> epochs) throws IOException {
        Checkpoint.write(place.disk(), place.file(SegmentFiles.EPOCHS), epochs);
    }
}
