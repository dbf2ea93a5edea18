package io.millrace.cli;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;

/// Bytes behind damage that may be the header of the next batch. Any bytes may look like one, and to know
/// better the whole of what it claims is read: so it is looked at closely first.
final class BatchCandidate {

    /// Larger ones are not looked for behind damage.
    static final int MAX_BYTES = 16 << 20;

    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int COUNT_AT = 57;

    private BatchCandidate() {}

    /// Whether a batch may begin at `index`, where `bytes` has a whole header.
    static boolean mayBeginAt(ByteBuffer bytes, int index) {
        if (bytes.get(index + Records.MAGIC_OFFSET) != RecordBatch.MAGIC_VALUE_V2) return false;
        long length = Records.LOG_OVERHEAD + (long) bytes.getInt(index + Records.SIZE_OFFSET);
        int count = bytes.getInt(index + COUNT_AT);
        return length >= DefaultRecordBatch.RECORD_BATCH_OVERHEAD
                && length <= MAX_BYTES
                && bytes.getLong(index) >= 0
                && bytes.getInt(index + LAST_OFFSET_DELTA_AT) >= 0
                && count >= 0
                && count <= length;
    }
}
