package io.millrace.model.record;

import io.millrace.model.record.RecordReader.MalformedRecords;
import java.nio.ByteBuffer;
import java.util.BitSet;

/// Leaves records out of batches, for compaction.
public interface BatchFilter {

    /// Says that the batch gets no delete horizon.
    long NO_HORIZON = -1;

    /// The batch with some of its records, in a buffer of its own. Those records keep their offsets and times; the
    /// batch keeps its first and last offset, producer, sequences, epoch and codec.
    ///
    /// @param kept            which records stay, by their place in the batch: 0 is the first; at least one
    /// @param deleteHorizonMs until when deletions in the batch stay, or [#NO_HORIZON]
    /// @throws MalformedRecords when the batch cannot be opened
    ByteBuffer keep(RecordBatch batch, BitSet kept, long deleteHorizonMs) throws MalformedRecords;
}
