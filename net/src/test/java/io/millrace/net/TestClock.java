package io.millrace.net;

import io.millrace.model.Clock;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that stands until it is moved.
final class TestClock implements Clock {

    /// The machine's time.
    static final Clock REAL = new Clock() {
        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }

        @Override
        public long wallMs() {
            return System.currentTimeMillis();
        }
    };

    private final AtomicLong nowNs = new AtomicLong(1_000_000_000_000L);

    void passMs(long ms) {
        nowNs.addAndGet(ms * 1_000_000);
    }

    void passNs(long ns) {
        nowNs.addAndGet(ns);
    }

    @Override
    public long monotonicNs() {
        return nowNs.get();
    }

    @Override
    public long wallMs() {
        return nowNs.get() / 1_000_000;
    }
}
