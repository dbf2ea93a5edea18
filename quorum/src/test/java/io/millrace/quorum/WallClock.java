package io.millrace.quorum;

import io.millrace.model.Clock;

/// The machine's clock.
record WallClock() implements Clock {

    @Override
    public long monotonicNs() {
        return System.nanoTime();
    }

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }
}
