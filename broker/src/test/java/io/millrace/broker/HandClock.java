package io.millrace.broker;

import io.millrace.model.Clock;
import java.util.concurrent.TimeUnit;

/// Time that passes when a story says so.
final class HandClock implements Clock {

    private long nowNs = 5;

    void pass(long ms) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(ms);
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
