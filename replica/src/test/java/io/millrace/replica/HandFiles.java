package io.millrace.replica;

import io.millrace.disk.FileWork;
import java.util.ArrayDeque;

/// The file threads of a folder, turned by hand; what is to happen later waits for [#later].
final class HandFiles implements FileWork {

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private final ArrayDeque<Runnable> delayed = new ArrayDeque<>();

    void runAll() {
        for (var work = waiting.poll(); work != null; work = waiting.poll()) work.run();
    }

    /// Lets the delays end; false when nothing does.
    boolean later() {
        boolean any = !delayed.isEmpty();
        waiting.addAll(delayed);
        delayed.clear();
        return any;
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
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
    public void syncLater(long delayMs, Runnable work) {
        delayed.add(work);
    }

    @Override
    public void run(Runnable work) {
        waiting.add(work);
    }

    @Override
    public void runLater(long delayMs, Runnable work) {
        delayed.add(work);
    }

    @Override
    public void close() {
        runAll();
    }
}
