package io.millrace.log;

import io.millrace.disk.DiskFile;
import io.millrace.disk.TextFile;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A search for a batch by its offset, in a segment as it was when the search was made. It looks at the
/// indexes of a closed segment before it uses them, and makes them anew, in files beside the old ones,
/// when they are missing, too short or wrong; the segment takes them over ([Segment#take]). Blocks; one
/// thread at a time.
final class SegmentSearch {

    /// How much more than the interval may lie behind an index entry before the index counts as too
    /// short: an interval that was made smaller since is no reason to read everything.
    private static final int INDEX_SLACK_BYTES = 1 << 20;

    /// A jump costs a read; less than this is walked with one or two.
    private static final int LEAST_JUMP_BYTES = 16 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentSearch.class);

    /// Tells files apart that searches make at the same time.
    private static final AtomicLong NEXT_NUMBER = new AtomicLong();

    private final SegmentView view;
    private final int intervalBytes;
    private OffsetIndex offsets;
    private boolean hasChecked;
    private @Nullable Segment indexed;

    /// @param hasChecked whether the indexes were looked at before
    SegmentSearch(SegmentView view, int intervalBytes, boolean hasChecked) {
        this.view = view;
        this.intervalBytes = intervalBytes;
        this.offsets = view.offsets();
        this.hasChecked = hasChecked;
    }

    SegmentView view() {
        return view;
    }

    /// The first batch that ends after `offset`, which must lie before the end.
    BatchPlace find(DiskFile file, long offset) throws IOException {
        check(file);
        var found = searchIfThere(file, offset);
        if (found == null && view.isClosed()) {
            makeIndexes(file, "a look-up of offset " + offset + " went astray");
            found = search(file, offset);
        }
        if (found == null) throw new IOException("no batch ends after offset %d in %s".formatted(offset, view.path()));
        return found;
    }

    /// Null when the index led to a wrong place, or is gone.
    private @Nullable BatchPlace searchIfThere(DiskFile file, long offset) throws IOException {
        try {
            return search(file, offset);
        } catch (NoSuchFileException e) {
            LOG.debug("an index of {} is gone", view.path(), e);
            return null;
        }
    }

    /// Null when the index led to a wrong place.
    private @Nullable BatchPlace search(DiskFile file, long offset) throws IOException {
        int entry = offsets.floorEntry(offset);
        int from = entry < 0 ? 0 : offsets.positionBytes(entry);
        if (from < 0 || from >= view.limitBytes()) return null;
        var walk = BatchWalk.headers(file, from, view.limitBytes(), view.baseOffset());
        long farthest = (long) from + intervalBytes + INDEX_SLACK_BYTES;
        while (walk.next()) {
            var batch = walk.header();
            boolean wrongEntry =
                    entry >= 0 && walk.positionBytes() == from && batch.lastOffset() != offsets.offset(entry);
            if (wrongEntry || (walk.positionBytes() > farthest && offsets.count() == entry + 1)) return null;
            if (batch.endOffset() > offset) {
                return new BatchPlace(
                        batch.baseOffset(), batch.endOffset(), (int) walk.positionBytes(), batch.sizeBytes());
            }
        }
        return null;
    }

    /// A shorter way on than from batch to batch, when the index knows one: a walk that stands on a
    /// batch behind that of `walk`, which begins at `upToBytes` or before and ends before `endOffset`.
    /// Null when the index knows none, or is not what it should be.
    @Nullable
    BatchWalk ahead(BatchWalk walk, int upToBytes, long endOffset) {
        if (upToBytes - walk.endPositionBytes() < Math.max(intervalBytes, LEAST_JUMP_BYTES)) return null;
        try {
            int entry = lastEntry(walk.header().lastOffset(), upToBytes, endOffset);
            if (entry < 0 || offsets.positionBytes(entry) <= walk.positionBytes()) return null;
            var ahead = walk.from(offsets.positionBytes(entry), view.baseOffset());
            boolean isThere = ahead.next()
                    && ahead.header().lastOffset() == offsets.offset(entry)
                    && ahead.header().baseOffset() >= walk.header().endOffset();
            if (isThere) return ahead;
            walk.resume();
            return null;
        } catch (IOException e) {
            LOG.debug("the index of {} is of no help", view.path(), e);
            walk.resume();
            return null;
        }
    }

    /// -1 when there is none behind `offset`.
    private int lastEntry(long offset, int upToBytes, long endOffset) throws IOException {
        int found = -1;
        int next = offsets.floorEntry(offset) + 1;
        while (next < offsets.count() && offsets.positionBytes(next) <= upToBytes && offsets.offset(next) < endOffset) {
            found = next++;
        }
        return found;
    }

    private void check(DiskFile file) throws IOException {
        if (hasChecked || !view.isClosed()) return;
        var wrong = whatIsWrong(file);
        if (!wrong.isEmpty()) makeIndexes(file, wrong);
        hasChecked = true;
    }

    /// What is wrong with the index files of a closed segment, as far as a quick look shows; empty when
    /// nothing is.
    private String whatIsWrong(DiskFile file) throws IOException {
        if (view.limitBytes() == 0) return "";
        var times = view.times();
        for (var index : List.of(offsets.path(), times.path())) {
            if (!view.disk().exists(index)) return index.getFileName() + " is missing";
        }
        int from = 0;
        if (offsets.count() > 0) {
            int last = offsets.count() - 1;
            from = offsets.positionBytes(last);
            boolean inside = offsets.offset(last) >= view.baseOffset() && offsets.offset(last) < view.endOffset();
            if (!inside || from < 0 || from >= view.limitBytes()) return "its last entry lies outside the segment";
        }
        boolean hasRecords = view.limitBytes() > RecordBatch.HEADER_BYTES;
        if (times.count() == 0) return hasRecords ? "the time index is empty" : "";
        long latest = times.offset(times.count() - 1);
        if (latest < view.baseOffset() || latest >= view.endOffset()) return "its last time lies outside the segment";

        long due = (long) from + intervalBytes + INDEX_SLACK_BYTES;
        var walk = BatchWalk.headers(file, from, view.limitBytes(), view.baseOffset());
        while (due < view.limitBytes() && walk.next()) {
            if (walk.positionBytes() > due) return "it ends at position " + from;
        }
        return "";
    }

    /// Makes both indexes anew from the headers of the batches.
    private void makeIndexes(DiskFile file, String why) throws IOException {
        discard();
        var ending = ".%d%s".formatted(NEXT_NUMBER.getAndIncrement(), TextFile.TEMPORARY);
        var made = Segment.indexesOnly(view, intervalBytes, ending);
        indexed = made;
        try {
            fill(made, file);
        } catch (IOException e) {
            discard();
            throw e;
        }
        LOG.warn("indexes of {} were made anew: {}", view.path(), why);
        offsets = made.offsets();
        hasChecked = true;
    }

    private void fill(Segment made, DiskFile file) throws IOException {
        var walk = BatchWalk.headers(file, 0, view.limitBytes(), view.baseOffset());
        while (walk.next()) made.note(walk.header());
        if (made.sizeBytes() != view.limitBytes()) {
            throw new IOException("damaged segment %s at position %d: %s"
                    .formatted(view.path(), walk.positionBytes(), walk.problem()));
        }
        made.finish();
    }

    /// Whether the indexes are known to be of use.
    boolean hasChecked() {
        return hasChecked;
    }

    /// The indexes that were made, whose files are the caller's from now on; null when none were.
    @Nullable
    Segment takeIndexes() {
        var taken = indexed;
        indexed = null;
        return taken;
    }

    /// Removes indexes that were made and not taken.
    void discard() {
        var made = takeIndexes();
        if (made == null) return;
        try {
            made.deleteIndexes();
        } catch (IOException e) {
            LOG.warn("indexes that nobody wants could not be removed; the next start tries again", e);
        }
    }
}
