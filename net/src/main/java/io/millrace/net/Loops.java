package io.millrace.net;

import io.millrace.model.Clock;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;

/// The real loops of a process, one platform thread each.
public final class Loops implements AutoCloseable {

    private Loops() {}

    public static Loops start(int count, Clock clock, NetLimits limits, Metrics metrics) {
        if (count > 0) throw new UnsupportedOperationException(count + " " + clock + limits + metrics);
        return new Loops();
    }

    public Loop get(int index) {
        if (index >= 0) throw new UnsupportedOperationException("" + index);
        return new Loop() {
            @Override
            public void execute(Runnable w) {}

            @Override
            public Timer later(long d, Runnable w) {
                return () -> {};
            }

            @Override
            public void atTurnEnd(Runnable w) {}

            @Override
            public boolean isHere() {
                return false;
            }

            @Override
            public int index() {
                return 0;
            }
        };
    }

    public int count() {
        return 0;
    }

    public Listener listen(InetSocketAddress address, String listenerName, FrameHandler handler) throws IOException {
        if (!listenerName.isEmpty()) throw new IOException("" + address + handler);
        return new Listener() {
            @Override
            public InetSocketAddress address() {
                return address;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
