package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.disk.FileThreads;
import io.millrace.disk.FileWork;
import io.millrace.folder.CommitLimits;
import io.millrace.model.Clock;
import io.millrace.model.metrics.Metrics;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/// What a data folder is given to work with.
///
/// @param work         the folder's threads; it closes them
/// @param ids          where names that nobody had before come from
/// @param limits       of the write-ahead log
/// @param reserveBytes how much of the disk producers may not use; -1 for the usual
/// @param openFiles    how many files may be open at a time, a few more or less
public record FolderTools(
        Disk disk,
        Clock clock,
        Metrics metrics,
        FileWork work,
        Supplier<Uuid> ids,
        CommitLimits limits,
        long reserveBytes,
        int openFiles) {

    /// What a process may have open where nobody says how much that is.
    static final int USUAL_OPEN_FILES = 2_000;

    /// With as many open files as are usual.
    public FolderTools(
            Disk disk,
            Clock clock,
            Metrics metrics,
            FileWork work,
            Supplier<Uuid> ids,
            CommitLimits limits,
            long reserveBytes) {
        this(disk, clock, metrics, work, ids, limits, reserveBytes, USUAL_OPEN_FILES);
    }

    /// Real threads, real ids.
    static FolderTools real(Disk disk, Clock clock, Metrics metrics, long reserveBytes, int openFiles) {
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);
        var work = new FileThreads(threads);
        return new FolderTools(
                disk, clock, metrics, work, Uuid::randomUuid, CommitLimits.DEFAULT, reserveBytes, openFiles);
    }
}
