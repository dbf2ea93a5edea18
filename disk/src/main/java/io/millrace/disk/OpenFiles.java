package io.millrace.disk;

import io.millrace.model.metrics.Metrics;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// Bounds the files that a data folder has open, so that however many segments are read and written, the
/// process does not run out of descriptors. Safe to use from any thread.
///
/// Files that are held open for the next use share the bound: each loop has its part, and closes those
/// of its own logs that were used longest ago ([HeldFiles]), since nobody else may touch them. What is
/// in use stays open until that is over, a slice on its way or bytes to be committed; when such files
/// alone reach the bound ([#areScarce]), nothing is read until some are done with, and what is written
/// is committed by its name instead.
public final class OpenFiles {

    /// Each loop holds so many, however small the bound is.
    private static final int LEAST_OF_A_LOOP = 4;

    private final CountedDisk disk;
    private final int most;
    private final Map<Executor, HeldFiles> ofLoops = new ConcurrentHashMap<>();

    /// @param disk the folder's files are opened with
    /// @param most how many of them may be open
    public OpenFiles(CountedDisk disk, int most) {
        this.disk = disk;
        this.most = most;
    }

    public void show(Metrics metrics, Path dir) {
        var folder = dir.toString();
        metrics.gauge("millrace_log_open_files", "Files of a data folder that are open", this::open, "dir", folder);
        metrics.gauge(
                "millrace_log_open_files_limit",
                "How many files of a data folder may be open",
                () -> most,
                "dir",
                folder);
    }

    /// What the logs of `loop` hold open; of that loop.
    public HeldFiles of(Executor loop) {
        return ofLoops.computeIfAbsent(loop, _ -> new HeldFiles(this));
    }

    /// The same for a log that shares with nobody.
    public HeldFiles ofNobody() {
        return new HeldFiles(this);
    }

    /// How many files a loop may hold open that it does not use just now: half of the bound is for what
    /// is in use.
    int shareOfALoop() {
        return Math.max(LEAST_OF_A_LOOP, most / 2 / Math.max(1, ofLoops.size()));
    }

    /// Whether no file may be opened that need not be.
    public boolean areScarce() {
        return disk.openFiles() >= most;
    }

    private long open() {
        return disk.openFiles();
    }
}
