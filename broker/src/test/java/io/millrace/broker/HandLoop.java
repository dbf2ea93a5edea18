package io.millrace.broker;

import io.millrace.net.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/// A loop that is turned by hand.
final class HandLoop implements Loop {

    private final int index;
    private final HandClock clock;
    private final ArrayDeque<Runnable> mailbox = new ArrayDeque<>();
    private final List<Runnable> atEnd = new ArrayList<>();
    private final List<Due> timers = new ArrayList<>();

    /// From now on it takes nothing.
    boolean hasEnded;

    private record Due(long atNs, Runnable work) {}

    HandLoop(int index, HandClock clock) {
        this.index = index;
        this.clock = clock;
    }

    /// Ends this turn, and does the next one: timers that are due, and one piece of work. Returns whether there
    /// was anything to do.
    boolean turn() {
        int done = finish();
        for (var due : List.copyOf(timers)) {
            if (due.atNs() > clock.monotonicNs() || !timers.remove(due)) continue;
            due.work().run();
            done++;
        }
        var work = mailbox.poll();
        if (work != null) {
            work.run();
            done++;
        }
        return done + finish() > 0;
    }

    private int finish() {
        int done = 0;
        for (; !atEnd.isEmpty(); done++) atEnd.removeFirst().run();
        return done;
    }

    /// How many are to ring later.
    int timers() {
        return timers.size();
    }

    /// How much waits for its turn.
    int waiting() {
        return mailbox.size();
    }

    @Override
    public void execute(Runnable work) {
        if (hasEnded) throw new RejectedExecutionException("loop " + index + " has ended");
        mailbox.add(work);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // this timer, not one that is like it
    public Timer later(long delayNs, Runnable work) {
        var due = new Due(clock.monotonicNs() + delayNs, work);
        timers.add(due);
        return () -> timers.removeIf(one -> one == due);
    }

    @Override
    public void atTurnEnd(Runnable work) {
        atEnd.add(work);
    }

    @Override
    public boolean isHere() {
        return true;
    }

    @Override
    public int index() {
        return index;
    }
}
