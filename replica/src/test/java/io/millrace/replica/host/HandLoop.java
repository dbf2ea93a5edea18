package io.millrace.replica.host;

import io.millrace.model.Clock;
import io.millrace.net.Loop;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/// A loop and a clock in one, both moved by hand.
final class HandLoop implements Loop, Clock {

    private final PriorityQueue<Entry> entries = new PriorityQueue<>(
            Comparator.comparingLong((Entry entry) -> entry.atNs).thenComparingLong(entry -> entry.order));
    private long nowNs = -5;
    private long order;

    /// How often a timer of the loop was set.
    int timersSet;

    private static final class Entry {
        private final long atNs;
        private final long order;
        private final Runnable work;
        private boolean cancelled;

        private Entry(long atNs, long order, Runnable work) {
            this.atNs = atNs;
            this.order = order;
            this.work = work;
        }
    }

    void pass(long ms) {
        long untilNs = nowNs + TimeUnit.MILLISECONDS.toNanos(ms);
        while (!entries.isEmpty() && entries.peek().atNs <= untilNs) {
            var entry = entries.poll();
            nowNs = Math.max(nowNs, entry.atNs);
            if (!entry.cancelled) entry.work.run();
        }
        nowNs = untilNs;
    }

    @Override
    public Timer later(long delayNs, Runnable work) {
        timersSet++;
        var entry = new Entry(nowNs + delayNs, order++, work);
        entries.add(entry);
        return () -> entry.cancelled = true;
    }

    @Override
    public long monotonicNs() {
        return nowNs;
    }

    @Override
    public long wallMs() {
        return 1_700_000_000_000L + TimeUnit.NANOSECONDS.toMillis(nowNs);
    }

    @Override
    public void execute(Runnable work) {
        later(0, work);
    }

    @Override
    public void atTurnEnd(Runnable work) {
        later(0, work);
    }

    @Override
    public boolean isHere() {
        return true;
    }

    @Override
    public int index() {
        return 0;
    }
}
