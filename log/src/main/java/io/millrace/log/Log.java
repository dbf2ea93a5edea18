package io.millrace.log;

import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The record batches of one partition, from a start offset to an end offset. Belongs to one loop.
///
/// What holds after every method:
/// 1. `startOffset <= durableEnd <= writtenEnd <= endOffset`. Readers see what lies before `writtenEnd`.
/// 2. Segments follow each other: each begins where the one before ends, and the last, the active one, is never
///    missing. Only it is appended to.
/// 3. What is appended but not written is in `buffered`, belongs to the active segment, and is the end of the
///    log. A segment is closed, and a producer snapshot taken, only when nothing is buffered: neither is ahead
///    of the file.
/// 4. After a failed write or sync nothing works any more: every method that touches files throws. What the file
///    holds past the last good write is unknown, and is recovery's to find out.
public final class Log {

    private static final int MOST_BUFFERED_BYTES = 1 << 20;
    private static final int MOST_BUFFERED_BATCHES = 1024;
    private static final Logger LOG = LoggerFactory.getLogger(Log.class);

    private final LogPlace place;
    private final Producers producers;
    private final EpochHistory epochs;
    private final List<Segment> segments;
    private final Durability durability;
    private final Consumer<Log> onClosed;
    private LogConfig config;
    private Segment active;
    private @Nullable Segment lastCold;
    private ByteBuffer[] buffered = new ByteBuffer[8];
    private int bufferedCount;
    private int bufferedBytes;
    private long startOffset;
    private long writtenEnd;
    private long flushAsked;
    private long baseAsked = -1;
    private boolean isClosed;

    /// @param recovered the log's parts as they were found
    /// @param onClosed  told once when the log is closed
    Log(LogPlace place, LogConfig config, Recovered recovered, Consumer<Log> onClosed) {
        this.place = place;
        this.config = config;
        this.producers = recovered.producers();
        this.epochs = recovered.epochs();
        this.segments = recovered.segments();
        this.active = segments.getLast();
        this.startOffset = recovered.startOffset();
        this.writtenEnd = active.endOffset();
        this.durability = new Durability(place, recovered.recoveryPoint());
        this.flushAsked = recovered.recoveryPoint();
        this.onClosed = onClosed;
        if (active.baseOffset() > recovered.recoveryPoint()) askBaseFlush();
    }

    public long startOffset() {
        return startOffset;
    }

    /// One past the last record appended, written or not.
    public long endOffset() {
        return active.endOffset();
    }

    /// One past the last record that can be read.
    public long writtenEnd() {
        return writtenEnd;
    }

    /// One past the last record that is as safe as the log's settings ask for: here, in the page cache.
    public long durableEnd() {
        return writtenEnd;
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

    /// Puts `batch`, checked and wanted, at the end of the log: stamps its base offset and `leaderEpoch` in
    /// place, and keeps a view of its bytes until the next [#write], which comes by itself when much is
    /// waiting. Begins a new segment first when one is due. The records are not looked at.
    ///
    /// @return the offsets it got
    public OffsetRange append(RecordBatch batch, int leaderEpoch) throws IOException {
        ensureUsable();
        long first = active.endOffset();
        int size = batch.sizeBytes();
        long nowNs = place.clock().monotonicNs();
        if (isRollDue(size, first + batch.lastOffsetDelta(), nowNs)) roll();

        batch.stamp(first, leaderEpoch);
        if (leaderEpoch > epochs.latest()) epochs.begin(leaderEpoch, first);
        active.touch(nowNs);
        active.note(batch);
        producers.note(batch, nowNs);
        buffer(batch.bytes(), size);
        return new OffsetRange(first, active.endOffset());
    }

    private void buffer(ByteBuffer bytes, int size) throws IOException {
        if (bufferedCount == buffered.length) buffered = Arrays.copyOf(buffered, bufferedCount * 2);
        buffered[bufferedCount++] = bytes;
        bufferedBytes += size;
        if (bufferedBytes > MOST_BUFFERED_BYTES || bufferedCount == MOST_BUFFERED_BATCHES) write();
    }

    /// Writes everything that is buffered, in one go; afterwards the batches' buffers may be used for something
    /// else.
    @SuppressWarnings("NullAway") // slots past the count are never read before they are set
    public void write() throws IOException {
        ensureUsable();
        if (bufferedCount == 0) return;
        try {
            active.file().file().append(buffered, bufferedCount);
        } catch (IOException e) {
            throw failed(e);
        }
        Arrays.fill(buffered, 0, bufferedCount, null);
        bufferedCount = 0;
        bufferedBytes = 0;
        writtenEnd = active.endOffset();
        if (writtenEnd - flushAsked >= config.flushMessages()) flushActive();
        if (config.flushMs() != Long.MAX_VALUE) {
            tellEpochs();
            durability.askWithin(config.flushMs(), writtenEnd, changedSince(flushAsked));
        }
    }

    /// What lies between `offset` and the smaller of `endOffset` and [#writtenEnd], up to `maxBytes`. Begins
    /// with the batch that holds `offset` and ends within one segment; the last batch may be cut, but not the
    /// first one: when it is larger than `maxBytes` it comes whole if `atLeastOneBatch`, and otherwise nothing
    /// comes.
    ///
    /// Near the end of the log no file is looked at. Elsewhere the index, and some headers, are read on this
    /// thread.
    ///
    /// @param offset between [#startOffset] and [#endOffset], else an `IllegalArgumentException`
    /// @return the slice, to be released by the caller; empty when there is nothing
    public Optional<LogSlice> read(long offset, long endOffset, int maxBytes, boolean atLeastOneBatch)
            throws IOException {
        if (offset < startOffset || offset > endOffset()) {
            throw new IllegalArgumentException(
                    "offset %d is outside of %d..%d".formatted(offset, startOffset, endOffset()));
        }
        ensureUsable();
        long end = Math.min(endOffset, writtenEnd);
        if (offset >= end) return Optional.empty();

        var segment = segmentOf(offset);
        var first = segment.find(offset);
        long limit = end >= segment.endOffset() ? segment.sizeBytes() : limitBefore(segment, end);
        long available = limit - first.positionBytes();
        if (available <= 0) return Optional.empty();
        if (first.sizeBytes() > maxBytes && !atLeastOneBatch) return Optional.empty();
        int length = (int) Math.min(available, Math.max(first.sizeBytes(), maxBytes));
        var slice = new FileSlice(open(segment), first.positionBytes(), length);
        return Optional.of(new LogSlice(first.baseOffset(), slice));
    }

    /// Where the batch that reaches `end` or goes beyond it begins.
    private static long limitBefore(Segment segment, long end) throws IOException {
        return segment.find(end).positionBytes();
    }

    /// Whether a read at `offset` is answered from memory and from pages that were just written. Others should
    /// go to a file thread first ([FileSlice#touch]).
    public boolean isNearEnd(long offset) {
        return offset >= active.endOffset() || active.knows(offset);
    }

    /// A question for the first record whose timestamp is `timestampMs` or later, among those before `endOffset`.
    public TimeLookup firstAtOrAfter(long timestampMs, long endOffset, RecordReader reader) {
        return TimeLookup.firstAtOrAfter(timestampMs, views(), startOffset, Math.min(endOffset, writtenEnd), reader);
    }

    /// A question for the record with the largest timestamp among those before `endOffset`; the first one, when
    /// several have it.
    public TimeLookup newest(long endOffset, RecordReader reader) {
        return TimeLookup.newest(views(), startOffset, Math.min(endOffset, writtenEnd), reader);
    }

    private List<SegmentView> views() {
        int writtenBytes = active.sizeBytes() - bufferedBytes;
        return segments.stream()
                .filter(segment -> segment.endOffset() > startOffset)
                .map(segment -> segment.view(segment == active ? writtenBytes : segment.sizeBytes()))
                .toList();
    }

    /// Moves the start of the log up to `newStartOffset`, never back; whole segments before it go with the next
    /// [#retain].
    public void trimTo(long newStartOffset) {
        if (newStartOffset <= startOffset) return;
        if (newStartOffset > writtenEnd) {
            throw new IllegalArgumentException("start %d is past the end %d".formatted(newStartOffset, writtenEnd));
        }
        moveStart(newStartOffset);
        LOG.info("{} starts at offset {} now", place.name(), newStartOffset);
    }

    /// Cuts the log, so that it ends at `newEndOffset`, or before the batch that goes beyond it. Waits for the
    /// disk.
    ///
    /// @param newEndOffset not before [#startOffset]; nothing happens when the log ends there or before
    public void truncateTo(long newEndOffset) throws IOException {
        if (newEndOffset >= endOffset()) return;
        if (newEndOffset < startOffset) {
            throw new IllegalArgumentException("end %d is before the start %d".formatted(newEndOffset, startOffset));
        }
        ensureUsable();
        write();
        long before = writtenEnd;
        try {
            long end = Math.min(
                    newEndOffset, segmentOf(newEndOffset).find(newEndOffset).baseOffset());
            if (startOffset > end) moveStart(end);
            epochs.cutTo(end);
            durability.cut(end, epochs.lines());
            var cut = new Truncation(place, segments, producers).to(end);
            active = segments.getLast();
            lastCold = null;
            writtenEnd = active.endOffset();
            flushAsked = durability.recoveryPoint();
            baseAsked = -1;
            removeLater(cut);
        } catch (IOException e) {
            throw failed(e);
        }
        LOG.info("{} was cut from offset {} to {}", place.name(), before, writtenEnd);
    }

    /// From now on, keeps to `newConfig`.
    public void configure(LogConfig newConfig) {
        config = newConfig;
        segments.forEach(segment -> segment.intervalBytes(newConfig.indexIntervalBytes()));
    }

    /// One step of keeping the log to its limits: forgets silent producers, and drops the oldest segment when
    /// it is too old, too much, or before the start. To be called again as long as it drops something.
    ///
    /// @return how many bytes went; 0 when there is nothing to do now
    public long retain() throws IOException {
        return retain(writtenEnd);
    }

    /// The same for a log of which only what lies before `safeOffset` may go, because others do not have the
    /// rest.
    public long retain(long safeOffset) throws IOException {
        ensureUsable();
        producers.expire(config.producerExpiryMs());
        long nowNs = place.clock().monotonicNs();
        var verdict = Retention.look(segments, config, startOffset, Math.min(safeOffset, writtenEnd), nowNs);
        if (verdict == Retention.Verdict.KEEP) return 0;
        if (segments.size() == 1) roll();
        if (segments.getFirst().endOffset() > durability.syncedBase()) {
            if (baseAsked < active.baseOffset()) askBaseFlush();
            return 0;
        }

        var oldest = segments.removeFirst();
        if (oldest == lastCold) lastCold = null;
        try {
            removeLater(oldest.drop());
        } catch (IOException e) {
            throw failed(e);
        }
        if (oldest.endOffset() > startOffset) moveStart(oldest.endOffset());
        place.meters().dropped().add(oldest.sizeBytes());
        LOG.info("dropped {}: {}", oldest, verdict.reason());
        return oldest.sizeBytes();
    }

    private void moveStart(long newStartOffset) {
        startOffset = newStartOffset;
        epochs.trimTo(newStartOffset);
        place.checkpoints().startOffset(place.name(), newStartOffset);
    }

    private void removeLater(List<Path> files) {
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
        long bytes = 0;
        for (var segment : segments) bytes += segment.sizeBytes();
        return bytes;
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

    /// Writes everything, brings it to the disk, and lets go of the files. The log is not usable afterwards. A
    /// log that failed before is only let go of.
    public void close() throws IOException {
        if (isClosed) return;
        try {
            if (durability.failure() == null) settle();
        } finally {
            isClosed = true;
            letGo();
        }
    }

    /// Up to where recovery would believe the files.
    long recoveryPoint() {
        return durability.recoveryPoint();
    }

    /// Whether no write and no sync ever failed.
    boolean isSound() {
        return durability.isSound();
    }

    /// Lets go of a log whose folder is about to be removed. Nothing is written.
    void abandon() {
        if (isClosed) return;
        isClosed = true;
        durability.retire(new IOException("the partition was deleted"));
        letGo();
    }

    private void letGo() {
        segments.forEach(Segment::closeFile);
        onClosed.accept(this);
    }

    private void settle() throws IOException {
        write();
        try {
            var snapshot = SegmentFiles.of(place.dir(), writtenEnd, SegmentFiles.SNAPSHOT);
            boolean isSettled = durability.recoveryPoint() == writtenEnd && !epochs.isDirty();
            if (isSettled && place.disk().exists(snapshot)) return;
            takeSnapshot();
            active.finish();
            var files = new ArrayList<>(changedSince(durability.recoveryPoint()));
            files.add(snapshot);
            durability.complete(writtenEnd, files, epochs.lines());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private boolean isRollDue(int size, long lastOffset, long nowNs) {
        if (active.sizeBytes() == 0) return false;
        if ((long) active.sizeBytes() + size > config.segmentBytes()) return true;
        if (lastOffset - active.baseOffset() > Integer.MAX_VALUE) return true;
        if (active.offsetIndexBytes() + OffsetIndex.ENTRY_BYTES > config.segmentIndexBytes()) return true;
        long ageMs = TimeUnit.NANOSECONDS.toMillis(nowNs - active.firstAppendNs());
        return ageMs >= config.segmentMs() - jitterMs();
    }

    /// The same for a segment every time, different from segment to segment.
    private long jitterMs() {
        if (config.segmentJitterMs() == 0) return 0;
        long most = Math.min(config.segmentJitterMs(), config.segmentMs() - 1);
        return Math.floorMod(31L * place.name().hashCode() + active.baseOffset() * 0x9E3779B97F4A7C15L, most + 1);
    }

    /// Closes the active segment and begins the next one, where the log ends.
    private void roll() throws IOException {
        write();
        try {
            var closed = active;
            takeSnapshot();
            closed.finish();
            var next = Segment.create(
                    place.disk(),
                    place.dir(),
                    closed.endOffset(),
                    config.indexIntervalBytes(),
                    place.clock().monotonicNs());
            segments.add(next);
            active = next;
            warm(closed);
            askBaseFlush();
        } catch (IOException e) {
            throw failed(e);
        }
        place.meters().rolled().add(1);
    }

    /// A snapshot that is there already says the same, and may be on the disk: it is not touched.
    private void takeSnapshot() throws IOException {
        var file = SegmentFiles.of(place.dir(), writtenEnd, SegmentFiles.SNAPSHOT);
        if (place.disk().exists(file)) return;
        TextFile.write(place.disk(), file, ProducerSnapshot.encode(producers.snapshot()));
    }

    private void flushActive() throws IOException {
        try {
            active.writeIndexes();
        } catch (IOException e) {
            throw failed(e);
        }
        askFlush(writtenEnd, -1);
    }

    /// Has everything before the active segment brought to the disk, and the producer snapshot between them.
    private void askBaseFlush() {
        baseAsked = active.baseOffset();
        askFlush(baseAsked, baseAsked);
    }

    private void askFlush(long upTo, long base) {
        tellEpochs();
        durability.ask(upTo, changedSince(flushAsked), base);
        flushAsked = Math.max(flushAsked, upTo);
    }

    private void tellEpochs() {
        if (epochs.isDirty()) durability.epochsChanged(epochs.lines());
    }

    /// The files of the segments that hold records from `offset` on.
    private List<Path> changedSince(long offset) {
        var files = new ArrayList<Path>();
        for (var segment : segments) {
            if (segment.endOffset() > offset || segment == active) files.addAll(segment.files());
        }
        return files;
    }

    private Segment segmentOf(long offset) {
        if (offset >= active.baseOffset()) return active;
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return segments.get(low);
    }

    /// The file of `segment`; besides the active one, only the closed segment read last is held open.
    private PinnedFile open(Segment segment) throws IOException {
        if (segment != active && segment != lastCold) warm(segment);
        return segment.file();
    }

    private void warm(Segment segment) {
        if (lastCold != null) lastCold.closeFile();
        lastCold = segment;
    }

    private void ensureUsable() throws IOException {
        var failure = durability.failure();
        if (failure != null) throw new IOException("the log " + place.dir() + " failed before", failure);
        if (isClosed) throw new IOException("the log " + place.dir() + " is closed");
    }

    private IOException failed(IOException cause) {
        durability.fail(cause);
        return cause;
    }

    @Override
    public String toString() {
        return "Log[%s, %d..%d, written to %d]".formatted(place.name(), startOffset, endOffset(), writtenEnd);
    }
}
