package io.millrace.net;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One core's worth of the broker: its connections, its partitions, its timers, its mailbox.
///
/// Everything a loop owns is touched by its thread only. Other threads may do one thing to it: put work in its
/// mailbox. A turn does a bounded amount of each kind of work, so no kind starves:
///
/// 1. timers that are due,
/// 2. the mailbox,
/// 3. what came from the outside (sockets are read, requests are worked on),
/// 4. what was asked for the turn's end (logs are written here),
/// 5. the answers of the turn go out.
///
/// What a piece of work throws goes to `onFailure` and ends that piece only.
public final class EventLoop implements Loop {

    /// The outside of a loop: sockets in the product, a simulated network in tests. Called by the loop's thread,
    /// except for [#wake].
    public interface Outside {

        /// Takes in what is there, without waiting; does at most `budget` units and says how many it did.
        int poll(long nowNs, int budget);

        /// Lets go out what is ready.
        void flush();

        /// Is there work that [#poll] would do although nothing new came?
        boolean isBusy();

        /// Waits until something comes, or [#wake], or for `maxNs`; a wake that came before counts.
        void await(long maxNs);

        /// Ends an [#await]; any thread.
        void wake();
    }

    private static final int BUDGET_PER_TURN = 256;

    private final int index;
    private final LongSupplier clockNs;
    private final Outside outside;
    private final Consumer<Throwable> onFailure;
    private final Timers timers = new Timers();
    private final ArrayDeque<Runnable> turnEnds = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean ended;

    /// Whose turn it is. Read by any thread without care: a thread sees itself here only if it wrote that.
    private @Nullable Thread here;

    private long nowNs;

    /// @param clockNs   nanoseconds that only go forward
    /// @param outside   where bytes come from and go to
    /// @param onFailure told what a piece of work has thrown
    public EventLoop(int index, LongSupplier clockNs, Outside outside, Consumer<Throwable> onFailure) {
        this.index = index;
        this.clockNs = clockNs;
        this.outside = outside;
        this.onFailure = onFailure;
    }

    /// One turn. Returns the work done; zero means the caller may [rest][#rest].
    ///
    /// The simulator calls this method too, with its own clock and outside: it is the whole engine.
    public int turn() {
        here = Thread.currentThread();
        try {
            nowNs = clockNs.getAsLong();
            int work = runTimers() + runMailbox() + pollOutside();
            work += runTurnEnds();
            flushOutside();
            return work;
        } finally {
            here = null;
        }
    }

    /// How long nothing is to be done unless something comes: 0 when there is work, `Long.MAX_VALUE` for ever.
    public long idleNs() {
        if (!mailbox.isEmpty() || !turnEnds.isEmpty() || outside.isBusy()) return 0;
        if (timers.isEmpty()) return Long.MAX_VALUE;
        return Math.max(0, timers.firstDueNs() - clockNs.getAsLong());
    }

    /// Waits outside until there may be work. After it, [#turn].
    public void rest() {
        long idleNs = idleNs();
        if (idleNs == 0) return;
        asleep.set(true);
        try {
            if (mailbox.isEmpty()) outside.await(idleNs);
        } finally {
            asleep.set(false);
        }
    }

    /// Lets nobody put anything into the mailbox any more, and runs what is in it.
    public void end() {
        ended = true;
        here = Thread.currentThread();
        try {
            for (var work = mailbox.poll(); work != null; work = mailbox.poll()) run(work);
            runTurnEnds();
        } finally {
            here = null;
        }
    }

    @Override
    public void execute(Runnable work) {
        if (!ended) {
            mailbox.add(work);
            if (asleep.get() && asleep.compareAndSet(true, false)) outside.wake();
            // The loop may have ended meanwhile: then either it still found the work, or we take it back.
            if (!ended || !mailbox.remove(work)) return;
        }
        throw new RejectedExecutionException("loop " + index + " has ended");
    }

    @Override
    public Timer later(long delayNs, Runnable work) {
        return timers.add(clockNs.getAsLong() + Math.clamp(delayNs, 0, Long.MAX_VALUE / 4), work);
    }

    @Override
    public void atTurnEnd(Runnable work) {
        turnEnds.add(work);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same thread, no other
    public boolean isHere() {
        return here == Thread.currentThread();
    }

    @Override
    public int index() {
        return index;
    }

    /// When this turn began, on the loop's clock.
    long nowNs() {
        return nowNs;
    }

    private int runTimers() {
        long mark = timers.mark();
        int done = 0;
        while (done < BUDGET_PER_TURN) {
            var work = timers.takeDue(nowNs, mark);
            if (work == null) break;
            run(work);
            done++;
        }
        return done;
    }

    private int runMailbox() {
        int done = 0;
        while (done < BUDGET_PER_TURN) {
            var work = mailbox.poll();
            if (work == null) break;
            run(work);
            done++;
        }
        return done;
    }

    private int pollOutside() {
        try {
            return outside.poll(nowNs, BUDGET_PER_TURN);
        } catch (Throwable failure) {
            onFailure.accept(failure);
            return 1;
        }
    }

    /// Also runs what the work itself asks for, within limits: the rest waits for the next turn.
    private int runTurnEnds() {
        int allowed = turnEnds.size() + BUDGET_PER_TURN;
        int done = 0;
        while (done < allowed) {
            var work = turnEnds.poll();
            if (work == null) break;
            run(work);
            done++;
        }
        return done;
    }

    private void flushOutside() {
        try {
            outside.flush();
        } catch (Throwable failure) {
            onFailure.accept(failure);
        }
    }

    private void run(Runnable work) {
        try {
            work.run();
        } catch (Throwable failure) {
            onFailure.accept(failure);
        }
    }
}
