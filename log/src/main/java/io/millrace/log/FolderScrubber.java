package io.millrace.log;

import io.millrace.folder.FolderPlace;
import io.millrace.folder.PartitionName;
import io.millrace.model.Clock;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Verifies what the disk holds of the closed segments of one data folder, one segment at a time, and
/// takes out what is damaged. Safe to use from any thread, but for what names a log: that is called on
/// the log's loop.
///
/// It reads past the page cache ([Disk#openToScrub]): what is looked at is the disk, and nothing that
/// readers need is pushed out. It advances by steps on the folder's file threads and rests between
/// them ([CleaningThrottle]).
///
/// Whoever owns the logs goes through them, again and again: those that are due ([#isDue]) are given to
/// [#scrub]; when none is left, the pass is over, and the next one may begin ([#beginPass]).
public final class FolderScrubber {

    /// What came of [#scrub].
    public enum Outcome {

        /// Everything that is closed was looked at, and what was damaged is mended.
        VERIFIED,

        /// Something is left, and comes later: the log is being compacted, or the disk refuses.
        NOT_NOW
    }

    /// After so long it is tried again, when something was in the way.
    private static final long TRY_AGAIN_NS = TimeUnit.MINUTES.toNanos(10);

    private static final ScrubStep GIVEN_UP = new ScrubStep.Done(ScrubStep.Verdict.CHANGED);
    private static final Logger LOG = LoggerFactory.getLogger(FolderScrubber.class);

    private final FolderPlace place;
    private final Clock clock;
    private final FolderCleaner cleaner;
    private final ScrubProgress progress;
    private final ScrubMeters meters;
    private final AtomicBoolean isBusy = new AtomicBoolean();

    /// Held by a file thread during a step.
    private final Object stepping = new Object();

    /// The logs that something was in the way of, and when to try again, on the monotonic clock.
    private final Map<PartitionName, Long> failing = new ConcurrentHashMap<>();

    /// Since the last time it was told.
    private final LongAdder verifiedBytes = new LongAdder();

    private final LongAdder mendedSegments = new LongAdder();
    private volatile long bytesPerSecond;

    FolderScrubber(FolderPlace place, Metrics metrics, FolderCleaner cleaner) throws IOException {
        this.place = place;
        this.clock = place.clock();
        this.cleaner = cleaner;
        this.progress = new ScrubProgress(place);
        this.meters = ScrubMeters.of(metrics, place.dir(), failing::size, this::oldestSeconds);
    }

    private long oldestSeconds() {
        if (bytesPerSecond == 0) return 0;
        return TimeUnit.MILLISECONDS.toSeconds(place.observed().nowMs() - progress.oldestMs());
    }

    /// From now on reads no more than so much in a second, on average; 0: nothing, and what is under
    /// way ends.
    public void limitTo(long newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
    }

    /// Begins a pass over everything, if the last one began `intervalMs` ago or earlier.
    public boolean beginPass(long intervalMs) {
        return progress.beginPass(intervalMs);
    }

    /// Whether there is something in `log` that the present pass has not verified.
    public boolean isDue(Log log) {
        if (!log.isUsable() || progress.isDone(log.name()) || !mayTry(log.name())) return false;
        if (log.mending().closedFrom(progress.next(log.name())).isPresent()) return true;
        done(log.name());
        return false;
    }

    private boolean mayTry(PartitionName name) {
        var againNs = failing.get(name);
        return againNs == null || clock.monotonicNs() - againNs >= 0;
    }

    private void done(PartitionName name) {
        progress.done(name);
        failing.remove(name);
    }

    /// Somebody could not read in `log`: the present pass looks at all of it again.
    public void doubt(Log log) {
        progress.again(log.name());
        failing.remove(log.name());
    }

    /// Verifies `log`, unless another one is being verified here.
    ///
    /// @param loop of the log; told there when it is done
    /// @return whether it began
    public boolean scrub(Log log, Executor loop, Consumer<Outcome> whenDone) {
        if (!isBusy.compareAndSet(false, true)) return false;
        new Run(log, loop, whenDone).next();
        return true;
    }

    /// Says in the log what was verified since it was said last, if anything was: a pass is over.
    public void tellPass() {
        long bytes = verifiedBytes.sumThenReset();
        long mended = mendedSegments.sumThenReset();
        if (bytes == 0 && mended == 0) return;
        LOG.info(
                "{}: {} bytes of closed segments were read back from the disk and verified, {} segments mended{}",
                place.dir(),
                bytes,
                mended,
                failing.isEmpty() ? "" : "; in %d partitions something is left".formatted(failing.size()));
    }

    /// Waits for the step under way: afterwards none touches the files of a log that is not usable
    /// any more.
    void awaitStep() {
        synchronized (stepping) {
            LOG.trace("no step is under way");
        }
    }

    /// The log is gone.
    void forget(PartitionName name) {
        progress.forget(name);
        failing.remove(name);
    }

    /// Has on the disk, sooner or later, how far it got.
    void writeProgress() {
        progress.write();
    }

    /// One log on its way.
    private final class Run {
        private final Log log;
        private final Executor loop;
        private final Consumer<Outcome> whenDone;

        Run(Log log, Executor loop, Consumer<Outcome> whenDone) {
            this.log = log;
            this.loop = loop;
            this.whenDone = whenDone;
        }

        /// On the loop.
        private void next() {
            if (!isWanted()) {
                end(Outcome.NOT_NOW);
                return;
            }
            var segment = log.mending().closedFrom(progress.next(log.name()));
            if (segment.isEmpty()) {
                done(log.name());
                end(Outcome.VERIFIED);
            } else {
                var scrub = new SegmentScrub(log.mending(), segment.get(), meters);
                later(0, scrub);
            }
        }

        private boolean isWanted() {
            return log.isUsable() && bytesPerSecond > 0;
        }

        private void later(long delayMs, SegmentScrub scrub) {
            try {
                place.work().runLater(delayMs, () -> step(scrub));
            } catch (RejectedExecutionException e) {
                LOG.debug("{} is not verified: the folder is closed", log, e);
                isBusy.set(false);
            }
        }

        private void onLoop(Runnable task) {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                LOG.debug("{} is not verified any further: its loop has ended", log, e);
                isBusy.set(false);
            }
        }

        private void step(SegmentScrub scrub) {
            place.rightOfWay().giveWay();
            long startNs = clock.monotonicNs();
            long before = scrub.seenBytes();
            ScrubStep next;
            try {
                synchronized (stepping) {
                    next = isWanted() ? scrub.step() : GIVEN_UP;
                }
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                onLoop(() -> failed(scrub, e));
                return;
            }
            long bytes = scrub.seenBytes() - before;
            meters.readBytes().add(bytes);
            verifiedBytes.add(bytes);
            switch (next) {
                case ScrubStep.More() -> later(restMs(clock.monotonicNs() - startNs, bytes), scrub);
                case ScrubStep.Later(long delayMs) -> later(delayMs, scrub);
                case ScrubStep.OnLoop(var work) -> onLoop(() -> doOnLoop(work, scrub));
                case ScrubStep.Done(var verdict) -> onLoop(() -> ended(scrub, verdict));
            }
        }

        private long restMs(long tookNs, long bytes) {
            return new CleaningThrottle(Math.max(1, bytesPerSecond)).restMs(tookNs, bytes);
        }

        private void doOnLoop(Cleaner.LoopWork work, SegmentScrub scrub) {
            try {
                work.run();
                later(0, scrub);
            } catch (IOException | RuntimeException e) {
                failed(scrub, e);
            }
        }

        private void ended(SegmentScrub scrub, ScrubStep.Verdict verdict) {
            switch (verdict) {
                case SOUND -> verified(scrub.segment());
                case MENDED -> {
                    mendedSegments.add(1);
                    cleaner.forget(log.dir());
                    verified(scrub.segment());
                }
                case CHANGED -> {
                    discard(scrub);
                    next();
                }
                case BUSY -> putOff();
            }
        }

        private void verified(OldSegment segment) {
            progress.at(log.name(), segment.endOffset());
            next();
        }

        private void discard(SegmentScrub scrub) {
            try {
                scrub.discard();
            } catch (IOException e) {
                LOG.warn("what is left of mending {} could not be removed; the next start tries again", log, e);
            }
        }

        /// What went wrong with a segment that is no part of the log any more says nothing.
        private void failed(SegmentScrub scrub, Throwable cause) {
            discard(scrub);
            if (!log.isUsable() || !log.mending().holds(scrub.segment())) {
                next();
            } else {
                LOG.warn(
                        "{} could not be verified or mended; it will be tried again",
                        scrub.segment().path(),
                        cause);
                putOff();
            }
        }

        private void putOff() {
            failing.put(log.name(), clock.monotonicNs() + TRY_AGAIN_NS);
            end(Outcome.NOT_NOW);
        }

        private void end(Outcome outcome) {
            isBusy.set(false);
            whenDone.accept(outcome);
        }
    }
}
