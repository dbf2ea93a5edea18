package io.millrace.model;

import org.apache.kafka.common.Uuid;

/// One partition of one topic, by the topic's id: a topic deleted and made again under the same name is
/// another one.
///
/// @param topic the topic's id, never `Uuid.ZERO_UUID`
/// @param index the partition's number in the topic, from 0
public record PartitionId(Uuid topic, int index) {

    public PartitionId {
        if (index < 0) throw new IllegalArgumentException("partition number is negative: " + index);
    }

    @Override
    public String toString() {
        return topic + "-" + index;
    }
}
