package io.millrace.log;

import io.millrace.disk.DiskFile;
import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import io.millrace.model.OffsetRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes out of a segment what is damaged below the durable end, so that the rest can be used: the bytes
/// are kept in a file of their own, the offsets go into [Quarantine], and the segment is written anew
/// without them. May be interrupted at any step, and begun again.
final class Mending {

    static final String ASIDE = ".quarantined";
    static final String MENDED = ".mended.tmp";

    private static final Logger LOG = LoggerFactory.getLogger(Mending.class);

    /// A run of bytes that is kept or set aside.
    ///
    /// @param offsets what goes into quarantine with it
    private record Run(long fromBytes, long toBytes, boolean isGood, OffsetRange offsets) {}

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
        try (var file = place.disk().openToRead(path)) {
            var runs = look(file, file.sizeBytes());
            if (runs.stream().allMatch(Run::isGood)) return false;
            for (var run : runs) {
                if (!run.isGood()) setAside(file, run);
            }
            writeWithout(file, runs);
        }
        for (var suffix : List.of(SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX)) {
            place.disk().delete(SegmentFiles.of(place.dir(), baseOffset, suffix));
        }
        place.disk().rename(place.file(path.getFileName() + MENDED), path);
        place.disk().syncDirectory(place.dir());
        return true;
    }

    private List<Run> look(DiskFile file, long size) throws IOException {
        var runs = new ArrayList<Run>();
        long position = 0;
        long offset = baseOffset;
        while (position < size) {
            var walk = BatchWalk.contents(file, position, size, offset);
            boolean isGood = walk.next();
            while (isGood && walk.crcMatches()) {
                offset = walk.header().endOffset();
                isGood = walk.next();
            }
            boolean isOver = !isGood && walk.problem().isEmpty();
            long bad = isOver ? size : walk.positionBytes();
            if (bad > position) runs.add(new Run(position, bad, true, new OffsetRange(offset, offset)));
            if (bad >= size) break;

            long next = BatchSearch.next(file, bad + 1, size, offset, nextBase);
            if (next < 0) {
                boolean isTorn = offset >= durableEnd;
                runs.add(new Run(bad, size, isTorn, new OffsetRange(offset, Math.max(offset, promisedEnd()))));
                break;
            }
            long resumes = baseOffsetAt(file, next);
            runs.add(new Run(bad, next, false, new OffsetRange(offset, resumes)));
            position = next;
            offset = resumes;
        }
        return runs;
    }

    private long promisedEnd() {
        return Math.min(nextBase, durableEnd);
    }

    private static long baseOffsetAt(DiskFile file, long position) throws IOException {
        var bytes = ByteBuffer.allocate(Long.BYTES);
        file.readFully(bytes, position);
        return bytes.getLong(0);
    }

    private void setAside(DiskFile file, Run run) throws IOException {
        LOG.error(
                "{}: {} bytes from position {} are damaged, with the records of offsets {} to {}: they are in quarantine"
                        + " and not served",
                path,
                run.toBytes() - run.fromBytes(),
                run.fromBytes(),
                run.offsets().first(),
                run.offsets().end());
        var aside = SegmentFiles.of(place.dir(), run.offsets().first(), ASIDE);
        try (var copy = place.disk().openToAppend(aside)) {
            copy.truncate(0);
            copy(file, run, copy);
            copy.sync();
        }
        quarantine.add(run.offsets());
    }

    private void writeWithout(DiskFile file, List<Run> runs) throws IOException {
        try (var mended = place.disk().openToAppend(place.file(path.getFileName() + MENDED))) {
            mended.truncate(0);
            for (var run : runs) {
                if (run.isGood()) copy(file, run, mended);
            }
            mended.sync();
        }
    }

    private static void copy(DiskFile from, Run run, DiskFile to) throws IOException {
        var chunk = ByteBuffer.allocate(DiskFile.TOUCH_BYTES);
        for (long at = run.fromBytes(); at < run.toBytes(); at += chunk.limit()) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), run.toBytes() - at));
            from.readFully(chunk, at);
            to.append(new ByteBuffer[] {chunk.flip()}, 1);
        }
    }
}
