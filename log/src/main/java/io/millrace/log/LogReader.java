package io.millrace.log;

import io.millrace.disk.FileSlice;
import io.millrace.disk.PinnedFile;
import io.millrace.folder.LogPlace;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads a log. Nothing that is done here waits for the disk: what cannot be told from memory is a
/// question that a file thread answers ([ColdLookup], [TimeLookup], [BatchTimeLookup]). Belongs to the
/// log's loop.
///
/// The last batches of the active segment are known, and are in memory since they were written. What
/// lies further back is looked up, some megabytes at a time for somebody who reads on, and remembered in
/// a few [Stretch]es.
public final class LogReader {

    /// How much of what was looked up is remembered: for each reader that lags behind what it reads, and
    /// what it reads next.
    private static final int MOST_STRETCHES = 8;

    /// How much is brought into memory at a time for a reader who goes on.
    private static final int MOST_AHEAD_BYTES = 4 << 20;

    private static final int AHEAD_READS = 4;
    private static final int MOST_SPACING_BYTES = 256 << 10;
    private static final int MARKS_PER_READ = 4;
    private static final LogRead NOTHING = new LogRead.Nothing();

    /// What somebody is about to ask for.
    private record GoingOn(long offset, long endOffset, int maxBytes) {}

    private final Log log;
    private final LogPlace place;
    private final Segments segments;
    private final Quarantine quarantine;

    /// The one that was used last comes first.
    private final ArrayDeque<Stretch> stretches = new ArrayDeque<>();

    /// Where the last reader who came to the end of what was looked up goes on.
    private @Nullable GoingOn goingOn;

    /// Counts how often the log was cut: what was looked up before may not be there any more.
    private int generation;

    LogReader(Log log, LogPlace place, Segments segments, Quarantine quarantine) {
        this.log = log;
        this.place = place;
        this.segments = segments;
        this.quarantine = quarantine;
    }

    /// What lies between `offset` and the smaller of `endOffset` and [Log#writtenEnd], up to `maxBytes`.
    /// Begins with the batch that holds `offset` and ends within one segment; the last batch may be cut,
    /// but not the first one: when it is larger than `maxBytes` it comes whole if `atLeastOneBatch`, and
    /// otherwise nothing comes.
    ///
    /// @param offset between [Log#startOffset] and [Log#endOffset], else an `IllegalArgumentException`
    public LogRead read(long offset, long endOffset, int maxBytes, boolean atLeastOneBatch) throws IOException {
        if (offset < log.startOffset() || offset > log.endOffset()) {
            throw new IllegalArgumentException(
                    "offset %d is outside of %d..%d".formatted(offset, log.startOffset(), log.endOffset()));
        }
        log.ensureUsable();
        goingOn = null;
        long end = Math.min(Math.min(endOffset, log.writtenEnd()), quarantine.nextAfter(offset));
        if (offset >= end || quarantine.holds(offset)) return NOTHING;
        if (maxBytes < RecordBatch.HEADER_BYTES && !atLeastOneBatch) return NOTHING;

        var segment = segments.of(offset);
        var known = segment.known(offset);
        var file = segment.openFile();
        if (known != null && file != null) return near(segment, file, known, end, maxBytes, atLeastOneBatch);
        var stretch = stretchAt(segment, offset, end);
        if (stretch != null) return from(stretch, offset, end, maxBytes, atLeastOneBatch);
        return new LogRead.Cold(lookup(segment, offset, end, maxBytes, known));
    }

    /// Where the end of the log is known, no file is looked at.
    private LogRead near(
            Segment segment, PinnedFile file, BatchPlace first, long end, int maxBytes, boolean atLeastOneBatch) {
        boolean isToTheEnd = quarantine.endAround(end) >= segment.endOffset();
        var beyond = isToTheEnd ? null : segment.known(end);
        int limit = beyond == null ? segment.sizeBytes() : beyond.positionBytes();
        int available = limit - first.positionBytes();
        return slice(file, first, available, Math.min(available, maxBytes), maxBytes, atLeastOneBatch);
    }

    private LogRead from(Stretch stretch, long offset, long end, int maxBytes, boolean atLeastOneBatch) {
        stretches.remove(stretch);
        stretches.addFirst(stretch);
        log.held().usesClosed(stretch);
        var first = stretch.at(offset);
        if (first == null) throw new IllegalStateException("the stretch does not know of offset " + offset);
        int available = stretch.endPositionBytes() - first.positionBytes();
        int length = stretch.lengthFrom(first, maxBytes);
        if (length == available && stretch.wasInMemory()) goingOn = new GoingOn(stretch.endOffset(), end, maxBytes);
        return slice(stretch.file(), first, available, length, maxBytes, atLeastOneBatch);
    }

    /// What whoever did the last [#read] will need next, when that has to be looked up and can be
    /// expected to be in memory, as what was read is: while the reader is busy with the one, a file
    /// thread can look up the other. Empty when the reader need not wait anyhow, or the disk would have
    /// to be asked, which others wait for.
    ///
    /// @return to be told to the log ([#learn]), or to be released
    public Optional<ColdLookup> ahead() {
        var next = goingOn;
        goingOn = null;
        if (next == null || !log.isUsable() || next.offset() >= next.endOffset()) return Optional.empty();
        var segment = segments.of(next.offset());
        var known = segment.known(next.offset());
        boolean isNear = known != null && segment.openFile() != null;
        if (isNear || stretchAt(segment, next.offset(), next.endOffset()) != null) return Optional.empty();
        return Optional.of(lookup(segment, next.offset(), next.endOffset(), next.maxBytes(), known));
    }

    private static LogRead slice(
            PinnedFile file, BatchPlace first, int available, int length, int maxBytes, boolean atLeastOneBatch) {
        if (available <= 0 || (first.sizeBytes() > maxBytes && !atLeastOneBatch)) return NOTHING;
        int whole = Math.min(available, Math.max(first.sizeBytes(), length));
        return new LogRead.Bytes(new LogSlice(first.baseOffset(), new FileSlice(file, first.positionBytes(), whole)));
    }

    private @Nullable Stretch stretchAt(Segment segment, long offset, long end) {
        long nowNs = place.clock().monotonicNs();
        for (var stretch : stretches) {
            boolean counts = !stretch.isReleased() && stretch.isOf(segment) && stretch.isWarmAt(nowNs);
            if (counts && stretch.answers(offset, end)) return stretch;
        }
        return null;
    }

    private ColdLookup lookup(Segment segment, long offset, long end, int maxBytes, @Nullable BatchPlace known) {
        var before = stretchThatEndsAt(segment, offset);
        int one = Math.clamp(maxBytes, 1, MOST_AHEAD_BYTES);
        int length = before == null ? one : (int) Math.min((long) one * AHEAD_READS, MOST_AHEAD_BYTES);
        int spacing = Math.min(one / MARKS_PER_READ, MOST_SPACING_BYTES);
        var wanted = new ColdLookup.Wanted(offset, end, length, spacing);
        int position = -1;
        if (known != null) position = known.positionBytes();
        else if (before != null && before.isOf(segment)) position = before.endPositionBytes();
        else if (offset == segment.baseOffset()) position = 0;
        var file = fileOf(segment);
        return new ColdLookup(
                segment,
                wanted,
                segments.search(segment, log.unwrittenBytes()),
                file == null ? null : file.pin(),
                position,
                generation,
                place.folder());
    }

    /// Whose reader goes on at `offset`, in this segment or from the one before.
    private @Nullable Stretch stretchThatEndsAt(Segment segment, long offset) {
        for (var stretch : stretches) {
            boolean isNear = stretch.isOf(segment) || offset == segment.baseOffset();
            if (isNear && stretch.endOffset() == offset) return stretch;
        }
        return null;
    }

    private @Nullable PinnedFile fileOf(Segment segment) {
        if (segment.openFile() != null) return segment.openFile();
        for (var stretch : stretches) if (!stretch.isReleased() && stretch.isOf(segment)) return stretch.file();
        return null;
    }

    /// Takes in what a look-up of this log found, so that the same read finds it now. Nothing happens
    /// when the log has changed there meanwhile: the same read may need another look-up then, or not be
    /// possible any more.
    ///
    /// @throws IOException when the log is as it was, and could not be read there
    public void learn(ColdLookup lookup) throws IOException {
        try {
            if (!isStillSo(lookup)) return;
            lookup.segment().take(lookup.search());
            var failure = lookup.failure();
            if (failure != null)
                throw new IOException(
                        "reading at offset %d failed: %s".formatted(lookup.offset(), failure.getMessage()), failure);
            var found = lookup.takeFound();
            if (found == null) return;
            remember(found);
        } finally {
            lookup.release();
        }
    }

    private boolean isStillSo(ColdLookup lookup) {
        return log.isUsable()
                && lookup.generation() == generation
                && lookup.offset() >= log.startOffset()
                && segments.of(lookup.offset()) == lookup.segment();
    }

    private void letGoOf(Stretch stretch) {
        log.held().letsGo(stretch);
        stretch.letGoOfFile();
    }

    private void remember(Stretch found) {
        // somebody may have been ahead of the look-ahead
        forgetIf(known -> known.isReleased() || known.isSameAs(found));
        stretches.addFirst(found);
        log.held().usesClosed(found);
        if (stretches.size() > MOST_STRETCHES) letGoOf(stretches.removeLast());
    }

    /// The log is about to be cut, or closed.
    void forget() {
        generation++;
        goingOn = null;
        stretches.forEach(this::letGoOf);
        stretches.clear();
    }

    /// Segments were dropped or replaced.
    void forgetGone() {
        forgetIf(stretch -> segments.of(stretch.endOffset() - 1) != stretch.segment());
    }

    /// Lets go of what nobody has looked up lately.
    void rest() {
        long nowNs = place.clock().monotonicNs();
        forgetIf(stretch -> !stretch.isWarmAt(nowNs));
    }

    private void forgetIf(Predicate<Stretch> isGone) {
        for (var all = stretches.iterator(); all.hasNext(); ) {
            var stretch = all.next();
            if (!isGone.test(stretch)) continue;
            all.remove();
            letGoOf(stretch);
        }
    }

    /// The same as [#read], where nobody minds waiting for the disk: what has to be looked up is
    /// looked up here. For tools and tests, never for a loop that others use.
    ///
    /// @return the slice, to be released by the caller; empty when there is nothing
    public Optional<LogSlice> readBlocking(long offset, long endOffset, int maxBytes, boolean atLeastOneBatch)
            throws IOException {
        while (true) {
            switch (read(offset, endOffset, maxBytes, atLeastOneBatch)) {
                case LogRead.Bytes(var slice) -> {
                    return Optional.of(slice);
                }
                case LogRead.Nothing _ -> {
                    return Optional.empty();
                }
                case LogRead.Cold(var lookup) -> {
                    if (lookup.mustWait()) {
                        lookup.release();
                        throw new IOException("too many files are open to read at offset " + offset);
                    }
                    lookup.run();
                    learn(lookup);
                }
            }
        }
    }

    /// A question for the first record whose timestamp is `timestampMs` or later, among those
    /// before `endOffset`.
    public TimeLookup firstAtOrAfter(long timestampMs, long endOffset, RecordReader reader) {
        return TimeLookup.firstAtOrAfter(timestampMs, views(), log.startOffset(), seen(endOffset), reader);
    }

    /// A question for the record with the largest timestamp among those before `endOffset`; the first
    /// one, when several have it.
    public TimeLookup newest(long endOffset, RecordReader reader) {
        return TimeLookup.newest(views(), log.startOffset(), seen(endOffset), reader);
    }

    /// A question for the time of the batch that holds `offset`, which lies in the log.
    public BatchTimeLookup batchTime(long offset) {
        return new BatchTimeLookup(segments.view(segments.of(offset), log.unwrittenBytes()), offset);
    }

    private long seen(long endOffset) {
        return Math.min(endOffset, log.writtenEnd());
    }

    private List<SegmentView> views() {
        return segments.views(log.startOffset(), log.unwrittenBytes());
    }
}
