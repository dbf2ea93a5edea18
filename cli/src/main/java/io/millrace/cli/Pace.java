package io.millrace.cli;

import java.util.concurrent.locks.LockSupport;

/// Keeps to so many records per second, counted from the first.
final class Pace {

    private static final double NANOS = 1e9;

    private final double perSecond;
    private long sent;
    private long startNs;

    /// @param perSecond above 0; infinite for as fast as it goes
    Pace(double perSecond) {
        this.perSecond = perSecond;
    }

    /// Returns when the next record is due.
    void await() {
        if (Double.isInfinite(perSecond)) return;
        if (sent == 0) startNs = System.nanoTime();
        long dueNs = dueNs(sent++);
        for (long wait = dueNs - (System.nanoTime() - startNs);
                wait > 0;
                wait = dueNs - (System.nanoTime() - startNs)) {
            LockSupport.parkNanos(wait);
        }
    }

    /// When record `number` is due, in nanoseconds after the first.
    long dueNs(long number) {
        return (long) (number * NANOS / perSecond);
    }
}
