package io.millrace.disk;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads of one data folder: one that commits, one that syncs in the background (and keeps the
/// time for what is due later), a few that read cold pages, open logs and remove files, and many, while
/// there is something for them, that only wait for the disk: when new logs are made, and when all are
/// closed. Platform threads: on a machine with few cores a sync behind busy virtual threads comes late.
/// They are never interrupted, since an interrupt closes the file for everyone.
public final class FileThreads implements FileWork {

    private static final int MOST_WAITING = 100_000;

    /// How many threads wait for the disk at the same time in [#runWaiting] and
    /// [#runAll]: what they wait for is much the same.
    private static final int MOST_AT_ONCE = 32;

    private static final long IDLE_SECONDS = 30;
    private static final long AGAIN_MS = 100;
    private static final Logger LOG = LoggerFactory.getLogger(FileThreads.class);

    private final ThreadPoolExecutor commit;
    private final ScheduledThreadPoolExecutor sync;
    private final ThreadPoolExecutor pool;
    private final ThreadPoolExecutor waiting;
    private volatile boolean isClosed;

    public FileThreads(int poolThreads) {
        commit = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("log-commit"));
        commit.allowCoreThreadTimeOut(true);
        sync = new ScheduledThreadPoolExecutor(1, named("log-sync"));
        sync.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        pool = bounded(poolThreads, "log-file");
        waiting = bounded(MOST_AT_ONCE, "log-wait");
    }

    private static ThreadPoolExecutor bounded(int threads, String name) {
        var queue = new LinkedBlockingQueue<Runnable>(MOST_WAITING);
        var bounded = new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, queue, named(name));
        bounded.allowCoreThreadTimeOut(true);
        return bounded;
    }

    @Override
    public void commit(Runnable work) {
        commit.execute(guarded(work));
    }

    @Override
    public void sync(Runnable work) {
        sync.execute(guarded(work));
    }

    @Override
    public void syncLater(long delayMs, Runnable work) {
        if (isClosed) return;
        var _ = sync.schedule(guarded(work), delayMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public void run(Runnable work) {
        pool.execute(guarded(work));
    }

    @Override
    public void runWaiting(Runnable work) {
        waiting.execute(guarded(work));
    }

    @Override
    public void runLater(long delayMs, Runnable work) {
        syncLater(delayMs, () -> runWhenPossible(work));
    }

    /// What was put off is not lost when too much is waiting just then.
    private void runWhenPossible(Runnable work) {
        if (isClosed) return;
        try {
            run(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("too much waits for the disk: what is due has to wait, too", e);
            runLater(AGAIN_MS, work);
        }
    }

    @Override
    public void runAll(List<Runnable> work) {
        var left = new ConcurrentLinkedQueue<>(work);
        var workers = IntStream.range(0, Math.min(work.size(), MOST_AT_ONCE))
                .mapToObj(_ -> CompletableFuture.runAsync(() -> drain(left), waiting))
                .toArray(CompletableFuture[]::new);
        // not to be interrupted: what they do must be done when the caller goes on
        CompletableFuture.allOf(workers).join();
    }

    private static void drain(Queue<Runnable> left) {
        for (var next = left.poll(); next != null; next = left.poll())
            guarded(next).run();
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            pool.shutdown();
            while (!pool.awaitTermination(1, TimeUnit.MINUTES)) LOG.info("waiting for work on files to end");
            waiting.shutdown();
            while (!waiting.awaitTermination(1, TimeUnit.MINUTES)) LOG.info("waiting for new logs to be made");
            commit.shutdown();
            while (!commit.awaitTermination(1, TimeUnit.MINUTES)) LOG.info("waiting for the last commit");
            sync.submit(() -> {}).get();
            sync.shutdown();
            while (!sync.awaitTermination(1, TimeUnit.MINUTES)) LOG.info("waiting for the last sync");
        } catch (InterruptedException e) {
            LOG.warn("interrupted while waiting for work on files to end");
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the sync thread is broken", e);
        }
    }

    /// A defect in one piece of work must not be silent, nor end the thread.
    private static Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.error("work on files failed unexpectedly", e);
            }
        };
    }

    private static ThreadFactory named(String name) {
        var number = new AtomicInteger();
        return work ->
                Thread.ofPlatform().name(name + "-" + number.getAndIncrement()).unstarted(work);
    }
}
