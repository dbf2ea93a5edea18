package io.millrace.log;

import io.millrace.model.Clock;
import java.nio.file.Path;

/// What everything in a data folder stands on.
record FolderPlace(
        Path dir,
        Disk disk,
        Clock clock,
        FileWork work,
        FolderCheckpoints checkpoints,
        ObservedClock observed,
        DiskSpace space,
        FolderHealth health,
        LogMeters meters) {}
