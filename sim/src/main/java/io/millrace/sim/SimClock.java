package io.millrace.sim;

import io.millrace.model.Clock;
import java.util.concurrent.TimeUnit;

/// A clock that stands still until it is told otherwise.
public final class SimClock implements Clock {

    private long monotonicNs = 1_000_000_000;
    private long wallMs = 1_700_000_000_000L;

    public SimClock() {}

    @Override
    public long monotonicNs() {
        return monotonicNs;
    }

    @Override
    public long wallMs() {
        return wallMs;
    }

    /// Milliseconds on the monotonic clock.
    long monotonicMs() {
        return TimeUnit.NANOSECONDS.toMillis(monotonicNs);
    }

    /// Lets time pass.
    public void pass(long ms) {
        monotonicNs += TimeUnit.MILLISECONDS.toNanos(ms);
        wallMs += ms;
    }

    /// Sets the wall clock, forward or back, while no time passes.
    public void jump(long ms) {
        wallMs += ms;
    }
}
