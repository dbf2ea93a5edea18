package io.millrace.folder;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskSpace;
import io.millrace.disk.FileWork;
import io.millrace.disk.FolderHealth;
import io.millrace.disk.ObservedClock;
import io.millrace.disk.OpenFiles;
import io.millrace.model.Clock;
import java.nio.file.Path;

/// What everything in a data folder stands on.
public record FolderPlace(
        Path dir,
        Disk disk,
        Clock clock,
        FileWork work,
        FolderCheckpoints checkpoints,
        ObservedClock observed,
        DiskSpace space,
        FolderHealth health,
        OpenFiles files,
        RightOfWay rightOfWay,
        LogMeters meters) {}
