package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.disk.FileThreads;
import io.millrace.disk.FileWork;
import io.millrace.model.Clock;
import io.millrace.model.metrics.Metrics;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/// What a data folder is given to work with.
///
/// @param work   the folder's threads; it closes them
/// @param ids    where names that nobody had before come from
/// @param limits how much it may use
public record FolderTools(
        Disk disk, Clock clock, Metrics metrics, FileWork work, Supplier<Uuid> ids, FolderLimits limits) {

    /// Real threads, real ids.
    public static FolderTools real(Disk disk, Clock clock, Metrics metrics, FolderLimits limits) {
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);
        return new FolderTools(disk, clock, metrics, new FileThreads(threads), Uuid::randomUuid, limits);
    }
}
