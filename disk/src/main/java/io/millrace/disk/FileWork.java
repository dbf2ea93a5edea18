package io.millrace.disk;

import java.util.List;

/// Where a data folder does what blocks. [FileThreads] is the real one; tests and the simulator bring
/// their own.
public interface FileWork extends AutoCloseable {

    /// Runs `work` on the folder's one commit thread, in order: what acknowledgements wait for, and
    /// what must not come between; nothing that waits for anything else.
    void commit(Runnable work);

    /// Runs `work` on the folder's one sync thread, in order: what nobody waits for.
    void sync(Runnable work);

    /// The same after `delayMs` at the earliest; dropped when the folder closes before.
    void syncLater(long delayMs, Runnable work);

    /// Runs `work` on the small pool.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException when too much is waiting, or the folder
    ///                                                         is closed
    void run(Runnable work);

    /// The same for work that mostly waits until something is on the disk: where there are threads there
    /// are more for it, since they wait for much the same.
    default void runWaiting(Runnable work) {
        run(work);
    }

    /// The same as [#run] after `delayMs` at the earliest; dropped when the folder closes before.
    void runLater(long delayMs, Runnable work);

    /// Does all of `work`, several at a time where that is of use, and returns when it is done: for work
    /// that mostly waits for the disk, when nobody else needs it. Blocks.
    default void runAll(List<Runnable> work) {
        work.forEach(Runnable::run);
    }

    /// Waits for what was given to [#commit], [#sync], [#run] and [#runWaiting]; nothing may be
    /// given afterwards.
    @Override
    void close();
}
