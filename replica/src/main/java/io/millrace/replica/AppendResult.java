package io.millrace.replica;

import io.millrace.model.OffsetRange;
import org.apache.kafka.common.protocol.Errors;

/// Everything that can come of asking a leader to append one batch.
///
/// These are answers, not accidents: none of them is thrown.
public sealed interface AppendResult {

    /// Written, and as safe as was asked.
    ///
    /// @param logAppendTimeMs the broker's clock at the append where the topic keeps that, else -1
    /// @param logStartOffset  the first offset the partition still has
    record Appended(OffsetRange offsets, long logAppendTimeMs, long logStartOffset) implements AppendResult {}

    /// Nothing was written, and `code` tells the client whether to try again.
    record Refused(Errors code, String reason) implements AppendResult {}
}
