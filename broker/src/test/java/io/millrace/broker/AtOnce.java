package io.millrace.broker;

import io.millrace.model.Clock;
import io.millrace.net.Loop;

/// A loop that does at once what it is given, and knows no later.
final class AtOnce implements Loop {

    static final Clock CLOCK = new Clock() {

        @Override
        public long monotonicNs() {
            return 5;
        }

        @Override
        public long wallMs() {
            return 1_700_000_000_000L;
        }
    };

    @Override
    public void execute(Runnable work) {
        work.run();
    }

    @Override
    public Timer later(long delayNs, Runnable work) {
        return () -> {};
    }

    @Override
    public void atTurnEnd(Runnable work) {
        work.run();
    }

    /// Nobody is ever inside a turn, so that a quorum may be started and answers come through [#execute].
    @Override
    public boolean isHere() {
        return false;
    }

    @Override
    public int index() {
        return 0;
    }
}
