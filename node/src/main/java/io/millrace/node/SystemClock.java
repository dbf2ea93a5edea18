package io.millrace.node;

import io.millrace.model.Clock;

/// The machine's own clocks.
final class SystemClock implements Clock {

    @Override
    public long monotonicNs() {
        return System.nanoTime();
    }

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }
}
