package io.millrace.log;

import io.millrace.disk.PinnedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The segments of one log, oldest first.
///
/// What holds after every method:
/// 1. Each segment begins where the one before ends. The last, the active one, is never missing.
/// 2. Two files are open at most: the active one, and that of the closed segment that was read last.
final class Segments {

    private final List<Segment> all;
    private Segment active;
    private @Nullable Segment lastRead;

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

    /// The open file of `segment`.
    PinnedFile file(Segment segment) throws IOException {
        if (segment != active && segment != lastRead) keepOpen(segment);
        return segment.file();
    }

    private void keepOpen(Segment segment) {
        if (lastRead != null) lastRead.closeFile();
        lastRead = segment;
    }

    /// `next` is the active one from now on; the one before is closed already.
    void begin(Segment next) {
        keepOpen(active);
        all.add(next);
        active = next;
    }

    /// Takes the oldest segment out; it must not be the active one.
    Segment removeOldest() {
        var oldest = all.removeFirst();
        if (oldest == lastRead) lastRead = null;
        return oldest;
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
        if (lastRead != null && replaced.contains(lastRead)) lastRead = null;
        replaced.clear();
        all.add(first, next);
    }

    /// Cuts the log to `newEndOffset`; returns the files that are no part of it any more.
    List<Path> cut(Truncation truncation, long newEndOffset) throws IOException {
        var cut = truncation.to(all, newEndOffset);
        active = all.getLast();
        lastRead = null;
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

    /// Lets go of open files; they are opened again when they are needed.
    void closeFilesForNow() {
        active.closeFile();
        if (lastRead != null) lastRead.closeFile();
        lastRead = null;
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
        return segment.view(segment.sizeBytes() - (segment == active ? unwrittenBytes : 0));
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
