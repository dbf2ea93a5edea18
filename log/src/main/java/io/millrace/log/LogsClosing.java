package io.millrace.log;

import io.millrace.disk.FileWork;
import io.millrace.model.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The orderly end of the logs of a data folder: each is written and brought to the disk, many at a
/// time, so that they share what the disk does for a sync. Says how far it is while it takes long, and
/// what went wrong once, however many logs it concerns.
final class LogsClosing {

    private static final long SAY_EVERY_NS = TimeUnit.SECONDS.toNanos(3);
    private static final Logger LOG = LoggerFactory.getLogger(LogsClosing.class);

    private final Path dir;
    private final Clock clock;
    private final List<Log> logs;
    private final long beginNs;
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();
    private final AtomicLong saidNs;

    /// @param dir  the data folder
    /// @param logs which nobody uses any more
    LogsClosing(Path dir, Clock clock, List<Log> logs) {
        this.dir = dir;
        this.clock = clock;
        this.logs = logs;
        this.beginNs = clock.monotonicNs();
        this.saidNs = new AtomicLong(beginNs);
    }

    /// Closes them all; blocks until they are.
    ///
    /// @return whether all of them are on the disk
    boolean run(FileWork work) {
        work.runAll(logs.stream().<Runnable>map(log -> () -> close(log)).toList());
        long tookMs = TimeUnit.NANOSECONDS.toMillis(clock.monotonicNs() - beginNs);
        if (tookMs > TimeUnit.NANOSECONDS.toMillis(SAY_EVERY_NS)) {
            LOG.info("data folder {}: {} logs were closed in {} ms", dir, logs.size(), tookMs);
        }
        if (failed.get() > 0) {
            LOG.error(
                    "data folder {}: {} of {} logs could not be closed cleanly; the first failure: {}",
                    dir,
                    failed.get(),
                    logs.size(),
                    String.valueOf(firstFailure.get()));
        }
        return failed.get() == 0;
    }

    private void close(Log log) {
        try {
            log.closeWithFolder();
        } catch (IOException | RuntimeException | Error e) {
            firstFailure.compareAndSet(null, e);
            failed.incrementAndGet();
            LOG.debug("{} could not be closed cleanly", log, e);
        }
        sayHowFar(closed.incrementAndGet());
    }

    private void sayHowFar(int done) {
        long nowNs = clock.monotonicNs();
        long last = saidNs.get();
        if (nowNs - last < SAY_EVERY_NS || !saidNs.compareAndSet(last, nowNs)) return;
        LOG.info("data folder {} is being closed: {} of {} logs are", dir, done, logs.size());
    }
}
