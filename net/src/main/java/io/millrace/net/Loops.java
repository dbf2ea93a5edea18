package io.millrace.net;

import io.millrace.model.Clock;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The real loops of a process, one platform thread each.
public final class Loops implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Loops.class);
    private static final long MAX_WAIT_MS = 10_000;

    private final List<LoopThread> threads;
    private final List<Sockets> sockets;
    private final Shared shared;
    private final List<Listening> listeners = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private Loops(List<LoopThread> threads, Shared shared) {
        this.threads = threads;
        this.shared = shared;
        sockets = threads.stream().map(LoopThread::sockets).toList();
    }

    /// Starts `count` loops, at least one.
    ///
    /// @throws UncheckedIOException when the system gives no selectors
    public static Loops start(int count, Clock clock, NetLimits limits, Metrics metrics) {
        if (count < 1) throw new IllegalArgumentException("at least one loop is needed, not " + count);
        var shared = Shared.of(limits, metrics);
        var threads = new ArrayList<LoopThread>();
        try {
            for (int i = 0; i < count; i++) threads.add(new LoopThread(i, clock, shared));
        } catch (IOException e) {
            threads.forEach(thread -> thread.sockets().free());
            throw new UncheckedIOException(e);
        }
        threads.forEach(LoopThread::start);
        return new Loops(List.copyOf(threads), shared);
    }

    /// The loop with this index.
    public Loop get(int index) {
        return sockets.get(index).loop();
    }

    public int count() {
        return sockets.size();
    }

    /// Listens on `address` (port 0: any that is free). The connections are dealt out to all loops in turn.
    ///
    /// @param listenerName for metrics, logs and [Connection#listener]; of one listener at a time
    /// @throws IOException when the address cannot be had
    public Listener listen(InetSocketAddress address, String listenerName, FrameHandler handler) throws IOException {
        if (closed.get()) throw new IOException("the loops are closed");
        var listening = new Listening(new Acceptor(address, listenerName, handler, sockets, shared));
        synchronized (listeners) {
            listeners.add(listening);
        }
        sockets.getFirst().loop().execute(listening.acceptor::begin);
        LOG.info("listener {} accepts at {}", listenerName, listening.address());
        return listening;
    }

    /// Stops accepting, closes all connections, runs what is in the mailboxes, ends the threads. Not on a loop.
    @Override
    public void close() {
        if (isOnLoop()) throw new IllegalStateException("a loop cannot wait for its own end");
        if (!closed.compareAndSet(false, true)) return;
        List<Listening> open;
        synchronized (listeners) {
            open = List.copyOf(listeners);
        }
        open.forEach(Listening::close);
        onAll(Sockets::closeAll);
        onAll(_ -> {}); // what crossed to another loop meanwhile
        onAll(_ -> {}); // and its answer
        threads.forEach(LoopThread::stop);
        try {
            for (var thread : threads) {
                if (!thread.join(MAX_WAIT_MS)) LOG.warn("{} did not end in {} ms", thread, MAX_WAIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOnLoop() {
        return sockets.stream().anyMatch(each -> each.loop().isHere());
    }

    /// Runs `work` on every loop. Waits for it, unless this is a loop.
    private void onAll(Consumer<Sockets> work) {
        var open = new CountDownLatch(sockets.size());
        for (var each : sockets) {
            each.loop().execute(() -> {
                try {
                    work.accept(each);
                } finally {
                    open.countDown();
                }
            });
        }
        if (isOnLoop()) return;
        try {
            if (!open.await(MAX_WAIT_MS, TimeUnit.MILLISECONDS)) LOG.warn("a loop is stuck, going on without it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A listener and what it takes to end it.
    private final class Listening implements Listener {

        private final Acceptor acceptor;
        private final AtomicBoolean done = new AtomicBoolean();

        Listening(Acceptor acceptor) {
            this.acceptor = acceptor;
        }

        @Override
        public InetSocketAddress address() {
            return acceptor.address();
        }

        @Override
        public void close() {
            if (!done.compareAndSet(false, true)) return;
            synchronized (listeners) {
                listeners.remove(this);
            }
            acceptor.refuseAll();
            onAll(each -> {
                if (each == sockets.getFirst()) acceptor.stop();
                each.close(connection -> connection.acceptor() == acceptor, "the listener stops");
            });
            onAll(_ -> {}); // connections that were on their way, and the handler's last news
        }
    }
}
