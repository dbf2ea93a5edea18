package io.millrace.disk;

/// Where a data folder does what blocks. [FileThreads] is the real one; tests and the simulator bring
/// their own.
public interface FileWork extends AutoCloseable {

    /// Runs `work` on the folder's one commit thread, in order: what acknowledgements wait for, and
    /// nothing else.
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

    /// The same after `delayMs` at the earliest; dropped when the folder closes before.
    void runLater(long delayMs, Runnable work);

    /// Waits for what was given to [#commit], [#sync] and [#run]; nothing may be given afterwards.
    @Override
    void close();
}
