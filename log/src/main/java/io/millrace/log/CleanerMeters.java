package io.millrace.log;

import io.millrace.model.metrics.Metrics;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/// What compaction counts in one data folder.
///
/// @param runs      how long a compaction takes, rests included
/// @param readBytes what it read
/// @param freed     bytes of old segments that are not in the new ones
record CleanerMeters(Metrics.Timing runs, Metrics.Counter readBytes, Metrics.Counter freed) {

    /// @param uncleanable    how many logs are not compacted any more because they are damaged
    /// @param dirtyPercent   the largest share of a log that waits, as of the last look
    /// @param silenceSeconds how long ago the last compaction ended
    static CleanerMeters of(
            Metrics metrics,
            Path dir,
            LongSupplier uncleanable,
            LongSupplier dirtyPercent,
            LongSupplier silenceSeconds) {
        var folder = dir.toString();
        metrics.gauge(
                "millrace_log_cleaner_uncleanable_partitions",
                "Damaged partitions that are not compacted any more",
                uncleanable,
                "dir",
                folder);
        metrics.gauge(
                "millrace_log_cleaner_max_dirty_percent",
                "Largest share of a log that waits for compaction",
                dirtyPercent,
                "dir",
                folder);
        metrics.gauge(
                "millrace_log_cleaner_time_since_last_run_seconds",
                "Time since the last compaction ended, or since the start",
                silenceSeconds,
                "dir",
                folder);
        return new CleanerMeters(
                metrics.timing("millrace_log_cleaner_run_seconds", "Time a compaction takes", "dir", folder),
                metrics.counter("millrace_log_cleaner_read_bytes_total", "Bytes compaction read", "dir", folder),
                metrics.counter("millrace_log_cleaner_freed_bytes_total", "Bytes compaction freed", "dir", folder));
    }
}
