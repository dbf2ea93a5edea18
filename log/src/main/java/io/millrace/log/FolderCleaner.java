package io.millrace.log;

import io.millrace.folder.FolderPlace;
import io.millrace.log.Cleaner.Step;
import io.millrace.log.CleaningResult.Outcome;
import io.millrace.model.Clock;
import io.millrace.model.metrics.Metrics;
import io.millrace.model.record.BatchFilter;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compacts the logs of one data folder, one at a time. Safe to use from any thread, but for what names
/// a log: that is called on the log's loop.
///
/// A compaction advances by steps on the folder's file threads and rests between them
/// ([CleaningThrottle]). A log that turns out to be damaged is named once and left alone.
public final class FolderCleaner {

    /// What a compaction may cost.
    ///
    /// @param mapBytes           most memory for the map of keys
    /// @param loadFactor         how full the map may get, between 0 and 1
    /// @param mostBytesPerSecond most that is read in a second, on average
    public record Limits(long mapBytes, double loadFactor, double mostBytesPerSecond) {}

    private static final Logger LOG = LoggerFactory.getLogger(FolderCleaner.class);

    private final Clock clock;
    private final FolderPlace place;
    private final CleanerMeters meters;
    private final AtomicBoolean isBusy = new AtomicBoolean();

    /// Held by a file thread during a step.
    private final Object stepping = new Object();

    private final Map<Path, Log> uncleanable = new ConcurrentHashMap<>();
    private volatile long dirtyPercent;
    private volatile long lastRunNs;
    private volatile @Nullable Run underWay;

    FolderCleaner(FolderPlace place, Metrics metrics) {
        this.clock = place.clock();
        this.place = place;
        this.lastRunNs = clock.monotonicNs();
        this.meters = CleanerMeters.of(
                metrics,
                place.dir(),
                uncleanable::size,
                () -> dirtyPercent,
                () -> TimeUnit.NANOSECONDS.toSeconds(clock.monotonicNs() - lastRunNs));
    }

    /// How much of `log` waits for compaction; nothing when it is not compacted, or damaged. What waits
    /// for too long in the segment that is appended to is closed first.
    ///
    /// @param stableOffset what lies before is committed, and belongs to no open transaction
    public Dirtiness dirtiness(Log log, long stableOffset) {
        if (!log.isUsable() || log.equals(uncleanable.get(log.dir()))) return Dirtiness.NONE;
        try {
            log.rollWhenOverdue();
            return log.cleaning().dirtiness(stableOffset);
        } catch (IOException e) {
            LOG.warn("{} cannot be compacted", log, e);
            return Dirtiness.NONE;
        }
    }

    /// What the largest [Dirtiness#ratio] of the folder is, for the metrics.
    public void dirtiest(double ratio) {
        dirtyPercent = Math.round(100 * ratio);
    }

    /// Compacts `log`, unless another one is being compacted here.
    ///
    /// @param stableOffset what lies before is committed, and belongs to no open transaction
    /// @param loop         of the log; told there when it is done
    /// @return whether it began
    public boolean clean(
            Log log,
            long stableOffset,
            Limits limits,
            RecordReader reader,
            BatchFilter filter,
            Executor loop,
            Consumer<CleaningResult> whenDone) {
        if (!log.isUsable() || !isBusy.compareAndSet(false, true)) return false;
        var means = new Cleaner.Means(reader, filter, limits.mapBytes(), limits.loadFactor());
        var cleaner = log.cleaning().begin(stableOffset, means, place.observed().dateMs());
        if (cleaner.isEmpty()) {
            isBusy.set(false);
            return false;
        }
        var throttle = new CleaningThrottle(limits.mostBytesPerSecond());
        var run = new Run(log, cleaner.get(), throttle, loop, whenDone);
        underWay = run;
        run.later(0);
        return true;
    }

    /// The folder is closed, and its threads have ended: what is half done goes.
    void close() {
        var run = underWay;
        if (run != null) run.discard();
    }

    /// Waits for the step under way: afterwards none touches the files of a log that is not usable
    /// any more.
    void awaitStep() {
        synchronized (stepping) {
            LOG.trace("no step is under way");
        }
    }

    /// The log in `dir` is gone.
    void forget(Path dir) {
        uncleanable.remove(dir);
    }

    /// One compaction on its way.
    private final class Run {
        private final Log log;
        private final Cleaner cleaner;
        private final CleaningThrottle throttle;
        private final Executor loop;
        private final Consumer<CleaningResult> whenDone;
        private final long beganNs = clock.monotonicNs();

        Run(Log log, Cleaner cleaner, CleaningThrottle throttle, Executor loop, Consumer<CleaningResult> whenDone) {
            this.log = log;
            this.cleaner = cleaner;
            this.throttle = throttle;
            this.loop = loop;
            this.whenDone = whenDone;
        }

        private void later(long delayMs) {
            try {
                place.work().runLater(delayMs, this::step);
            } catch (RejectedExecutionException e) {
                LOG.debug("{} is not compacted: the folder is closed", log, e);
                isBusy.set(false);
            }
        }

        private void onLoop(Runnable task) {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                LOG.debug("{} is not compacted any further: its loop has ended", log, e);
                isBusy.set(false);
            }
        }

        private void step() {
            place.rightOfWay().giveWay();
            long startNs = clock.monotonicNs();
            long before = cleaner.bytesSeen();
            Step next;
            try {
                synchronized (stepping) {
                    next = cleaner.step();
                }
            } catch (IOException | MalformedRecords | RuntimeException | OutOfMemoryError e) {
                onLoop(() -> failed(e));
                return;
            }
            long bytes = cleaner.bytesSeen() - before;
            meters.readBytes().add(bytes);
            switch (next) {
                case Step.More() -> later(throttle.restMs(clock.monotonicNs() - startNs, bytes));
                case Step.OnLoop(var task) -> onLoop(() -> doOnLoop(task));
                case Step.Done(var result) -> onLoop(() -> done(result));
            }
        }

        private void doOnLoop(Cleaner.LoopWork task) {
            try {
                task.run();
                later(0);
            } catch (IOException e) {
                failed(e);
            }
        }

        /// What went wrong with a log that has changed meanwhile says nothing.
        private void failed(Throwable cause) {
            boolean isStillWanted = log.cleaning().isWanted();
            discard();
            if (!isStillWanted) {
                done(CleaningResult.without(Outcome.LOG_CHANGED));
            } else if (mayDoBetter(cause)) {
                LOG.warn("{} could not be compacted; it will be tried again", log, cause);
                done(CleaningResult.without(Outcome.FAILED));
            } else {
                uncleanable.put(log.dir(), log);
                LOG.error("{} is not compacted any more; its files stay as they are", log, cause);
                done(CleaningResult.without(Outcome.UNCLEANABLE));
            }
        }

        private void discard() {
            try {
                synchronized (stepping) {
                    cleaner.discard();
                }
            } catch (IOException e) {
                LOG.warn("files of a compaction of {} could not be removed; the next start tries again", log, e);
            }
        }

        private static boolean mayDoBetter(Throwable cause) {
            boolean isOfDisk = cause instanceof IOException && !(cause instanceof OldBatches.Damaged);
            return isOfDisk || cause instanceof OutOfMemoryError;
        }

        private void done(CleaningResult result) {
            underWay = null;
            end();
            lastRunNs = clock.monotonicNs();
            meters.runs().observeNs(lastRunNs - beganNs);
            if (result.outcome() == Outcome.CLEANED) tell(result);
            isBusy.set(false);
            whenDone.accept(result);
        }

        private void end() {
            try {
                log.cleaning().end();
            } catch (IOException e) {
                LOG.warn("a compaction of {} did not end well; the next start tidies up", log, e);
            }
        }

        private void tell(CleaningResult result) {
            var sizes = result.sizes();
            meters.freed().add(Math.max(0, sizes.bytesBefore() - sizes.bytesAfter()));
            LOG.info(
                    "{} is compacted up to offset {}: {} segments of {} bytes became {} of {}, for {} keys found from "
                            + "offset {} on, in {} ms{}",
                    log.dir(),
                    result.reach(),
                    sizes.segmentsBefore(),
                    sizes.bytesBefore(),
                    sizes.segmentsAfter(),
                    sizes.bytesAfter(),
                    result.keys(),
                    result.from(),
                    TimeUnit.NANOSECONDS.toMillis(lastRunNs - beganNs),
                    result.keyless() == 0 ? "" : "; %d records without a key went".formatted(result.keyless()));
        }
    }
}
