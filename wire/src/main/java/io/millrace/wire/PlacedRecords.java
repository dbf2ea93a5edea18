package io.millrace.wire;

import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/// Records that are not bytes but a place where bytes are: the writer of a response leaves a gap for them.
///
/// @param sizeInBytes how many bytes the place holds
/// @param place       whatever the sender knows how to send
public record PlacedRecords(int sizeInBytes, Object place) implements BaseRecords {

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new IllegalStateException("a place is sent by whoever owns the socket");
    }
}
