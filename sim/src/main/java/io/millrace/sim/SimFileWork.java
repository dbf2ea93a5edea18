package io.millrace.sim;

import io.millrace.disk.FileWork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;

/// The threads of a data folder, advanced by hand, one piece of work at a time: which thread goes on
/// next is chosen by the seed. The commit thread and the sync thread each keep their order; the pool
/// has none.
///
/// Work that fails with anything but a crash is a defect, which real threads would log and survive; here
/// it is kept in [#defects].
public final class SimFileWork implements FileWork {

    private record Delayed(long dueMs, Runnable work) {}

    private final SimClock clock;
    private final RandomGenerator random;
    private final Queue<Runnable> commits = new ArrayDeque<>();
    private final Queue<Runnable> syncs = new ArrayDeque<>();
    private final List<Runnable> pool = new ArrayList<>();
    private final List<Delayed> delayed = new ArrayList<>();
    private final List<Throwable> defects = new ArrayList<>();
    private boolean takesCommits = true;
    private boolean takesSyncs = true;
    private boolean takesRuns = true;
    private int depth;

    /// @param clock  tells when delayed work is due
    /// @param random chooses who goes on
    public SimFileWork(SimClock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    @Override
    public void commit(Runnable work) {
        if (!takesCommits) throw new RejectedExecutionException("the commit thread has ended");
        commits.add(work);
    }

    @Override
    public void sync(Runnable work) {
        if (!takesSyncs) throw new RejectedExecutionException("the sync thread has ended");
        syncs.add(work);
    }

    @Override
    public void syncLater(long delayMs, Runnable work) {
        if (takesRuns) delayed.add(new Delayed(clock.monotonicMs() + delayMs, work));
    }

    @Override
    public void run(Runnable work) {
        if (!takesRuns) throw new RejectedExecutionException("the pool has ended");
        pool.add(work);
    }

    @Override
    public void runLater(long delayMs, Runnable work) {
        syncLater(delayMs, () -> {
            if (takesRuns) run(work);
        });
    }

    /// Whether one of the threads is at work now.
    public boolean isAtWork() {
        return depth > 0;
    }

    /// What went wrong in a way that nobody planned for.
    public List<Throwable> defects() {
        return defects;
    }

    /// Does one piece of work; false when there is none that is due.
    public boolean step() {
        wake();
        int threads = (commits.isEmpty() ? 0 : 1) + (syncs.isEmpty() ? 0 : 1) + (pool.isEmpty() ? 0 : 1);
        if (threads == 0) return false;
        int chosen = random.nextInt(threads);
        if (!commits.isEmpty() && chosen-- == 0) return go(commits.remove());
        if (!syncs.isEmpty() && chosen-- == 0) return go(syncs.remove());
        return go(pool.remove(random.nextInt(pool.size())));
    }

    /// Does everything that is due, and what comes of it.
    public void settle() {
        while (step()) {}
    }

    private void wake() {
        for (int i = 0; i < delayed.size(); i++) {
            if (delayed.get(i).dueMs() > clock.monotonicMs()) continue;
            syncs.add(delayed.remove(i--).work());
        }
    }

    private boolean go(Runnable work) {
        depth++;
        try {
            work.run();
        } catch (SimCrash | Violation e) {
            throw e;
        } catch (RuntimeException | Error e) {
            defects.add(e);
        } finally {
            depth--;
        }
        return true;
    }

    @Override
    public void close() {
        takesRuns = false;
        delayed.clear();
        while (!pool.isEmpty()) step();
        takesCommits = false;
        while (!commits.isEmpty()) step();
        settle();
        takesSyncs = false;
    }
}
