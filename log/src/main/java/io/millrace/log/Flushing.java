package io.millrace.log;

import io.millrace.disk.TextFile;
import io.millrace.folder.Durability;
import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// When what of a log is brought to the disk, beside what acknowledgements wait for: its segments with
/// everything that is derived from them, so that the next start has little to look at.
///
/// A log that is written to is settled now and then, one that nobody writes to is put to rest, and at a
/// roll everything before the new segment follows. Belongs to the loop of its log, which has written
/// everything it had when it calls; [BackgroundSync] does what is asked for here.
final class Flushing {

    /// When more was written since the log was last settled it is settled again, but not more often than
    /// [#SETTLE_EVERY_NS].
    private static final long SETTLE_BYTES = 1 << 20;

    private static final long SETTLE_EVERY_NS = TimeUnit.SECONDS.toNanos(1);

    /// After so long without an append a log is put to rest; later when nobody waits for the disk, since
    /// the system writes by itself after half a minute.
    private static final long REST_NS = TimeUnit.SECONDS.toNanos(5);

    private static final long REST_UNSYNCED_NS = TimeUnit.SECONDS.toNanos(60);

    private final LogPlace place;
    private final Segments segments;
    private final Producers producers;
    private final EpochHistory epochs;
    private final BackgroundSync sync;

    /// What lies before was asked for.
    private long askedEnd;

    /// The latest segment before which everything was asked for; -1 for none.
    private long askedBase = -1;

    private long settledNs;
    private long unsettledBytes;

    Flushing(LogPlace place, Segments segments, Producers producers, EpochHistory epochs, BackgroundSync sync) {
        this.place = place;
        this.segments = segments;
        this.producers = producers;
        this.epochs = epochs;
        this.sync = sync;
        this.askedEnd = sync.recoveryPoint();
    }

    /// `bytes` more were written; the log ends at `end` now.
    void wrote(int bytes, long end, LogConfig config) {
        unsettledBytes += bytes;
        if (end - askedEnd >= config.flushMessages() || isMuchUnsettled(config)) settle(end);
        if (config.flushMs() == Long.MAX_VALUE) return;
        tellEpochs();
        sync.askWithin(config.flushMs(), end, segments.filesSince(askedEnd));
    }

    /// Whether so much was written since the log was last settled that the next start would have much to
    /// look at.
    private boolean isMuchUnsettled(LogConfig config) {
        return config.durability() == Durability.FSYNC
                && unsettledBytes >= SETTLE_BYTES
                && place.clock().monotonicNs() - settledNs >= SETTLE_EVERY_NS;
    }

    /// Whether nothing was written for so long that the log may be put to rest.
    boolean isIdle(LogConfig config) {
        long idleNs = place.clock().monotonicNs() - segments.active().lastAppendNs();
        return idleNs >= (config.durability() == Durability.FSYNC ? REST_NS : REST_UNSYNCED_NS);
    }

    /// One step of putting the log to rest, which ends at `end`.
    ///
    /// @return whether there was something to do
    boolean rest(long end) {
        if (askedEnd >= end) return false;
        settle(end);
        return true;
    }

    /// Has what is derived from the records so far written down, and everything brought to the disk in
    /// the background: the next start begins there.
    private void settle(long end) {
        settledNs = place.clock().monotonicNs();
        unsettledBytes = 0;
        tellEpochs();
        sync.ask(end, derived(end), segments.recordsSince(askedEnd));
        askedEnd = end;
    }

    private Derived derived(long end) {
        return new Derived(
                SegmentFiles.of(place.dir(), end, SegmentFiles.SNAPSHOT),
                ProducerSnapshot.encode(producers.snapshot()),
                segments.active().indexTails());
    }

    /// Has everything before the active segment brought to the disk, and the producer snapshot
    /// between them.
    void askForBase() {
        askedBase = segments.active().baseOffset();
        tellEpochs();
        sync.askForBase(askedBase, segments.filesSince(askedEnd));
        askedEnd = Math.max(askedEnd, askedBase);
    }

    /// Whether a crash that follows needs nothing of the oldest segment. When not, what is missing is
    /// asked for.
    boolean mayDropOldest() {
        long end = segments.oldest().endOffset();
        if (end <= sync.droppableEnd()) return true;
        if (!sync.hasSynced(end) && askedBase < segments.active().baseOffset()) askForBase();
        return false;
    }

    /// Keeps the producers' state at `end`, where the log ends. A snapshot that is there already says
    /// the same, and may be on the disk: it is not touched.
    void takeSnapshot(long end) throws IOException {
        var file = SegmentFiles.of(place.dir(), end, SegmentFiles.SNAPSHOT);
        if (place.disk().exists(file)) return;
        TextFile.write(place.disk(), file, ProducerSnapshot.encode(producers.snapshot()));
    }

    /// Brings everything to the disk now, and waits for it: the log ends at `end`, and is about to
    /// be closed.
    void complete(long end) throws IOException {
        var snapshot = SegmentFiles.of(place.dir(), end, SegmentFiles.SNAPSHOT);
        boolean isSettled = sync.recoveryPoint() == end && !epochs.isDirty();
        if (isSettled && place.disk().exists(snapshot)) return;
        takeSnapshot(end);
        segments.active().finish();
        var files = segments.filesSince(sync.recoveryPoint());
        files.add(snapshot);
        sync.complete(end, files, epochs.lines());
    }

    /// The log was cut, and so was the recovery point.
    void wasCut() {
        askedEnd = sync.recoveryPoint();
        askedBase = -1;
    }

    private void tellEpochs() {
        if (epochs.isDirty()) sync.epochsChanged(epochs.lines());
    }
}
