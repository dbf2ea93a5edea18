package io.millrace.log;

import io.millrace.model.Clock;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;

/// What a log stands on.
///
/// @param dir    the partition's folder
/// @param folder the data folder around it
record LogPlace(PartitionName name, Uuid topicId, Path dir, FolderPlace folder) {

    Path file(String name) {
        return dir.resolve(name);
    }

    Disk disk() {
        return folder.disk();
    }

    Clock clock() {
        return folder.clock();
    }

    FileWork work() {
        return folder.work();
    }

    FolderCheckpoints checkpoints() {
        return folder.checkpoints();
    }

    ObservedClock observed() {
        return folder.observed();
    }

    DiskSpace space() {
        return folder.space();
    }

    FolderHealth health() {
        return folder.health();
    }

    LogMeters meters() {
        return folder.meters();
    }
}
