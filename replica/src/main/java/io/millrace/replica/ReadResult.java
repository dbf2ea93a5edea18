package io.millrace.replica;

import io.millrace.log.LogSlice;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a partition answers to a read.
public sealed interface ReadResult {

    /// What there is from the offset asked for up to what the reader may see.
    ///
    /// @param slice null when there is nothing yet; whoever takes it must release its place
    record Records(@Nullable LogSlice slice, long highWatermark, long logStartOffset) implements ReadResult {

        public int sizeBytes() {
            return slice == null ? 0 : slice.place().remainingBytes();
        }

        /// Whether the bytes may lie on the disk only.
        public boolean isCold() {
            return slice != null && slice.isCold();
        }
    }

    /// Nothing can be read there.
    ///
    /// @param highWatermark  -1 when it is not known here
    /// @param logStartOffset likewise
    record Refused(Errors code, long highWatermark, long logStartOffset) implements ReadResult {}
}
