package io.millrace.disk;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/// Work on files without threads: [#run] runs at once, syncs wait until [#syncAll] or the end, and what
/// is due later waits for [#later].
public class HereAndNow implements FileWork {

    private final Queue<Runnable> commits = new ArrayDeque<>();
    private final Queue<Runnable> syncs = new ArrayDeque<>();
    private final Queue<Runnable> delayed = new ArrayDeque<>();
    private boolean lost;
    private boolean closed;

    public HereAndNow() {}

    @Override
    public void commit(Runnable work) {
        if (closed) throw new RejectedExecutionException("closed");
        commits.add(work);
    }

    @Override
    public void sync(Runnable work) {
        if (closed) throw new RejectedExecutionException("closed");
        syncs.add(work);
    }

    @Override
    public void syncLater(long delayMs, Runnable work) {
        delayed.add(work);
    }

    @Override
    public void run(Runnable work) {
        if (closed) throw new RejectedExecutionException("closed");
        if (!lost) work.run();
    }

    @Override
    public void runLater(long delayMs, Runnable work) {
        delayed.add(work);
    }

    /// Serves what acknowledgements wait for.
    public void commitAll() {
        while (!commits.isEmpty()) commits.remove().run();
    }

    /// Serves all syncs that were asked for.
    public void syncAll() {
        while (!commits.isEmpty() || !syncs.isEmpty()) {
            commitAll();
            if (!syncs.isEmpty()) syncs.remove().run();
        }
    }

    /// Serves the syncs, and has the checkpoints written.
    public void settle() {
        syncAll();
        later();
        syncAll();
    }

    /// Lets the delays end.
    public void later() {
        int due = delayed.size();
        for (int i = 0; i < due; i++) delayed.remove().run();
    }

    /// The process dies: nothing that waits is ever done.
    public void lose() {
        commits.clear();
        syncs.clear();
        delayed.clear();
        lost = true;
    }

    @Override
    public void close() {
        syncAll();
        closed = true;
    }
}
