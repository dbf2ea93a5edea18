package io.millrace.model.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// Finds the batches in bytes that nobody has checked yet, and refuses what is not a whole, well-formed
/// batch.
///
/// Any bytes may come in: the outcome is a list of batches or one declared error, and nothing is allocated
/// but the views. Records inside the batches are not opened.
public final class BatchParser {

    /// What came of looking at some bytes.
    public sealed interface Parsed {

        /// Whole batches that follow each other without a gap, each with the right checksum.
        record Batches(List<RecordBatch> batches) implements Parsed {}

        /// These bytes are not what they should be.
        record Malformed(Errors code, String reason) implements Parsed {}
    }

    private BatchParser() {}

    /// Looks at everything between the buffer's position and limit, as a producer sent it. The buffer is not
    /// moved.
    ///
    /// Bytes that are no batch, or a wrong checksum: `CORRUPT_MESSAGE`. An older format, or
    /// contents that contradict each other: `INVALID_RECORD`.
    public static Parsed parse(ByteBuffer bytes) {
        var batches = new ArrayList<RecordBatch>(1);
        int at = bytes.position();
        while (at < bytes.limit()) {
            int left = bytes.limit() - at;
            var batch = new RecordBatch(bytes, at);
            // The magic of the older formats lies at the same place, but their messages may be shorter than a header.
            int magic = left > RecordBatch.MAGIC_AT ? batch.magic() : RecordBatch.MAGIC;
            if (magic == 0 || magic == 1) {
                return malformed(Errors.INVALID_RECORD, "record format v%d is not supported".formatted(magic));
            }
            if (left < RecordBatch.HEADER_BYTES) {
                return malformed(Errors.CORRUPT_MESSAGE, "%d bytes are too few for a batch header".formatted(left));
            }
            if (magic != RecordBatch.MAGIC) {
                return malformed(Errors.CORRUPT_MESSAGE, "magic is %d, not 2".formatted(magic));
            }
            int length = bytes.getInt(at + RecordBatch.LENGTH_AT);
            if (length < RecordBatch.HEADER_BYTES - RecordBatch.PREFIX_BYTES
                    || length > left - RecordBatch.PREFIX_BYTES) {
                return malformed(
                        Errors.CORRUPT_MESSAGE,
                        "batch length is %d, with %d bytes left".formatted(length, left - RecordBatch.PREFIX_BYTES));
            }
            if (batch.crc() != batch.computeCrc()) {
                return malformed(
                        Errors.CORRUPT_MESSAGE,
                        "checksum is %08x, the bytes give %08x".formatted(batch.crc(), batch.computeCrc()));
            }
            var contradiction = contradiction(batch);
            if (!contradiction.isEmpty()) return malformed(Errors.INVALID_RECORD, contradiction);
            batches.add(batch);
            at += batch.sizeBytes();
        }
        return new Parsed.Batches(batches);
    }

    /// What is wrong with a whole batch that a log has kept; empty when nothing is. Compaction may have taken records
    /// out of it, even all of them.
    public static String flawOfStored(RecordBatch batch) {
        if (batch.magic() != RecordBatch.MAGIC) return "magic is %d, not 2".formatted(batch.magic());
        if (batch.crc() != batch.computeCrc()) return "wrong checksum";
        if (batch.recordCount() < 0 || batch.lastOffsetDelta() < 0) return "a negative number of records";
        if (batch.recordCount() - 1 > batch.lastOffsetDelta()) {
            return "%d records, but the last offset delta is %d"
                    .formatted(batch.recordCount(), batch.lastOffsetDelta());
        }
        return batch.codec() > 4 ? "compression codec %d is unknown".formatted(batch.codec()) : "";
    }

    private static String contradiction(RecordBatch batch) {
        if (batch.recordCount() <= 0) return "a batch of %d records".formatted(batch.recordCount());
        if (batch.lastOffsetDelta() != batch.recordCount() - 1) {
            return "%d records, but the last offset delta is %d"
                    .formatted(batch.recordCount(), batch.lastOffsetDelta());
        }
        if (batch.codec() > 4) return "compression codec %d is unknown".formatted(batch.codec());
        if (!batch.isCompressed()
                && batch.recordCount()
                        > (batch.sizeBytes() - RecordBatch.HEADER_BYTES) / BatchBuilder.MIN_RECORD_BYTES) {
            return "%d records do not fit in %d bytes".formatted(batch.recordCount(), batch.sizeBytes());
        }
        if (batch.hasProducerId() && (batch.producerEpoch() < 0 || batch.baseSequence() < 0) && !batch.isControl()) {
            return "producer %d with epoch %d and sequence %d"
                    .formatted(batch.producerId(), batch.producerEpoch(), batch.baseSequence());
        }
        return "";
    }

    private static Parsed.Malformed malformed(Errors code, String reason) {
        return new Parsed.Malformed(code, reason);
    }
}
