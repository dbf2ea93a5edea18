package io.millrace.coordinator.group;

import java.util.List;
import org.apache.kafka.common.Uuid;

/// Some partitions of one topic.
///
/// @param topicId `Uuid.ZERO_UUID` when not known
public record TopicPartitions(String topic, Uuid topicId, List<Integer> partitions) {}
