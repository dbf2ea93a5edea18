package io.millrace.model.record;

import io.millrace.model.record.RecordReader.MalformedRecords;
import java.nio.ByteBuffer;

/// Packs batches anew with another codec: for topics whose `compression.type` names one.
public interface BatchPacker {

    /// The same records, producer and sequence in a batch with `codec`, in a buffer of its own; offsets
    /// begin at 0.
    ///
    /// @param codec as [RecordBatch#codec] numbers them
    /// @param level how hard the codec tries, in its own numbers; meaningless for those without levels
    /// @throws MalformedRecords when the batch cannot be opened
    ByteBuffer repack(RecordBatch batch, int codec, int level) throws MalformedRecords;
}
