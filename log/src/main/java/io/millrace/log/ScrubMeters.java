package io.millrace.log;

import io.millrace.model.metrics.Metrics;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/// What the scrubber counts in one data folder.
///
/// @param readBytes what it verified
/// @param damaged   runs of damaged bytes that it took out of segments
/// @param misread   how often the disk gave wrong bytes, and right ones the next time
record ScrubMeters(Metrics.Counter readBytes, Metrics.Counter damaged, Metrics.Counter misread) {

    /// @param failing       how many logs it could not look through, or mend, the last time
    /// @param oldestSeconds how long ago the pass began that verified last what waits longest
    static ScrubMeters of(Metrics metrics, Path dir, LongSupplier failing, LongSupplier oldestSeconds) {
        var folder = dir.toString();
        metrics.gauge(
                "millrace_log_scrub_failing_partitions",
                "Partitions that could not be verified, or not be mended; it is tried again",
                failing,
                "dir",
                folder);
        metrics.gauge(
                "millrace_log_scrub_oldest_seconds",
                "Time since the begin of the last pass that verified every closed segment; 0 while scrubbing is off",
                oldestSeconds,
                "dir",
                folder);
        return new ScrubMeters(
                metrics.counter(
                        "millrace_log_scrub_read_bytes_total",
                        "Bytes of closed segments that were read from the disk and verified",
                        "dir",
                        folder),
                metrics.counter(
                        "millrace_log_scrub_damaged_total",
                        "Runs of damaged bytes that were found in closed segments and taken out",
                        "dir",
                        folder),
                metrics.counter(
                        "millrace_log_scrub_misread_total",
                        "Segments of which the disk gave wrong bytes once, and right ones the next time",
                        "dir",
                        folder));
    }
}
