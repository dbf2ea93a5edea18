package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskFile;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes through closed segments batch by batch, checksums included, on a file thread. It can rest after
/// any batch and go on later, perhaps on another thread; in between it holds neither a buffer nor an
/// open file.
final class OldBatches {

    /// There is something else than batches where batches were, or a batch with a wrong checksum.
    static final class Damaged extends IOException {
        private static final long serialVersionUID = 1;

        Damaged(String message) {
            super(message);
        }
    }

    private final Disk disk;
    private final List<OldSegment> segments;
    private int at;
    private long positionBytes;
    private long nextOffset;
    private long bytesSeen;
    private @Nullable DiskFile file;
    private @Nullable BatchWalk walk;

    /// @param fromOffset batches that end before are passed over, as far as whole segments have
    ///                   only such
    OldBatches(Disk disk, List<OldSegment> segments, long fromOffset) {
        this.disk = disk;
        this.segments = segments;
        while (at < segments.size() && segments.get(at).endOffset() <= fromOffset) at++;
    }

    /// Goes to the next batch; false at the end of the last segment.
    ///
    /// @throws Damaged when there is no whole batch where one should be
    boolean next() throws IOException {
        while (at < segments.size()) {
            if (!isOpen()) open();
            var here = here();
            positionBytes = here.endPositionBytes();
            if (here.next()) {
                if (!here.crcMatches()) throw damaged("wrong checksum");
                bytesSeen += here.header().sizeBytes();
                return true;
            }
            if (!here.problem().isEmpty()) throw damaged(here.problem());
            rest();
        }
        return false;
    }

    private boolean isOpen() {
        return walk != null;
    }

    private BatchWalk here() {
        if (walk == null) throw new IllegalStateException("resting");
        return walk;
    }

    private void open() throws IOException {
        var segment = segments.get(at);
        var opened = disk.openToRead(segment.path());
        file = opened;
        walk = BatchWalk.contents(
                opened, positionBytes, segment.sizeBytes(), Math.max(nextOffset, segment.baseOffset()));
    }

    private Damaged damaged(String what) {
        return new Damaged("%s at position %d: %s".formatted(segments.get(at).path(), here().positionBytes(), what));
    }

    /// The batch it stands on; valid until the next call of anything.
    RecordBatch batch() throws IOException {
        return here().whole();
    }

    /// Whether the batch is the last of its segment.
    boolean endsSegment() {
        return here().endPositionBytes() >= segments.get(at).sizeBytes();
    }

    /// The place among the segments of the one it is in.
    int segmentIndex() {
        return at;
    }

    /// Where in the segment's file the batch ends.
    long endPositionBytes() {
        return here().endPositionBytes();
    }

    /// How much was looked at so far.
    long bytesSeen() {
        return bytesSeen;
    }

    /// Goes back before the batch it stands on, and rests.
    void back() throws IOException {
        bytesSeen -= here().header().sizeBytes();
        int segment = at;
        long before = positionBytes;
        rest();
        at = segment;
        positionBytes = before;
        nextOffset = 0;
    }

    /// Lets go of everything until the next call of [#next]. A file that was gone through is not opened
    /// again: it may be replaced by then.
    void rest() throws IOException {
        if (walk != null) {
            boolean isThrough = endsSegment();
            positionBytes = isThrough ? 0 : walk.endPositionBytes();
            nextOffset = isThrough ? 0 : walk.nextOffset();
            if (isThrough) at++;
        }
        walk = null;
        if (file != null) file.close();
        file = null;
    }
}
