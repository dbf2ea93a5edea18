package io.millrace.log;

import io.millrace.disk.HeldFiles;
import io.millrace.disk.PinnedFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A run of batches of one segment that a file thread has looked at and brought into memory: whoever
/// reads on from there need not look again, for some seconds. Pins the file, and is
/// of no use when it was let go of.
///
/// Of the batches some are marked, as a reader who takes as much as fits comes by: slices end where a
/// mark is, so that the next read begins at one.
final class Stretch implements HeldFiles.Holder {

    /// A batch whose place is known.
    ///
    /// @param fromOffset the first offset for which this batch is the answer: where the batch
    ///                   before ends
    record Mark(long fromOffset, BatchPlace batch) {}

    /// Where it ends.
    ///
    /// @param offset        one past the last offset
    /// @param positionBytes where the next batch begins
    /// @param soughtOffset  no batch that goes beyond this was taken in
    record End(long offset, int positionBytes, long soughtOffset) {}

    private final Segment segment;
    private final PinnedFile file;
    private final List<Mark> marks;
    private final End end;
    private final long untilNs;
    private final boolean wasInMemory;
    private boolean isReleased;

    /// @param file        pinned for it
    /// @param marks       the first batch, and some of those behind it, in order
    /// @param untilNs     until when the bytes may be thought to be in memory
    /// @param wasInMemory whether they were before they were looked for
    Stretch(Segment segment, PinnedFile file, List<Mark> marks, End end, long untilNs, boolean wasInMemory) {
        this.segment = segment;
        this.file = file;
        this.marks = List.copyOf(marks);
        this.end = end;
        this.untilNs = untilNs;
        this.wasInMemory = wasInMemory;
    }

    /// The marked batch that is the answer to `offset`; null when that is another one.
    @Nullable
    BatchPlace at(long offset) {
        int low = 0;
        int high = marks.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (marks.get(middle).fromOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        var mark = marks.get(low);
        return mark.fromOffset() <= offset && offset < mark.batch().endOffset() ? mark.batch() : null;
    }

    /// Whether it knows what there is from `offset` on for somebody who may read up to `endOffset`.
    boolean answers(long offset, long endOffset) {
        var first = at(offset);
        if (first == null) return false;
        boolean hasBytes = first.positionBytes() < end.positionBytes();
        return hasBytes ? end.offset() <= endOffset : end.soughtOffset() == endOffset;
    }

    /// How much is given from `first` on to somebody who wants `maxBytes`: up to the last mark, or the
    /// end, that does not lie beyond; where there is none, as much as was asked for, and `first` whole.
    int lengthFrom(BatchPlace first, int maxBytes) {
        int from = first.positionBytes();
        if (end.positionBytes() - from <= maxBytes) return end.positionBytes() - from;
        for (int i = marks.size() - 1; i >= 0; i--) {
            int length = marks.get(i).batch().positionBytes() - from;
            if (length <= 0) break;
            if (length <= maxBytes) return length;
        }
        return Math.min(end.positionBytes() - from, Math.max(first.sizeBytes(), maxBytes));
    }

    boolean isOf(Segment other) {
        return segment == other;
    }

    /// Whether it begins and ends where the other one does.
    boolean isSameAs(Stretch other) {
        return segment == other.segment
                && end.equals(other.end)
                && marks.getFirst().equals(other.marks.getFirst());
    }

    boolean isWarmAt(long nowNs) {
        return nowNs - untilNs < 0;
    }

    /// Whether its bytes were in memory before they were looked for.
    boolean wasInMemory() {
        return wasInMemory;
    }

    Segment segment() {
        return segment;
    }

    PinnedFile file() {
        return file;
    }

    /// One past the last offset in it.
    long endOffset() {
        return end.offset();
    }

    /// Where the batch behind it begins.
    int endPositionBytes() {
        return end.positionBytes();
    }

    @Override
    public String toString() {
        return "Stretch[%s, %s to %s]".formatted(segment, marks.getFirst(), end);
    }

    /// Whether it is of no use any more.
    boolean isReleased() {
        return isReleased;
    }

    @Override
    public void letGoOfFile() {
        if (!isReleased) file.unpin();
        isReleased = true;
    }
}
