package io.millrace.net;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// An amount of memory that all loops take from. Any thread.
///
/// One taker at a time may overdraw: when everything is taken by frames that are not complete, that one can
/// still be completed, and then the next. So what is taken is at most the maximum, plus what was forced, plus
/// one frame.
final class ByteBudget {

    private final long maxBytes;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicBoolean overdrawn = new AtomicBoolean();
    private final List<Runnable> wakers = new CopyOnWriteArrayList<>();
    private volatile boolean wanted;

    ByteBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// Takes `bytes` if they are free. If not, whoever waits is told when something is given back.
    boolean take(long bytes) {
        if (tryTake(bytes)) return true;
        wanted = true;
        return tryTake(bytes); // it may have been given back before `wanted` was seen
    }

    /// Takes `bytes` past the maximum, if nobody else does. Ended by [#endOverdraft].
    boolean overdraw(long bytes) {
        if (overdrawn.get() || !overdrawn.compareAndSet(false, true)) return false;
        force(bytes);
        return true;
    }

    /// Takes `bytes` in any case.
    void force(long bytes) {
        taken.addAndGet(bytes);
    }

    void give(long bytes) {
        long left = taken.addAndGet(-bytes);
        assert left >= 0 : "gave back more than was taken: " + left;
        tell();
    }

    void endOverdraft() {
        overdrawn.set(false);
        tell();
    }

    /// Less than `bytes` are free.
    boolean isShortOf(long bytes) {
        return maxBytes - taken.get() < bytes;
    }

    long takenBytes() {
        return taken.get();
    }

    /// Runs `waker`, on whatever thread gives back, after somebody was refused.
    void onGiven(Runnable waker) {
        wakers.add(waker);
    }

    private void tell() {
        if (!wanted) return;
        wanted = false;
        wakers.forEach(Runnable::run);
    }

    private boolean tryTake(long bytes) {
        while (true) {
            long now = taken.get();
            if (now + bytes > maxBytes) return false;
            if (taken.compareAndSet(now, now + bytes)) return true;
        }
    }
}
