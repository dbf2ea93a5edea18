package io.millrace.log;

import io.millrace.disk.DiskFile;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Looks for the next whole batch behind bytes that are none.
final class BatchSearch {

    private static final int WINDOW_BYTES = 256 << 10;
    private static final int MAGIC_AT = 16;

    private BatchSearch() {}

    /// Where the first whole batch at or after `fromBytes` begins whose offsets lie between
    /// `leastOffset` and `endOffset`; -1 when there is none before `limitBytes`.
    static long next(DiskFile file, long fromBytes, long limitBytes, long leastOffset, long endOffset)
            throws IOException {
        var window = ByteBuffer.allocate(WINDOW_BYTES);
        long at = fromBytes;
        while (at + RecordBatch.HEADER_BYTES <= limitBytes) {
            window.clear().limit((int) Math.min(WINDOW_BYTES, limitBytes - at));
            file.readFully(window, at);
            window.flip();
            int last = window.limit() - RecordBatch.HEADER_BYTES;
            if (last < 0) return -1;
            for (int i = 0; i <= last; i++) {
                if (window.get(i + MAGIC_AT) != RecordBatch.MAGIC) continue;
                var batch = new RecordBatch(window, i);
                if (batch.baseOffset() < leastOffset || batch.baseOffset() >= endOffset) continue;
                if (isWhole(file, at + i, limitBytes, batch.baseOffset())) return at + i;
            }
            at += last + 1;
        }
        return -1;
    }

    private static boolean isWhole(DiskFile file, long atBytes, long limitBytes, long baseOffset) throws IOException {
        var walk = BatchWalk.contents(file, atBytes, limitBytes, baseOffset);
        return walk.next() && walk.crcMatches();
    }
}
