package io.millrace.log;

import io.millrace.disk.Checkpoint;
import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import io.millrace.model.OffsetRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The offsets of a log whose records were promised and are damaged or missing on the disk. They are not
/// served, and nobody else gets them; what is left of the bytes lies in files that end with
/// `.quarantined`. A replica that has the records can give them back.
///
/// Kept in `quarantined-offset-checkpoint`, a line per range. Any thread may ask. The loop of the log
/// and the file thread that mends it change it; they meet at this object's lock.
final class Quarantine {

    static final String FILE = "quarantined-offset-checkpoint";

    private final LogPlace place;
    private volatile List<OffsetRange> ranges;

    private Quarantine(LogPlace place, List<OffsetRange> ranges) {
        this.place = place;
        this.ranges = ranges;
    }

    /// What the file says, when it is among `files`.
    static Quarantine read(LogPlace place, List<String> files) throws IOException {
        var ranges = new ArrayList<OffsetRange>();
        if (files.contains(FILE)) {
            var path = place.file(FILE);
            for (var words : Checkpoint.read(place.disk(), path, 2)) {
                ranges.add(new OffsetRange(Checkpoint.number(path, words[0]), Checkpoint.number(path, words[1])));
            }
        }
        return new Quarantine(place, List.copyOf(ranges));
    }

    /// Those behind `start`, as far as they are, in ascending order.
    List<OffsetRange> rangesFrom(long start) {
        return ranges.stream()
                .filter(range -> range.end() > start)
                .map(range -> new OffsetRange(Math.max(start, range.first()), range.end()))
                .toList();
    }

    boolean holds(long offset) {
        for (var range : ranges) {
            if (range.contains(offset)) return true;
        }
        return false;
    }

    /// The end of the range that holds `offset`; `offset` itself when none does.
    long endAround(long offset) {
        for (var range : ranges) {
            if (range.contains(offset)) return range.end();
        }
        return offset;
    }

    /// The first offset after `offset` that is in quarantine; the largest number when none is.
    long nextAfter(long offset) {
        for (var range : ranges) {
            if (range.first() > offset) return range.first();
        }
        return Long.MAX_VALUE;
    }

    /// What of `lost` is new here: it may begin in what was lost before. All of it when all of it
    /// is known.
    OffsetRange unknown(OffsetRange lost) {
        long first = lost.first();
        for (long next = endAround(first); next > first && next < lost.end(); next = endAround(first)) first = next;
        return new OffsetRange(first, lost.end());
    }

    /// Takes a range in; when this returns the disk knows of it.
    void add(OffsetRange range) throws IOException {
        addAll(List.of(range));
    }

    /// The same for several.
    synchronized void addAll(List<OffsetRange> lost) throws IOException {
        var fresh = lost.stream()
                .filter(range -> range.count() > 0 && !ranges.contains(range))
                .toList();
        if (fresh.isEmpty()) return;
        var more = new ArrayList<>(ranges);
        more.addAll(fresh);
        keep(more);
        for (var range : fresh) place.meters().quarantined().add(range.count());
    }

    /// The log ends at `end` now.
    synchronized void cutTo(long end) throws IOException {
        var kept = new ArrayList<OffsetRange>();
        for (var range : ranges) {
            long last = Math.min(end, range.end());
            if (range.first() < last) kept.add(new OffsetRange(range.first(), last));
        }
        if (!kept.equals(ranges)) keep(kept);
    }

    /// The log begins at `start` now. Returns the files with what was kept of ranges that lie before it
    /// whole, under the names they have until they are removed: nobody wants them any more.
    synchronized List<Path> trimTo(long start) throws IOException {
        var past = ranges.stream().filter(range -> range.end() <= start).toList();
        if (past.isEmpty()) return List.of();
        keep(new ArrayList<>(
                ranges.stream().filter(range -> range.end() > start).toList()));
        var files = new ArrayList<Path>();
        for (var range : past) {
            var file = Aside.file(place, range);
            if (!place.disk().exists(file)) continue;
            var gone = file.resolveSibling(file.getFileName() + SegmentFiles.DELETED);
            place.disk().rename(file, gone);
            files.add(gone);
        }
        return files;
    }

    private void keep(List<OffsetRange> kept) throws IOException {
        kept.sort(Comparator.comparingLong(OffsetRange::first));
        var lines =
                kept.stream().map(range -> range.first() + " " + range.end()).toList();
        Checkpoint.write(place.disk(), place.file(FILE), lines);
        ranges = List.copyOf(kept);
    }
}
