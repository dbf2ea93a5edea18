package io.millrace.disk;

import io.millrace.model.Clock;
import java.util.concurrent.TimeUnit;

/// A clock that stands still until it is told otherwise.
public final class TestClock implements Clock {

    private volatile long monotonicNs = 1_000_000_000;
    private volatile long wallMs = 1_700_000_000_000L;

    public TestClock() {}

    @Override
    public long monotonicNs() {
        return monotonicNs;
    }

    @Override
    public long wallMs() {
        return wallMs;
    }

    /// Lets time pass.
    public synchronized void pass(long ms) {
        monotonicNs += TimeUnit.MILLISECONDS.toNanos(ms);
        wallMs += ms;
    }

    /// Sets the wall clock, forward or back, while no time passes.
    public synchronized void jump(long ms) {
        wallMs += ms;
    }
}
