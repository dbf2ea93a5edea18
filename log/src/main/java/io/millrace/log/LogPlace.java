package io.millrace.log;

import io.millrace.model.Clock;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;

/// What a log stands on.
///
/// @param dir         the partition's folder
/// @param checkpoints of the data folder around it
record LogPlace(
        PartitionName name,
        Uuid topicId,
        Path dir,
        Disk disk,
        Clock clock,
        FileWork work,
        FolderCheckpoints checkpoints,
        LogMeters meters) {

    Path file(String name) {
        return dir.resolve(name);
    }
}
