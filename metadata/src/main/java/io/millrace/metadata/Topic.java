package io.millrace.metadata;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// A topic and its partitions.
///
/// @param id         drawn anew when the topic is made: a topic made again under the same name is another one
/// @param partitions by number; never empty in an image
public record Topic(String name, Uuid id, List<PartitionState> partitions) {

    public Topic {
        partitions = List.copyOf(partitions);
    }

    public Optional<PartitionState> partition(int index) {
        return index >= 0 && index < partitions.size() ? Optional.of(partitions.get(index)) : Optional.empty();
    }

    /// Is it one of the topics that the brokers keep for themselves?
    public boolean isInternal() {
        return TopicName.isInternal(name);
    }
}
