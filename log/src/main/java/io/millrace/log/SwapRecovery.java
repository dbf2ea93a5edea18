package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts the folder of a log in order whose compaction was interrupted: what was still being written
/// goes, what was whole takes its place. It may be interrupted itself, and begins anew then.
final class SwapRecovery {

    private static final List<String> INDEXES = List.of(SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX);
    private static final Logger LOG = LoggerFactory.getLogger(SwapRecovery.class);

    private final Disk disk;
    private final Path dir;

    SwapRecovery(LogPlace place) {
        this.disk = place.disk();
        this.dir = place.dir();
    }

    void run() throws IOException {
        for (var name : disk.list(dir)) {
            if (name.endsWith(SegmentFiles.CLEANED)) disk.delete(dir.resolve(name));
        }
        for (var name : disk.list(dir)) {
            var base = SegmentFiles.offset(name, SegmentFiles.LOG + SegmentFiles.SWAP);
            if (base.isPresent()) finish(base.getAsLong());
        }
        // indexes without their log say nothing
        for (var name : disk.list(dir)) {
            if (name.endsWith(SegmentFiles.SWAP)) disk.delete(dir.resolve(name));
        }
    }

    /// The segment is whole, for that is when it got its name; so everything it covers may go.
    private void finish(long base) throws IOException {
        var swap = file(base, SegmentFiles.LOG + SegmentFiles.SWAP);
        long end = end(swap, base);
        if (end < 0 && disk.exists(file(base, SegmentFiles.LOG))) {
            LOG.error("{} is damaged, and what it was to replace is still there: it goes", swap);
            disk.delete(swap);
            return;
        }
        LOG.info("{} takes its place now", swap);
        for (var name : disk.list(dir)) {
            var other = SegmentFiles.offset(name, SegmentFiles.LOG);
            if (other.isPresent() && other.getAsLong() >= base && other.getAsLong() < end) {
                drop(other.getAsLong(), other.getAsLong() > base);
            }
        }
        disk.syncDirectory(dir);
        for (var suffix : INDEXES) {
            disk.delete(file(base, suffix));
            rename(file(base, suffix + SegmentFiles.SWAP), file(base, suffix));
        }
        rename(swap, file(base, SegmentFiles.LOG));
        disk.syncDirectory(dir);
    }

    /// One past the last offset of the segment; -1 when it has something else than whole batches.
    private long end(Path swap, long base) throws IOException {
        try (var file = disk.openToRead(swap)) {
            var walk = BatchWalk.contents(file, 0, disk.sizeBytes(swap), base);
            while (walk.next()) {
                if (!walk.crcMatches()) return -1;
            }
            return walk.problem().isEmpty() ? walk.nextOffset() : -1;
        }
    }

    private void drop(long base, boolean withSnapshot) throws IOException {
        rename(file(base, SegmentFiles.LOG), file(base, SegmentFiles.LOG + SegmentFiles.DELETED));
        for (var suffix : INDEXES) disk.delete(file(base, suffix));
        if (withSnapshot) disk.delete(file(base, SegmentFiles.SNAPSHOT));
    }

    private void rename(Path from, Path to) throws IOException {
        if (disk.exists(from)) disk.rename(from, to);
    }

    private Path file(long base, String suffix) {
        return SegmentFiles.of(dir, base, suffix);
    }
}
