package io.millrace.log;

import java.nio.file.Path;
import org.apache.kafka.common.Uuid;

/// A partition that has a folder here.
///
/// @param topic     the topic's name when the folder was made
/// @param partition the partition's number
/// @param topicId   the topic's id, from the folder's `partition.metadata`
/// @param dir       the folder
public record Found(String topic, int partition, Uuid topicId, Path dir) {}
