package io.millrace.log;

import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import io.millrace.model.OffsetRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Takes out of a segment, before its log is opened, what is damaged below the durable end, so that the
/// rest can be used: the bytes are kept in a file of their own ([Aside]), the offsets go into
/// [Quarantine], and the segment is written anew without them. May be interrupted at any step, and begun
/// again. [LiveMending] does it in a log that is open.
final class Mending {

    private static final String MENDED = ".mended.tmp";

    private final LogPlace place;
    private final Quarantine quarantine;
    private final Path path;
    private final long baseOffset;
    private final long nextBase;
    private final long durableEnd;

    /// @param baseOffset of the segment
    /// @param nextBase   where the next segment begins; the largest number when there is none
    /// @param durableEnd what lies before was promised
    Mending(LogPlace place, Quarantine quarantine, long baseOffset, long nextBase, long durableEnd) {
        this.place = place;
        this.quarantine = quarantine;
        this.path = SegmentFiles.of(place.dir(), baseOffset, SegmentFiles.LOG);
        this.baseOffset = baseOffset;
        this.nextBase = nextBase;
        this.durableEnd = durableEnd;
    }

    /// Reads the whole segment, and sets aside what is damaged. Blocks.
    ///
    /// @return whether anything was
    boolean run() throws IOException {
        Survey.Source source = () -> place.disk().openToRead(path);
        var offsets = new OffsetRange(baseOffset, nextBase);
        var runs = new Survey(source, 0, place.disk().sizeBytes(path), offsets, durableEnd).all();
        if (runs.stream().allMatch(Survey.Run::isGood)) return false;
        for (var run : runs) {
            if (!run.isGood()) quarantine.add(Aside.keep(place, quarantine, path, run));
        }
        writeWithout(source, runs);
        for (var suffix : List.of(SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX)) {
            place.disk().delete(SegmentFiles.of(place.dir(), baseOffset, suffix));
        }
        place.disk().rename(place.file(path.getFileName() + MENDED), path);
        place.disk().syncDirectory(place.dir());
        return true;
    }

    private void writeWithout(Survey.Source source, List<Survey.Run> runs) throws IOException {
        try (var file = source.open();
                var mended = place.disk().openToAppend(place.file(path.getFileName() + MENDED))) {
            mended.truncate(0);
            for (var run : runs) {
                if (run.isGood()) Aside.copy(file, run, mended);
            }
            mended.sync();
        }
    }
}
