package io.millrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The segments of one log, oldest first.
///
/// What holds after every method:
/// 1. Each segment begins where the one before ends. The last, the active one, is never missing.
/// 2. One file is open at most, the active one; those of others are open while somebody reads them
///    ([LogReader]).
final class Segments {

    private final List<Segment> all;
    private Segment active;

    /// @param all in order, at least one; the last is ready to be appended to
    Segments(List<Segment> all) {
        this.all = all;
        this.active = all.getLast();
    }

    /// Oldest first; for looking only.
    List<Segment> all() {
        return all;
    }

    /// All but the active one; for looking only.
    List<Segment> closed() {
        return all.subList(0, all.size() - 1);
    }

    /// The one that is appended to.
    Segment active() {
        return active;
    }

    Segment oldest() {
        return all.getFirst();
    }

    /// The segment that holds `offset`; the active one when it lies beyond the end.
    Segment of(long offset) {
        if (offset >= active.baseOffset()) return active;
        int low = 0;
        int high = all.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (all.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return all.get(low);
    }

    /// `next` is the active one from now on; the one before is closed already.
    void begin(Segment next) {
        active.closeFile();
        all.add(next);
        active = next;
    }

    /// Takes the oldest segment out; it must not be the active one.
    Segment removeOldest() {
        return all.removeFirst();
    }

    /// Whether these segments follow each other here, just as they were when they were looked at.
    boolean stillHold(List<OldSegment> old) {
        int first = all.indexOf(old.getFirst().segment());
        if (first < 0 || first + old.size() >= all.size()) return false;
        for (int i = 0; i < old.size(); i++) {
            if (!all.get(first + i).old().equals(old.get(i))) return false;
        }
        return true;
    }

    /// Puts `next` in the place of segments that it begins and ends with; none of them is the
    /// active one.
    void replace(List<OldSegment> old, Segment next) {
        int first = all.indexOf(old.getFirst().segment());
        var replaced = all.subList(first, first + old.size());
        replaced.clear();
        all.add(first, next);
    }

    /// Cuts the log to `newEndOffset`; returns the files that are no part of it any more.
    List<Path> cut(Truncation truncation, long newEndOffset) throws IOException {
        var cut = truncation.to(all, newEndOffset);
        active = all.getLast();
        return cut;
    }

    /// The files of the segments that hold records from `offset` on, and of the active one.
    List<Path> filesSince(long offset) {
        var files = new ArrayList<Path>();
        for (var segment : all) {
            if (segment.endOffset() > offset || segment == active) files.addAll(segment.files());
        }
        return files;
    }

    /// The files with records from `offset` on.
    List<Path> recordsSince(long offset) {
        return all.stream()
                .filter(segment -> segment.endOffset() > offset)
                .map(Segment::records)
                .toList();
    }

    /// What a look-up on another thread must know of the segments that hold records from
    /// `startOffset` on.
    ///
    /// @param unwrittenBytes what the active segment counts and its file does not hold yet
    List<SegmentView> views(long startOffset, int unwrittenBytes) {
        return all.stream()
                .filter(segment -> segment.endOffset() > startOffset)
                .map(segment -> view(segment, unwrittenBytes))
                .toList();
    }

    /// The same for one of them.
    SegmentView view(Segment segment, int unwrittenBytes) {
        return segment.view(written(segment, unwrittenBytes));
    }

    /// A search in one of them.
    SegmentSearch search(Segment segment, int unwrittenBytes) {
        return segment.search(written(segment, unwrittenBytes));
    }

    private int written(Segment segment, int unwrittenBytes) {
        return segment.sizeBytes() - (segment == active ? unwrittenBytes : 0);
    }

    long sizeBytes() {
        long bytes = 0;
        for (var segment : all) bytes += segment.sizeBytes();
        return bytes;
    }

    void closeFiles() {
        all.forEach(Segment::closeFile);
    }
}
