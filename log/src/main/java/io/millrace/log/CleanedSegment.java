package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.folder.LogPlace;
import io.millrace.folder.RightOfWay;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// What takes the place of some old segments, while it is being written: a log file and its indexes,
/// under names that recovery removes.
final class CleanedSegment {

    private static final int BUFFER_BYTES = 256 << 10;

    private final Disk disk;
    private final RightOfWay rightOfWay;
    private final List<OldSegment> replaced;
    private final Segment segment;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long unsyncedBytes;
    private boolean isChanged;

    CleanedSegment(LogPlace place, List<OldSegment> replaced, int intervalBytes) throws IOException {
        this.disk = place.disk();
        this.rightOfWay = place.folder().rightOfWay();
        this.replaced = replaced;
        this.segment = Segment.cleaned(disk, place.dir(), replaced.getFirst().baseOffset(), intervalBytes);
        this.isChanged = replaced.size() > 1;
    }

    /// Takes over a batch; its bytes may be used for something else afterwards.
    ///
    /// @param isChanged whether it is not what was there before
    void append(RecordBatch batch, boolean isChanged) throws IOException {
        var bytes = batch.bytes();
        if ((long) segment.sizeBytes() + bytes.remaining() > Integer.MAX_VALUE) {
            throw new IOException("%s would get too large".formatted(segment));
        }
        segment.note(batch);
        unsyncedBytes += bytes.remaining();
        this.isChanged |= isChanged;
        if (bytes.remaining() > buffer.remaining()) write();
        if (bytes.remaining() > buffer.remaining()) {
            write(bytes);
        } else {
            buffer.put(bytes);
        }
    }

    /// A batch of the old segments does not stay.
    void leaveOut() {
        isChanged = true;
    }

    private void write() throws IOException {
        if (buffer.position() == 0) return;
        write(buffer.flip());
        buffer.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        segment.file().file().append(new ByteBuffer[] {bytes}, 1);
    }

    /// Brings what there is to the disk when that is `bytes` or more, so that no large sync is left for
    /// the end.
    void syncEvery(long bytes) throws IOException {
        if (unsyncedBytes < bytes) return;
        write();
        rightOfWay.giveWay();
        segment.file().file().sync();
        unsyncedBytes = 0;
    }

    /// Closes the segment and has all of it on the disk. It is as old as what it replaces.
    void finish() throws IOException {
        write();
        segment.finish();
        segment.closeFile();
        segment.sync();
        var last = replaced.getLast();
        disk.modifiedMs(segment.old().path(), disk.modifiedMs(last.path()));
        segment.wasAppended(replaced.getFirst().firstAppendNs(), last.lastAppendNs());
    }

    /// Removes the files.
    void discard() throws IOException {
        segment.closeFile();
        segment.deleteFiles();
    }

    /// Whether it says something else than what it replaces.
    boolean isChanged() {
        return isChanged;
    }

    List<OldSegment> replaced() {
        return replaced;
    }

    Segment segment() {
        return segment;
    }
}
