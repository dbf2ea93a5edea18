package io.millrace.log;

import io.millrace.disk.DiskFile;
import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import io.millrace.model.OffsetRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the bytes of damaged runs, in files whose names say the first offset that is lost with them.
final class Aside {

    /// Ends the name of such a file.
    static final String SUFFIX = ".quarantined";

    private static final Logger LOG = LoggerFactory.getLogger(Aside.class);

    private Aside() {}

    /// Copies a damaged run of `segment` into a file of its own, and waits until that is on the disk;
    /// its name is when the directory is synced.
    ///
    /// @return what is lost, for [Quarantine#add]
    static OffsetRange keep(LogPlace place, Quarantine quarantine, Path segment, Survey.Run run) throws IOException {
        var lost = quarantine.unknown(run.offsets());
        LOG.error(
                "{}: {} bytes from position {} are damaged, with the records of offsets {} to {}: they go into"
                        + " quarantine and are not served",
                segment,
                run.sizeBytes(),
                run.fromBytes(),
                lost.first(),
                lost.end() - 1);
        try (var from = run.source().open();
                var copy = place.disk().openToAppend(file(place, lost))) {
            copy.truncate(0);
            copy(from, run, copy);
            copy.sync();
        }
        return lost;
    }

    /// Where the bytes of the run are that was lost with these offsets; there may be none.
    static Path file(LogPlace place, OffsetRange lost) {
        return SegmentFiles.of(place.dir(), lost.first(), SUFFIX);
    }

    /// Appends the bytes of a run to another file.
    static void copy(DiskFile from, Survey.Run run, DiskFile to) throws IOException {
        var chunk = ByteBuffer.allocate(DiskFile.TOUCH_BYTES);
        for (long at = run.fromBytes(); at < run.toBytes(); at += chunk.limit()) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), run.toBytes() - at));
            from.readFully(chunk, at);
            if (chunk.position() == 0) break;
            to.append(new ByteBuffer[] {chunk.flip()}, 1);
        }
    }
}
