package io.millrace.log;

import io.millrace.disk.DiskFile;
import io.millrace.disk.PinnedFile;
import io.millrace.folder.FolderPlace;
import io.millrace.folder.RightOfWay;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A look for the batch that holds an offset, in a log as it was when the question was asked; it brings
/// that batch and those that follow into memory, so that neither the index nor the records are waited
/// for on the log's loop.
///
/// Made on the loop; [#run] blocks, so it is for a file thread ([LogFolder#offFile]), once; then
/// [LogReader#learn] or [#release], once.
public final class ColdLookup {

    /// How long bytes that were touched are thought to stay in memory.
    static final long WARM_NS = TimeUnit.SECONDS.toNanos(5);

    private static final int MOST_PIECE_BYTES = 1 << 20;

    /// A piece of the smallest size that took so long came from the disk: from memory it takes a tenth
    /// of that.
    private static final long FROM_DISK_NS = TimeUnit.MICROSECONDS.toNanos(100);

    /// How much more is touched than is wanted: the last batch goes beyond that, and so does whoever
    /// reads where it ends.
    private static final int LAST_BATCH_BYTES = 64 << 10;

    private static final int MOST_MARKS = 128;

    /// What is wanted.
    ///
    /// @param offset       where to begin
    /// @param endOffset    batches that go beyond are not looked at
    /// @param lengthBytes  how much is to be brought into memory, but at least a batch
    /// @param spacingBytes how far the marked batches lie apart: a batch less, but never less than one
    record Wanted(long offset, long endOffset, int lengthBytes, int spacingBytes) {}

    /// Chooses, among the batches that are passed, those that are marked: the first, and from each on
    /// the last one that begins within the spacing, or where there is none, the next.
    private static final class Marks {
        private final int spacingBytes;
        private final List<Stretch.Mark> all = new ArrayList<>();
        private Stretch.@Nullable Mark before;

        Marks(int spacingBytes) {
            this.spacingBytes = spacingBytes;
        }

        void passing(Stretch.Mark here) {
            if (all.isEmpty()) {
                all.add(here);
            } else if (here.batch().positionBytes() > dueBytes()) {
                all.add(before == null || before.equals(all.getLast()) ? here : before);
            }
            before = here;
        }

        /// Up to where the next one may begin.
        long dueBytes() {
            return (long) all.getLast().batch().positionBytes() + spacingBytes;
        }

        boolean areNone() {
            return all.isEmpty();
        }

        boolean areMany() {
            return all.size() >= MOST_MARKS;
        }

        List<Stretch.Mark> all() {
            return all;
        }
    }

    private final Segment segment;
    private final SegmentSearch search;
    private final Wanted wanted;
    private final int generation;
    private final int positionBytes;
    private final FolderPlace folder;
    private @Nullable PinnedFile file;
    private boolean isFromDisk;
    private @Nullable Stretch found;
    private @Nullable IOException failure;

    /// @param file          the segment's file, pinned for this look-up; null when it is not open
    /// @param positionBytes where the batch begins; -1 when nobody knows
    /// @param generation    of the log's records: see [LogReader]
    ColdLookup(
            Segment segment,
            Wanted wanted,
            SegmentSearch search,
            @Nullable PinnedFile file,
            int positionBytes,
            int generation,
            FolderPlace folder) {
        this.segment = segment;
        this.search = search;
        this.wanted = wanted;
        this.file = file;
        this.positionBytes = positionBytes;
        this.generation = generation;
        this.folder = folder;
    }

    /// How much it may bring, as far as is known before.
    public int expectedBytes() {
        return wanted.lengthBytes();
    }

    /// Whether a file would have to be opened that has to wait until others are closed: the same
    /// question is to be asked again, a little later. Any thread.
    public boolean mustWait() {
        return file == null && folder.files().areScarce();
    }

    /// Looks. What it finds, also that it cannot be read, is for the log.
    public void run() {
        try {
            if (mustWait()) return;
            var open = file;
            if (open == null) open = new PinnedFile(search.view().open());
            file = open;
            found = look(open);
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new IOException("a look-up in %s failed unexpectedly".formatted(segment), e);
        }
    }

    private Stretch look(PinnedFile open) throws IOException {
        int limit = search.view().limitBytes();
        int from = positionBytes >= 0
                ? positionBytes
                : search.find(open.file(), wanted.offset()).positionBytes();
        int touched = Math.min(limit - from, wanted.lengthBytes() + LAST_BATCH_BYTES);
        long nowNs = touch(open, from, touched);
        var marks = new Marks(wanted.spacingBytes());
        var walk = BatchWalk.headers(open.file(), from, limit, segment.baseOffset());
        long end = wanted.offset();
        long endPosition = from;
        while (!marks.areMany() && endPosition - from < wanted.lengthBytes() && walk.next()) {
            var batch = walk.header();
            // no checksum covers a base offset
            boolean isElsewhere = batch.endOffset() > search.view().endOffset();
            if (isElsewhere || batch.endOffset() <= wanted.offset()) throw astray(walk);
            marks.passing(new Stretch.Mark(Math.min(end, batch.baseOffset()), place(walk)));
            if (batch.endOffset() > wanted.endOffset()) break;
            long due = Math.min(marks.dueBytes(), (long) from + wanted.lengthBytes());
            var ahead = search.ahead(walk, (int) Math.min(due, limit), wanted.endOffset());
            if (ahead != null) {
                walk = ahead;
                marks.passing(new Stretch.Mark(ahead.header().baseOffset(), place(ahead)));
            }
            end = walk.header().endOffset();
            endPosition = walk.endPositionBytes();
        }
        if (marks.areNone()) throw astray(walk);
        if (endPosition - from > touched) touch(open, from + touched, (int) (endPosition - from) - touched);
        return new Stretch(
                segment,
                open,
                marks.all(),
                new Stretch.End(end, (int) endPosition, wanted.endOffset()),
                nowNs + WARM_NS,
                !isFromDisk);
    }

    private static BatchPlace place(BatchWalk walk) {
        var batch = walk.header();
        return new BatchPlace(batch.baseOffset(), batch.endOffset(), (int) walk.positionBytes(), batch.sizeBytes());
    }

    private IOException astray(BatchWalk walk) {
        return new IOException("%s is damaged at position %d: no batch with offset %d before offset %d: %s"
                .formatted(segment, walk.positionBytes(), wanted.offset(), wanted.endOffset(), walk.problem()));
    }

    /// Brings the bytes into memory; returns what time it is then. Of the active segment it is believed
    /// that what lies behind a place found in memory lately is there, too, since it was written later.
    /// Of a closed one another reader may have brought in just the beginning.
    private long touch(PinnedFile open, int fromBytes, int lengthBytes) throws IOException {
        long startNs = folder.clock().monotonicNs();
        if (!search.view().isClosed() && open.warmth().covers(fromBytes, startNs)) return startNs;
        long nowNs = touchInPieces(open.file(), fromBytes, lengthBytes, startNs);
        open.warmth().touched(fromBytes, lengthBytes, nowNs - startNs, nowNs);
        return nowNs;
    }

    /// What comes from the disk comes in small pieces, each of which gives way to commits; while what is
    /// asked for is in memory already the pieces grow.
    private long touchInPieces(DiskFile open, int fromBytes, int lengthBytes, long startNs) throws IOException {
        long nowNs = startNs;
        int done = 0;
        int piece = RightOfWay.PIECE_BYTES;
        while (done < lengthBytes) {
            piece = Math.min(piece, lengthBytes - done);
            if (open.touch(fromBytes + done, piece) < piece) {
                throw new EOFException("%s ends before position %d".formatted(segment, fromBytes + lengthBytes));
            }
            done += piece;
            long tookNs = folder.clock().monotonicNs() - nowNs;
            boolean isSlow = tookNs >= FROM_DISK_NS * Math.max(1, piece / RightOfWay.PIECE_BYTES);
            isFromDisk |= isSlow;
            piece = isSlow ? RightOfWay.PIECE_BYTES : Math.min(2 * piece, MOST_PIECE_BYTES);
            if (isSlow && done < lengthBytes) folder.rightOfWay().giveWay();
            nowNs = folder.clock().monotonicNs();
        }
        return nowNs;
    }

    Segment segment() {
        return segment;
    }

    SegmentSearch search() {
        return search;
    }

    /// Where it begins to look.
    public long offset() {
        return wanted.offset();
    }

    int generation() {
        return generation;
    }

    /// Why nothing was found; null when something was.
    @Nullable
    IOException failure() {
        return failure;
    }

    /// What was found, with its pin, which is not this object's any more; null when nothing was.
    @Nullable
    Stretch takeFound() {
        var taken = found;
        found = null;
        if (taken != null) file = null;
        return taken;
    }

    /// Nobody wants to know. Any thread, but not while it runs.
    public void release() {
        if (file != null) file.unpin();
        file = null;
        found = null;
        search.discard();
    }
}
