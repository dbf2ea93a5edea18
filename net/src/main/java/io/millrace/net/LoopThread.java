package io.millrace.net;

import io.millrace.model.Clock;
import io.millrace.model.metrics.Metrics.Counter;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A loop and the thread that turns it.
final class LoopThread {

    private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);

    private final Sockets sockets;
    private final Clock clock;
    private final Counter turns;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile long busyNs;
    private long seenBusyNs;
    private long seenNs;

    LoopThread(int index, Clock clock, Shared shared) throws IOException {
        this.clock = clock;
        sockets = new Sockets(index, clock, shared);
        turns = shared.meters().turns(index);
        shared.meters().utilisation(index, this::utilisationPercent);
        seenNs = clock.monotonicNs();
        thread = Thread.ofPlatform().name("millrace-loop-" + index).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Sockets sockets() {
        return sockets;
    }

    /// Ends the thread after what is in its mailbox.
    void stop() {
        stopping = true;
        sockets.wake();
    }

    /// Waits for the thread's end; false when it did not come in time.
    boolean join(long maxMs) throws InterruptedException {
        return thread.join(Duration.ofMillis(maxMs));
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by this thread only
    private void run() {
        var loop = sockets.loop();
        while (!stopping) {
            try {
                // An interrupt would close the files that answers are sent from.
                if (Thread.interrupted()) LOG.warn("{} was interrupted, and goes on", thread.getName());
                loop.turn();
                turns.add(1);
                busyNs += clock.monotonicNs() - loop.nowNs();
                loop.rest();
            } catch (Throwable failure) {
                sockets.countFailure(); // reporting has failed already, say for want of memory
            }
        }
        loop.end();
        sockets.free();
    }

    /// How much of the time since the last call the loop was at work.
    private synchronized long utilisationPercent() {
        long busy = busyNs;
        long now = clock.monotonicNs();
        long percent = 100 * (busy - seenBusyNs) / Math.max(1, now - seenNs);
        seenBusyNs = busy;
        seenNs = now;
        return Math.clamp(percent, 0, 100);
    }

    @Override
    public String toString() {
        return thread.getName();
    }
}
