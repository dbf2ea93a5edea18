package io.millrace.folder;

import io.millrace.model.metrics.Metrics;
import java.nio.file.Path;

/// What is counted of one data folder.
///
/// @param commits  how long it takes to make durable what waits
/// @param syncs    how long a sync in the background takes
/// @param rolled   segments begun after others
/// @param dropped  bytes of segments that went by size, time or start offset
/// @param quarantined offsets that went into quarantine
/// @param cutBytes bytes that recovery cut off because they were no whole batch
public record LogMeters(
        Metrics.Timing commits,
        Metrics.Timing syncs,
        Metrics.Counter rolled,
        Metrics.Counter dropped,
        Metrics.Counter quarantined,
        Metrics.Counter cutBytes) {

    public static LogMeters of(Metrics metrics, Path dir) {
        var folder = dir.toString();
        return new LogMeters(
                metrics.timing(
                        "millrace_log_commit_seconds",
                        "Time a group commit takes: what was written meanwhile joins the next one",
                        "dir",
                        folder),
                metrics.timing("millrace_log_sync_seconds", "Time a sync of a partition's files takes", "dir", folder),
                metrics.counter("millrace_log_segments_rolled_total", "Segments begun after others", "dir", folder),
                metrics.counter(
                        "millrace_log_dropped_bytes_total", "Bytes of segments that were dropped", "dir", folder),
                metrics.counter(
                        "millrace_log_quarantined_offsets_total",
                        "Offsets whose records were promised and are damaged or missing on the disk",
                        "dir",
                        folder),
                metrics.counter("millrace_log_cut_bytes_total", "Bytes cut off by recovery", "dir", folder));
    }
}
