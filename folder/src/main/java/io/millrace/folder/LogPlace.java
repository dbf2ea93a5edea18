package io.millrace.folder;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskSpace;
import io.millrace.disk.FileWork;
import io.millrace.disk.FolderHealth;
import io.millrace.disk.ObservedClock;
import io.millrace.model.Clock;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;

/// What a log stands on.
///
/// @param dir    the partition's folder
/// @param folder the data folder around it
public record LogPlace(PartitionName name, Uuid topicId, Path dir, FolderPlace folder) {

    public Path file(String name) {
        return dir.resolve(name);
    }

    public Disk disk() {
        return folder.disk();
    }

    public Clock clock() {
        return folder.clock();
    }

    public FileWork work() {
        return folder.work();
    }

    public FolderCheckpoints checkpoints() {
        return folder.checkpoints();
    }

    public ObservedClock observed() {
        return folder.observed();
    }

    public DiskSpace space() {
        return folder.space();
    }

    public FolderHealth health() {
        return folder.health();
    }

    public LogMeters meters() {
        return folder.meters();
    }
}
