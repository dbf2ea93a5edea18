package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskFile;
import io.millrace.folder.SegmentFiles;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A segment as it was when somebody asked, for a look-up on another thread. The file is opened
/// anew there.
///
/// @param path       the segment's file; it may be gone when it is opened, with the segment
/// @param baseOffset its first offset
/// @param endOffset  one past its last offset
/// @param limitBytes how much of the file was written
/// @param isClosed   whether the time index has its last entry
/// @param offsets    a copy of its offset index that nobody else uses
/// @param times      likewise
record SegmentView(
        Disk disk,
        Path path,
        long baseOffset,
        long endOffset,
        int limitBytes,
        boolean isClosed,
        OffsetIndex offsets,
        TimeIndex times) {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentView.class);

    /// The file as it was. A segment that was dropped or replaced meanwhile has it under another name
    /// for a while.
    ///
    /// @throws NoSuchFileException when it is gone
    DiskFile open() throws IOException {
        if (!isClosed) return disk.openToRead(path);
        for (var candidate : candidates()) {
            var file = openIfThere(candidate);
            if (file != null) return file;
        }
        throw new NoSuchFileException(path.toString());
    }

    /// Null when that is no name of the file, or not any more.
    private @Nullable DiskFile openIfThere(Path candidate) throws IOException {
        if (!disk.exists(candidate)) return null;
        try {
            var file = disk.openToRead(candidate);
            if (file.sizeBytes() == limitBytes) return file;
            file.close();
        } catch (NoSuchFileException e) {
            LOG.debug("{} got another name just now", candidate, e);
        }
        return null;
    }

    /// The names it has, in the order in which it gets them: one that it just lost is followed by the one
    /// that it just got.
    private List<Path> candidates() {
        var name = String.valueOf(path.getFileName());
        var settled = name.endsWith(SegmentFiles.SWAP)
                ? path.resolveSibling(name.substring(0, name.length() - SegmentFiles.SWAP.length()))
                : path;
        return List.of(path, settled, settled.resolveSibling(settled.getFileName() + SegmentFiles.DELETED));
    }

    /// A walk that begins at or before the batch that holds `offset`; from the start when the index is
    /// no help.
    BatchWalk walkTowards(DiskFile file, long offset) throws IOException {
        int from = 0;
        if (disk.exists(offsets.path())) {
            int entry = offsets.floorEntry(offset);
            if (entry >= 0) from = offsets.positionBytes(entry);
            boolean fits = from > 0 && from < limitBytes;
            if (!fits || !begins(file, from, offsets.offset(entry))) from = 0;
        }
        return BatchWalk.headers(file, from, limitBytes, baseOffset);
    }

    /// Whether a batch that ends with `lastOffset` begins at `position`: not when the index is that of
    /// another file.
    private boolean begins(DiskFile file, int position, long lastOffset) throws IOException {
        var walk = BatchWalk.headers(file, position, limitBytes, baseOffset);
        return walk.next() && walk.header().lastOffset() == lastOffset;
    }

    /// The batch a walk stands on, whole.
    static RecordBatch whole(DiskFile file, BatchWalk walk) throws IOException {
        var bytes = ByteBuffer.allocate(walk.header().sizeBytes());
        file.readFully(bytes, walk.positionBytes());
        var batch = new RecordBatch(bytes.flip(), 0);
        if (bytes.limit() < batch.sizeBytes() || batch.computeCrc() != batch.crc()) {
            throw new IOException("damaged batch at offset " + walk.header().baseOffset());
        }
        return batch;
    }

    /// Whether the last entry of the time index can be believed to name the segment's largest timestamp.
    boolean knowsNewest() throws IOException {
        if (!isClosed || times.count() == 0 || !disk.exists(times.path())) return false;
        long offset = times.offset(times.count() - 1);
        return baseOffset <= offset && offset < endOffset;
    }
}
