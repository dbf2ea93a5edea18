package io.millrace.net;

import java.util.concurrent.Executor;

/// A single-threaded world: run, run later.
///
/// Work runs to completion, one piece at a time, on the loop's thread. What a piece of work throws is logged and
/// counted and ends that piece only.
public interface Loop extends Executor {

    /// Puts work into the mailbox, from any thread; works handed over by one thread run in their order.
    ///
    /// The mailbox itself has no limit: what fills it is limited (requests in flight, connections, file work).
    ///
    /// @throws java.util.concurrent.RejectedExecutionException when the loop has ended
    @Override
    void execute(Runnable work);

    /// Runs `work` once, not before `delayNs` nanoseconds from now (at once when not positive, in a later
    /// turn). A sleeping loop wakes with the precision of a millisecond. Loop thread only.
    Timer later(long delayNs, Runnable work);

    /// Runs `work` once at the end of this turn, before the turn's answers are written to sockets. Loop thread
    /// only.
    void atTurnEnd(Runnable work);

    /// Is the calling thread inside a turn of this loop?
    boolean isHere();

    /// Which loop this is, from 0.
    int index();

    /// Something that was to run later.
    interface Timer {

        /// Prevents the run when it has not begun; else does nothing. Loop thread only.
        void cancel();
    }
}
