package io.millrace.replica;

import io.millrace.log.ColdLookup;
import io.millrace.log.LogSlice;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a partition says to a read.
public sealed interface ReadResult {

    /// The read is done.
    sealed interface Done extends ReadResult {}

    /// What there is from the offset asked for up to what the reader may see. Its bytes are in memory.
    ///
    /// @param slice null when there is nothing yet; whoever takes it must release its place
    record Records(@Nullable LogSlice slice, long highWatermark, long logStartOffset) implements Done {

        public int sizeBytes() {
            return slice == null ? 0 : slice.place().remainingBytes();
        }
    }

    /// Nothing can be read there.
    ///
    /// @param highWatermark  -1 when it is not known here
    /// @param logStartOffset likewise
    record Refused(Errors code, long highWatermark, long logStartOffset) implements Done {}

    /// The disk has to be waited for first: a file thread runs `lookup`, then the partition is told
    /// ([Partition#learn]) and read again.
    record Cold(ColdLookup lookup) implements ReadResult {}
}
