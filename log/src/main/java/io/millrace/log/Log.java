package io.millrace.log;

import io.millrace.disk.DiskFullException;
import io.millrace.disk.HeldFiles;
import io.millrace.disk.PinnedFile;
import io.millrace.folder.Durability;
import io.millrace.folder.GroupCommit;
import io.millrace.folder.LogPlace;
import io.millrace.folder.PartitionName;
import io.millrace.folder.Uncommitted;
import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The record batches of one partition, from a start offset to an end offset. Belongs to one loop.
///
/// What holds after every method:
/// 1. `startOffset <= durableEnd <= writtenEnd <= endOffset`. Readers see what lies before `writtenEnd`.
/// 2. Only the active segment is appended to.
/// 3. What is appended but not written is in `buffered`, belongs to the active segment, and is the end
///    of the log. A segment is closed, and a producer snapshot taken, only when nothing is buffered:
///    neither is ahead of the file.
/// 4. After a failed write or sync nothing works any more: every method that touches files throws, and
///    what was buffered is let go of. What the file holds past the last good write is unknown, and is
///    recovery's to find out. If the disk was full ([DiskFullException]), [#close] the log and open it
///    again; after any other failure that is for the next start.
public final class Log {

    private static final Logger LOG = LoggerFactory.getLogger(Log.class);

    private final LogPlace place;
    private final Producers producers;
    private final EpochHistory epochs;
    private final Quarantine quarantine;
    private final Segments segments;
    private final WriteBuffer buffered = new WriteBuffer();
    private final BackgroundSync sync;
    private final Flushing flushing;
    private final GroupCommit commits;
    private final Uncommitted uncommitted;
    private final Compaction compaction;
    private final LogCleaning cleaning;
    private final LogMending mending;
    private final AppendTimes times;
    private final LogReader reader;
    private final HeldFiles.Holder activeFile = this::letGoOfActiveFile;
    private final Consumer<Log> onClosed;
    private final Runnable failureBell;
    private LogConfig config;
    private long startOffset;
    private long writtenEnd;
    private long promisedEnd;
    private HeldFiles held;
    private volatile boolean isClosed;

    /// @param loop      where the log lives
    /// @param recovered the log's parts as they were found
    /// @param onClosed  told once when the log is closed
    Log(
            LogPlace place,
            LogConfig config,
            Recovered recovered,
            GroupCommit commits,
            Executor loop,
            Consumer<Log> onClosed) {
        this.place = place;
        this.config = config;
        this.producers = recovered.producers();
        this.epochs = recovered.epochs();
        this.quarantine = recovered.quarantine();
        this.segments = new Segments(recovered.segments());
        this.startOffset = recovered.startOffset();
        this.writtenEnd = endOffset();
        this.sync = new BackgroundSync(place, recovered.recoveryPoint());
        this.commits = commits;
        this.uncommitted = new Uncommitted(place, loop, recovered.durablePoint());
        this.times = recovered.times();
        this.compaction = new Compaction(place, segments, producers);
        this.reader = new LogReader(this, place, segments, quarantine);
        this.cleaning = new LogCleaning(this, place, compaction);
        this.mending = new LogMending(this, place, compaction, segments, quarantine);
        this.flushing = new Flushing(place, segments, producers, epochs, sync);
        this.held = place.folder().files().of(loop);
        // recovery may have left some open, of which nobody would know
        segments.closeFiles();
        this.onClosed = onClosed;
        this.failureBell = uncommitted::ringOnLoop;
        if (segments.active().baseOffset() > recovered.recoveryPoint()) flushing.askForBase();
        if (config.durability() == Durability.FSYNC && writtenEnd > recovered.durablePoint()) commitAll();
        place.health().watch(failureBell);
    }

    public long startOffset() {
        return startOffset;
    }

    /// One past the last record appended, written or not.
    public long endOffset() {
        return segments.active().endOffset();
    }

    /// One past the last record that can be read.
    public long writtenEnd() {
        return writtenEnd;
    }

    /// One past the last record that is as safe as the log's settings ask for ([Durability]). Never goes
    /// back, but with [#truncateTo].
    public long durableEnd() {
        if (config.durability() == Durability.PAGE_CACHE) return writtenEnd;
        return Math.min(writtenEnd, Math.max(promisedEnd, uncommitted.committedEnd()));
    }

    /// From now on `bell` runs on the log's loop whenever [#durableEnd] has moved by a commit, and when
    /// the log has become unusable ([#isUsable]) through the failure of its folder.
    public void whenDurable(Runnable bell) {
        uncommitted.whenMoved(bell);
    }

    public Producers producers() {
        return producers;
    }

    public EpochHistory epochs() {
        return epochs;
    }

    /// Appends under the latest epoch of [#epochs].
    public OffsetRange append(RecordBatch batch) throws IOException {
        return append(batch, epochs.latest());
    }

    /// Puts `batch`, checked and wanted, at the end of the log: stamps its base offset and `leaderEpoch`
    /// in place, and keeps a view of its bytes until the next [#write], which comes by itself when much
    /// is waiting. Begins a new segment first when one is due. The records are not looked at.
    ///
    /// @return the offsets it got
    public OffsetRange append(RecordBatch batch, int leaderEpoch) throws IOException {
        ensureUsable();
        long first = endOffset();
        int size = batch.sizeBytes();
        long nowNs = place.clock().monotonicNs();
        if (Rolling.isDue(segments.active(), config, place.name(), batch, first, nowNs)) roll();

        batch.stamp(first, leaderEpoch);
        if (leaderEpoch > epochs.latest()) epochs.begin(leaderEpoch, first);
        note(batch, nowNs);
        buffered.add(batch.bytes(), size);
        if (buffered.isFull()) write();
        return new OffsetRange(first, endOffset());
    }

    private void note(RecordBatch batch, long nowNs) throws IOException {
        try {
            segments.active().touch(nowNs);
            segments.active().note(batch);
        } catch (IOException e) {
            throw failed(e);
        }
        producers.note(batch, nowNs);
    }

    /// Writes everything that is buffered, in one go; afterwards the batches' buffers may be used for
    /// something else.
    public void write() throws IOException {
        ensureUsable();
        if (buffered.isEmpty()) return;
        var active = segments.active();
        int from = active.sizeBytes() - buffered.sizeBytes();
        try {
            var file = active.file();
            held.usesActive(activeFile);
            buffered.writeTo(file.file());
            writtenEnd = endOffset();
            place.space().wrote(active.sizeBytes() - from);
            if (config.durability() == Durability.FSYNC) {
                commit(active, file, from);
            }
            flushing.wrote(active.sizeBytes() - from, writtenEnd, config);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Has what was written from `fromBytes` on committed. Where files are scarce none is kept open
    /// for that.
    private void commit(Segment active, PinnedFile file, int fromBytes) {
        if (held.areScarce()) {
            commits.joinWhole(uncommitted, List.of(active.records()), writtenEnd);
            letGoOfActiveFile();
        } else {
            commits.join(uncommitted, file, active.baseOffset(), fromBytes, active.sizeBytes(), writtenEnd);
        }
    }

    /// The file is opened again when it is needed.
    private void letGoOfActiveFile() {
        segments.active().closeFile();
        held.letsGo(activeFile);
    }

    /// What the logs of this loop hold open.
    HeldFiles held() {
        return held;
    }

    /// Reads it.
    public LogReader reader() {
        return reader;
    }

    /// Whether the record at `offset` was promised, and is damaged or missing on the disk: it cannot
    /// be read.
    public boolean isQuarantined(long offset) {
        return quarantine.holds(offset);
    }

    /// The offsets that cannot be read, in ascending order.
    public List<OffsetRange> quarantined() {
        return quarantine.rangesFrom(startOffset);
    }

    /// How much of what the active segment counts is not in its file yet.
    int unwrittenBytes() {
        return buffered.sizeBytes();
    }

    /// Moves the start of the log up to `newStartOffset`, never back; whole segments before it go with
    /// the next [#retain].
    public void trimTo(long newStartOffset) throws IOException {
        if (newStartOffset <= startOffset) return;
        if (newStartOffset > durableEnd()) {
            throw new IllegalArgumentException(
                    "start %d is past the durable end %d".formatted(newStartOffset, durableEnd()));
        }
        ensureUsable();
        try {
            moveStart(newStartOffset);
        } catch (IOException e) {
            throw failed(e);
        }
        LOG.info("{} starts at offset {} now", place.name(), newStartOffset);
    }

    /// Cuts the log, so that it ends at `newEndOffset`, or before the batch that goes beyond it. Waits
    /// for the disk.
    ///
    /// @param newEndOffset not before [#startOffset]; nothing happens when the log ends there or before
    public void truncateTo(long newEndOffset) throws IOException {
        if (newEndOffset >= endOffset()) return;
        if (newEndOffset < startOffset) {
            throw new IllegalArgumentException("end %d is before the start %d".formatted(newEndOffset, startOffset));
        }
        ensureUsable();
        write();
        reader.forget();
        long before = writtenEnd;
        try {
            // what lies before the first segment is missing, and its offsets are not given again
            long newEnd = Math.max(newEndOffset, segments.oldest().baseOffset());
            var segment = segments.of(newEnd);
            boolean isInGap = newEnd >= segment.endOffset();
            var at = isInGap ? null : segment.find(newEnd);
            long end = at == null ? segment.endOffset() : Math.min(newEnd, at.baseOffset());
            int position = at == null ? segment.sizeBytes() : at.positionBytes();
            if (startOffset > end) moveStart(end);
            compaction.revoke();
            compaction.cut(end);
            epochs.cutTo(end);
            commits.willCut(uncommitted, segment.baseOffset(), position, end);
            sync.cut(end, epochs.lines());
            times.forget();
            var cut = segments.cut(new Truncation(place, producers), end);
            held.usesActive(activeFile);
            writtenEnd = endOffset();
            promisedEnd = Math.min(promisedEnd, writtenEnd);
            commits.wasCut(uncommitted);
            quarantine.cutTo(writtenEnd);
            flushing.wasCut();
            if (config.durability() == Durability.FSYNC && writtenEnd > durableEnd()) commitAll();
            removeLater(cut);
        } catch (IOException e) {
            throw failed(e);
        }
        LOG.info("{} was cut from offset {} to {}", place.name(), before, writtenEnd);
    }

    /// From now on, keeps to `newConfig`.
    public void configure(LogConfig newConfig) {
        var before = config.durability();
        config = newConfig;
        if (before == Durability.PAGE_CACHE && newConfig.durability() == Durability.FSYNC) {
            promisedEnd = writtenEnd;
            commitAll();
        }
        segments.all().forEach(segment -> segment.intervalBytes(newConfig.indexIntervalBytes()));
    }

    /// One step of keeping the log to its limits: forgets silent producers, and drops the oldest
    /// segment when it is too old, too much, or before the start. To be called again as long as it
    /// drops something.
    ///
    /// @return how many bytes went; 0 when there is nothing to do now
    public long retain() throws IOException {
        return retain(writtenEnd);
    }

    /// The same for a log of which only what lies before `safeOffset` may go, because others do not have
    /// the rest.
    public long retain(long safeOffset) throws IOException {
        ensureUsable();
        producers.expire(config.producerExpiryMs());
        times.keep(segments.all());
        long nowNs = place.clock().monotonicNs();
        var verdict = Retention.look(segments.all(), config, startOffset, Math.min(safeOffset, writtenEnd), nowNs);
        if (verdict == Retention.Verdict.KEEP) return 0;
        if (segments.oldest() == segments.active()) roll();
        if (!flushing.mayDropOldest()) return 0;

        Segment oldest;
        try {
            compaction.revoke();
            oldest = segments.removeOldest();
            reader.forgetGone();
            removeLater(oldest.drop());
            if (oldest.endOffset() > startOffset) moveStart(oldest.endOffset());
        } catch (IOException e) {
            throw failed(e);
        }
        place.meters().dropped().add(oldest.sizeBytes());
        LOG.info("dropped {}: {}", oldest, verdict.reason(config));
        return oldest.sizeBytes();
    }

    /// Closes the active segment when compaction must not wait for it any longer, though nobody appends.
    void rollWhenOverdue() throws IOException {
        ensureUsable();
        var active = segments.active();
        if (!config.compaction().isOn() || active.sizeBytes() == 0) return;
        long ageNs = place.clock().monotonicNs() - active.firstAppendNs();
        if (TimeUnit.NANOSECONDS.toMillis(ageNs) > config.compaction().maxLagMs()) roll();
    }

    /// The log as compaction sees it.
    LogCleaning cleaning() {
        return cleaning;
    }

    /// The log as its scrubber sees it.
    LogMending mending() {
        return mending;
    }

    private void moveStart(long newStartOffset) throws IOException {
        startOffset = newStartOffset;
        epochs.trimTo(newStartOffset);
        removeLater(quarantine.trimTo(newStartOffset));
        place.checkpoints().startOffset(place.name(), newStartOffset);
    }

    /// Files that are no part of the log any more go after a while.
    void removeLater(List<Path> files) {
        if (files.isEmpty()) return;
        place.work().runLater(config.fileDeleteDelayMs(), () -> remove(files));
    }

    private void remove(List<Path> files) {
        for (var file : files) {
            try {
                place.disk().delete(file);
            } catch (IOException e) {
                LOG.warn("{} could not be removed; the next start tries again", file, e);
            }
        }
    }

    /// Size of all segments, what is not written yet included.
    public long sizeBytes() {
        return segments.sizeBytes();
    }

    PartitionName name() {
        return place.name();
    }

    public LogConfig config() {
        return config;
    }

    public Path dir() {
        return place.dir();
    }

    public Uuid topicId() {
        return place.topicId();
    }

    /// Writes everything, brings it to the disk, and lets go of the files. The log is not usable
    /// afterwards. A log that failed before is only let go of.
    public void close() throws IOException {
        if (isClosed) return;
        try {
            if (sync.failure() == null) settle();
            if (sync.failure() == null) commits.closed(uncommitted);
        } catch (IOException e) {
            throw failed(e);
        } finally {
            isClosed = true;
            letGo();
        }
    }

    /// An earlier opening of this log in this process failed, and what it left in the write-ahead log is
    /// still there.
    void hasFailedBefore() {
        uncommitted.mayBeNoted();
    }

    /// The same for a log whose folder is closed with it, write-ahead log and all.
    void closeWithFolder() throws IOException {
        if (isClosed) return;
        try {
            leaveLoop();
            if (sync.failure() == null) settle();
        } finally {
            isClosed = true;
            letGo();
        }
    }

    /// The loop has ended: its logs are closed by other threads, each by one.
    private void leaveLoop() {
        held = place.folder().files().ofNobody();
        reader.forget();
    }

    /// Up to where recovery would believe the files.
    long recoveryPoint() {
        return sync.recoveryPoint();
    }

    /// Whether no write and no sync ever failed.
    boolean isSound() {
        return sync.isSound();
    }

    /// Lets go of a log whose folder is about to be removed. Nothing is written, and no commit
    /// waited for.
    void abandon() {
        if (isClosed) return;
        isClosed = true;
        sync.retire(new IOException("the partition was deleted"));
        commits.leaveSoon(uncommitted);
        letGoOfFiles();
    }

    /// The partition is deleted: nothing of it comes back from the write-ahead log, and nothing is
    /// written to its folder any more, which another log may have soon. Blocks.
    void forget() throws IOException {
        sync.awaitRequest();
        commits.gone(uncommitted);
    }

    private void letGo() {
        commits.leave(uncommitted);
        letGoOfFiles();
    }

    private void letGoOfFiles() {
        place.health().unwatch(failureBell);
        times.retire();
        reader.forget();
        held.letsGo(activeFile);
        segments.closeFiles();
        onClosed.accept(this);
    }

    private void settle() throws IOException {
        write();
        times.keepNow(segments.all());
        try {
            compaction.revoke();
            flushing.complete(writtenEnd);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Closes the active segment and begins the next one, where the log ends.
    void roll() throws IOException {
        write();
        try {
            var closed = segments.active();
            flushing.takeSnapshot(writtenEnd);
            closed.finish();
            var next = Segment.create(
                    place.disk(),
                    place.dir(),
                    closed.endOffset(),
                    config.indexIntervalBytes(),
                    place.clock().monotonicNs());
            segments.begin(next);
            held.usesActive(activeFile);
            flushing.askForBase();
            times.keep(segments.all());
        } catch (IOException e) {
            throw failed(e);
        }
        place.meters().rolled().add(1);
    }

    /// One step of putting a log to rest to which nothing was written for a while: what the next start
    /// would look at is settled, and files are let go of.
    ///
    /// @return whether there was something to do
    public boolean rest() {
        reader.rest();
        if (!isUsable() || !buffered.isEmpty()) return false;
        if (!flushing.isIdle(config)) return false;
        letGoOfActiveFile();
        return flushing.rest(writtenEnd);
    }

    /// Has everything that is not known to be on the disk committed, whatever it is.
    private void commitAll() {
        commits.joinWhole(uncommitted, segments.recordsSince(sync.recoveryPoint()), writtenEnd);
    }

    /// Whether the disk has space for what producers send. What the node itself has to write may be
    /// appended all the same: a part of the disk is kept for it.
    public boolean hasSpace() {
        return !place.space().isFull();
    }

    /// Why there is no space, for people.
    public String whyNoSpace() {
        return place.space().why();
    }

    /// Whether the log can still be used; not after a failed write or sync, nor when it is closed.
    public boolean isUsable() {
        return sync.failure() == null && !isClosed;
    }

    void ensureUsable() throws IOException {
        if (isUsable()) return;
        buffered.clear();
        throw whyUnusable();
    }

    /// Why the log cannot be used any more: a [DiskFullException] when it may be closed and
    /// opened again.
    public IOException whyUnusable() {
        var failure = sync.failure();
        if (failure == null) return new IOException("the log " + place.dir() + " is closed");
        var what = "the log " + place.dir() + " failed before";
        return failure instanceof DiskFullException
                ? new DiskFullException(what, failure)
                : new IOException(what, failure);
    }

    /// Nothing works any more.
    ///
    /// @return the cause, to be thrown
    IOException failed(IOException cause) {
        buffered.clear();
        sync.fail(cause);
        return cause;
    }

    @Override
    public String toString() {
        return "Log[%s, %d..%d, written to %d]".formatted(place.name(), startOffset, endOffset(), writtenEnd);
    }
}
