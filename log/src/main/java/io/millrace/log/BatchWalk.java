package io.millrace.log;

import io.millrace.disk.DiskFile;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Goes through a run of a segment file, batch by batch, and believes nothing: a batch must have its
/// format's number, a possible length, and offsets that follow those before it. Memory is one buffer,
/// whatever the bytes say.
///
/// One walk at a time per thread, since walks share the thread's buffer.
final class BatchWalk {

    private static final int ATTRIBUTES_AT = 21;

    /// How much is read for one header.
    private static final int ONE_HEADER_BYTES = 512;

    /// Batches that are smaller are read several at a time, though only their headers are wanted.
    private static final int SMALL_BATCH_BYTES = 2 << 10;

    private static final ThreadLocal<ByteBuffer> FOR_HEADERS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(8 << 10));
    private static final ThreadLocal<ByteBuffer> FOR_CONTENTS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(256 << 10));

    private final DiskFile file;
    private final long limitBytes;
    private final ByteBuffer window;
    private final boolean wantsContents;

    /// Whether batches are thought to be small, before the first one was seen.
    private final boolean areSmallHere;

    private final ByteBuffer headerBytes = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
    private final RecordBatch header = new RecordBatch(headerBytes, 0);
    private long windowAt;
    private long positionBytes;
    private long nextPositionBytes;
    private long nextOffset;
    private String problem = "";

    private BatchWalk(
            DiskFile file,
            long fromBytes,
            long limitBytes,
            long leastOffset,
            ByteBuffer window,
            boolean wantsContents,
            boolean areSmallHere) {
        this.file = file;
        this.limitBytes = limitBytes;
        this.wantsContents = wantsContents;
        this.areSmallHere = areSmallHere;
        this.window = window.clear().limit(0);
        this.windowAt = fromBytes;
        this.positionBytes = fromBytes;
        this.nextPositionBytes = fromBytes;
        this.nextOffset = leastOffset;
    }

    /// A walk from `fromBytes` to `limitBytes` that looks at headers; offsets begin at `leastOffset`
    /// or later.
    static BatchWalk headers(DiskFile file, long fromBytes, long limitBytes, long leastOffset) {
        return new BatchWalk(file, fromBytes, limitBytes, leastOffset, FOR_HEADERS.get(), false, false);
    }

    /// The same for a walk that also calls [#crcMatches].
    static BatchWalk contents(DiskFile file, long fromBytes, long limitBytes, long leastOffset) {
        return new BatchWalk(file, fromBytes, limitBytes, leastOffset, FOR_CONTENTS.get(), true, false);
    }

    /// A walk like this one that begins further on.
    BatchWalk from(long fromBytes, long leastOffset) {
        return new BatchWalk(file, fromBytes, limitBytes, leastOffset, window, wantsContents, areSmall());
    }

    /// Goes to the next batch. False at the limit, and before bytes that are no whole batch ([#problem]
    /// says why).
    boolean next() throws IOException {
        if (!problem.isEmpty() || nextPositionBytes >= limitBytes) return false;
        positionBytes = nextPositionBytes;
        problem = look();
        if (!problem.isEmpty()) return false;
        nextPositionBytes = positionBytes + header.sizeBytes();
        nextOffset = header.endOffset();
        return true;
    }

    /// Another walk of this thread was made meanwhile, and has the buffer: what was read ahead is
    /// read again.
    void resume() {
        windowAt = limitBytes;
    }

    /// The header of the batch the walk stands on; valid until the next step.
    RecordBatch header() {
        return header;
    }

    /// Where the batch, or what is none, begins.
    long positionBytes() {
        return positionBytes;
    }

    /// One past the batches so far.
    long endPositionBytes() {
        return problem.isEmpty() ? nextPositionBytes : positionBytes;
    }

    /// One past the last offset so far.
    long nextOffset() {
        return nextOffset;
    }

    /// Why the walk ended before its limit; empty when it did not.
    String problem() {
        return problem;
    }

    private String look() throws IOException {
        long left = limitBytes - positionBytes;
        if (left < RecordBatch.HEADER_BYTES) return left + " bytes are too few for a batch";
        if (!inWindow(RecordBatch.HEADER_BYTES)) fill(positionBytes);
        if (!inWindow(RecordBatch.HEADER_BYTES)) return "the file ends inside a batch header";
        headerBytes.clear().put(window.slice((int) (positionBytes - windowAt), RecordBatch.HEADER_BYTES));

        int length = header.sizeBytes() - RecordBatch.PREFIX_BYTES;
        if (header.magic() != RecordBatch.MAGIC) return "magic is " + header.magic();
        if (length < RecordBatch.HEADER_BYTES - RecordBatch.PREFIX_BYTES || length > left - RecordBatch.PREFIX_BYTES) {
            return "batch length is %d, with %d bytes left".formatted(length, left - RecordBatch.PREFIX_BYTES);
        }
        if (header.baseOffset() < nextOffset || header.lastOffsetDelta() < 0 || header.endOffset() < 0) {
            return "offsets %d..%d after %d".formatted(header.baseOffset(), header.lastOffset(), nextOffset);
        }
        return "";
    }

    /// Whether the batch the walk stands on has the checksum it names. Reads all of it.
    boolean crcMatches() throws IOException {
        int size = header.sizeBytes();
        if (inWindow(size))
            return new RecordBatch(window, (int) (positionBytes - windowAt)).computeCrc() == header.crc();

        var crc = new CRC32C();
        long at = positionBytes + ATTRIBUTES_AT;
        long end = positionBytes + size;
        while (at < end) {
            fill(at);
            if (!window.hasRemaining()) return false;
            crc.update(window.slice(0, (int) Math.min(window.limit(), end - at)));
            at += window.limit();
        }
        return (int) crc.getValue() == header.crc();
    }

    /// The batch the walk stands on, with its records: a view that is valid until the next step, or
    /// where the batch is larger than the walk's buffer, a copy.
    RecordBatch whole() throws IOException {
        int size = header.sizeBytes();
        if (!inWindow(size)) fill(positionBytes);
        if (inWindow(size)) return new RecordBatch(window, (int) (positionBytes - windowAt));
        var copy = ByteBuffer.allocate(size);
        file.readFully(copy, positionBytes);
        return new RecordBatch(copy.flip(), 0);
    }

    private boolean inWindow(int bytes) {
        return positionBytes >= windowAt && positionBytes + bytes <= windowAt + window.limit();
    }

    /// Whether the batch before the one that is looked for was small.
    private boolean areSmall() {
        boolean isFirst = header.sizeBytes() == RecordBatch.PREFIX_BYTES;
        return isFirst ? areSmallHere : header.sizeBytes() <= SMALL_BATCH_BYTES;
    }

    private void fill(long fromBytes) throws IOException {
        int most = wantsContents || areSmall() ? window.capacity() : ONE_HEADER_BYTES;
        window.clear().limit((int) Math.min(most, limitBytes - fromBytes));
        file.readFully(window, fromBytes);
        window.flip();
        windowAt = fromBytes;
    }
}
