package io.millrace.broker;

import io.millrace.disk.FileWork;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;

/// The file threads of a folder, turned by hand; what is to happen later never does.
final class HandFiles implements FileWork {

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    /// Too much is waiting: nothing more is taken.
    boolean isFull;

    /// Does everything that waits; returns how much that was.
    int runAll() {
        int done = 0;
        for (var work = waiting.poll(); work != null; work = waiting.poll(), done++) work.run();
        return done;
    }

    int waiting() {
        return waiting.size();
    }

    @Override
    public void commit(Runnable work) {
        waiting.add(work);
    }

    @Override
    public void sync(Runnable work) {
        waiting.add(work);
    }

    @Override
    public void syncLater(long delayMs, Runnable work) {}

    @Override
    public void run(Runnable work) {
        if (isFull) throw new RejectedExecutionException("too much is waiting");
        waiting.add(work);
    }

    @Override
    public void runLater(long delayMs, Runnable work) {}

    @Override
    public void close() {
        runAll();
    }
}
