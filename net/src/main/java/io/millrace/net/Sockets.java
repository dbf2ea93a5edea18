package io.millrace.net;

import io.millrace.model.Clock;
import io.millrace.model.metrics.Metrics.Counter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The outside of a real loop: its selector, and the connections it owns.
///
/// What the selector names goes into a queue and is served from there, the oldest first, so that a limit per turn
/// leaves nobody out.
final class Sockets implements EventLoop.Outside {

    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

    /// A turn takes in about so much: few enough to be in the processor's cache still when the turn's logs are
    /// written.
    private static final long RECEIVED_PER_TURN_BYTES = 1 << 20;
    private static final int STAGING_BYTES = 256 << 10;
    private static final long NS_PER_MS = 1_000_000;
    private static final long LONGEST_CHECK_NS = 5_000 * NS_PER_MS;

    private final EventLoop loop;
    private final Shared shared;
    private final ChunkPool pool;
    private final Selector selector;
    private final LogLimit logLimit = new LogLimit();
    private final Counter failures;
    private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);
    private final ArrayDeque<Selected> ready = new ArrayDeque<>();
    private final ArrayDeque<SocketConnection> toFlush = new ArrayDeque<>();
    private final ArrayDeque<SocketConnection> starved = new ArrayDeque<>();
    private final Set<SocketConnection> connections = new LinkedHashSet<>();
    private final Consumer<SelectionKey> whenReady = this::noteReady;
    private final AtomicBoolean feeding = new AtomicBoolean();
    private boolean collected;
    private boolean checking;
    private boolean closing;
    private long received;
    private long sent;

    /// @throws IOException when the system gives no selector
    Sockets(int index, Clock clock, Shared shared) throws IOException {
        this.shared = shared;
        failures = shared.meters().failures(index);
        loop = new EventLoop(index, clock::monotonicNs, this, this::report);
        pool = new ChunkPool(loop, shared.small(), shared.large(), this::feedSoon);
        shared.small().onGiven(this::feedSoon);
        shared.large().onGiven(this::feedSoon);
        selector = Selector.open();
    }

    @Override
    public int poll(long nowNs, int budget) {
        if (!collected) select(-1);
        collected = false;
        int most = Math.min(ready.size(), budget);
        int done = 0;
        while (done < most && received < RECEIVED_PER_TURN_BYTES) {
            ready.remove().serve();
            done++;
        }
        return done;
    }

    @Override
    public void flush() {
        for (int i = toFlush.size(); i > 0; i--) toFlush.remove().flush();
        shared.meters().received(received);
        shared.meters().sent(sent);
        received = 0;
        sent = 0;
    }

    @Override
    public boolean isBusy() {
        return !ready.isEmpty() || !toFlush.isEmpty();
    }

    @Override
    public void await(long maxNs) {
        select(maxNs == Long.MAX_VALUE ? 0 : maxNs / NS_PER_MS + 1);
        collected = true;
    }

    @Override
    public void wake() {
        selector.wakeup();
    }

    EventLoop loop() {
        return loop;
    }

    ChunkPool pool() {
        return pool;
    }

    NetLimits limits() {
        return shared.limits();
    }

    long nowNs() {
        return loop.nowNs();
    }

    /// Where small answers are gathered before they are written.
    ByteBuffer staging() {
        return staging;
    }

    /// Registers a channel that is not a connection.
    SelectionKey register(ServerSocketChannel server, Selected selected) throws IOException {
        return server.register(selector, SelectionKey.OP_ACCEPT, selected);
    }

    /// Takes over a connection that was let in.
    void adopt(SocketChannel socket, long id, Acceptor acceptor, InetAddress from) {
        if (closing || acceptor.isClosed()) {
            refuse(socket, acceptor, from, CloseReason.LISTENER);
            return;
        }
        try {
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            var ends = new SocketConnection.Ends(
                    (InetSocketAddress) socket.getRemoteAddress(), (InetSocketAddress) socket.getLocalAddress());
            var key = socket.register(selector, SelectionKey.OP_READ);
            var connection = new SocketConnection(id, this, acceptor, new Transport.Plain(socket), key, ends);
            key.attach(connection);
            connections.add(connection);
            if (!checking) checkLater();
        } catch (IOException e) {
            LOG.debug("a connection from {} was gone before it was used", from, e);
            refuse(socket, acceptor, from, CloseReason.IO);
        }
    }

    /// Has `selected` served again, as if the selector had said `ops`.
    void again(Selected selected, int ops) {
        if (selected.note(ops)) ready.add(selected);
    }

    void flushLater(SocketConnection connection) {
        toFlush.add(connection);
    }

    /// Has the connection fed when memory comes back.
    void feedLater(SocketConnection connection) {
        starved.add(connection);
    }

    void countReceived(int bytes) {
        received += bytes;
    }

    void countSent(long bytes) {
        sent += bytes;
    }

    /// A connection is closed: nothing of it is left but its news.
    void ended(SocketConnection connection, Acceptor acceptor, CloseReason reason) {
        connections.remove(connection);
        shared.admission().leave(connection.remote().getAddress());
        shared.meters().closed(reason);
        acceptor.left();
    }

    /// Writes a line about a peer, if the log may have it.
    void log(Logger log, CloseReason reason, String line, Object... values) {
        var level = reason.level();
        if (!log.isEnabledForLevel(level)) return;
        if (logLimit.allows(nowNs())) log.atLevel(level).log(line + logLimit.hiddenBefore(), values);
    }

    /// Logs and counts a failure that nobody planned for.
    void report(Throwable failure) {
        failures.add(1);
        LOG.error("work on loop {} failed", loop.index(), failure);
    }

    /// Counts a failure that could not even be reported.
    void countFailure() {
        failures.add(1);
    }

    /// Closes the connections that `which` names, and lets their sockets go.
    void close(Predicate<SocketConnection> which, String why) {
        for (var connection : List.copyOf(connections)) {
            if (which.test(connection)) connection.end(CloseReason.LISTENER, why);
        }
        select(-1);
        collected = true;
    }

    /// Closes all connections, and those that are still on their way here.
    void closeAll() {
        closing = true;
        close(_ -> true, "the listener stops");
    }

    /// Ends the selector; the loop does not turn any more.
    void free() {
        try {
            selector.close();
        } catch (IOException e) {
            LOG.warn("the selector of loop {} did not close well", loop.index(), e);
        }
    }

    private void refuse(SocketChannel socket, Acceptor acceptor, InetAddress from, CloseReason reason) {
        shared.admission().leave(from);
        shared.meters().closed(reason);
        acceptor.left();
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a connection from {} did not close well", from, e);
        }
    }

    /// @param waitMs how long to wait: 0 for ever, -1 not at all
    private void select(long waitMs) {
        try {
            if (waitMs < 0) {
                selector.selectNow(whenReady);
            } else {
                selector.select(whenReady, waitMs);
            }
        } catch (IOException e) {
            report(e);
        }
    }

    private void noteReady(SelectionKey key) {
        if (key.isValid() && key.attachment() instanceof Selected selected) again(selected, key.readyOps());
    }

    private void feedSoon() {
        if (!feeding.compareAndSet(false, true)) return;
        try {
            loop.execute(this::feed);
        } catch (RejectedExecutionException e) {
            LOG.debug("memory came back after loop {} had ended", loop.index(), e); // where nobody waits for it
        }
    }

    private void feed() {
        feeding.set(false);
        for (int i = starved.size(); i > 0; i--) starved.remove().feed();
    }

    private void checkLater() {
        long shortest =
                Math.min(limits().idle().toNanos(), limits().frameStall().toNanos());
        checking = true;
        loop.later(Math.clamp(shortest / 4, 10 * NS_PER_MS, LONGEST_CHECK_NS), this::check);
    }

    private void check() {
        for (var connection : List.copyOf(connections)) connection.check(nowNs());
        pool.trim();
        checking = false;
        if (!connections.isEmpty() || pool.idleBytes() > 0) checkLater();
    }
}
