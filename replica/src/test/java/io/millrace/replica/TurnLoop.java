package io.millrace.replica;

import io.millrace.model.Clock;
import io.millrace.net.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// A loop and a clock in one: a turn lasts until it is ended by hand.
final class TurnLoop implements Loop, Clock {

    private final int index;
    private final ArrayDeque<Runnable> mailbox = new ArrayDeque<>();
    private final List<Runnable> atEnd = new ArrayList<>();
    private final List<Due> delayed = new ArrayList<>();
    private long nowNs = -5;

    private record Due(long atNs, Runnable work) {}

    /// From now on it takes nothing.
    boolean hasEnded;

    TurnLoop(int index) {
        this.index = index;
    }

    /// Ends the turn, and then does one turn with one piece of work for everything in the mailbox.
    void endTurn() {
        finish();
        for (var due : List.copyOf(delayed)) {
            if (due.atNs() > nowNs) continue;
            delayed.remove(due);
            mailbox.add(due.work());
        }
        for (var work = mailbox.poll(); work != null; work = mailbox.poll()) {
            work.run();
            finish();
        }
    }

    /// One piece of work of the mailbox, in a turn of its own.
    boolean oneTurn() {
        var work = mailbox.poll();
        if (work == null) return false;
        work.run();
        finish();
        return true;
    }

    private void finish() {
        while (!atEnd.isEmpty()) atEnd.removeFirst().run();
    }

    /// Lets the delays end.
    void delaysEnd() {
        delayed.forEach(due -> mailbox.add(due.work()));
        delayed.clear();
    }

    void pass(long ms) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(ms);
    }

    @Override
    public void execute(Runnable work) {
        if (hasEnded) throw new RejectedExecutionException("loop " + index + " has ended");
        mailbox.add(work);
    }

    @Override
    public Timer later(long delayNs, Runnable work) {
        var due = new Due(nowNs + delayNs, work);
        delayed.add(due);
        return () -> delayed.remove(due);
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

    @Override
    public long monotonicNs() {
        return nowNs;
    }

    @Override
    public long wallMs() {
        return 1_700_000_000_000L + TimeUnit.NANOSECONDS.toMillis(nowNs);
    }
}
