package io.millrace.net;

import io.millrace.model.metrics.Metrics.Counter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts the connections of one listener, on the first loop, and deals them out to all loops in turn.
///
/// Connections above the limits are closed at once. When accepting fails, for want of descriptors say, it rests
/// for a moment instead of trying again and again.
final class Acceptor extends Selected {

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int BACKLOG = 1024;
    private static final int ACCEPTS_PER_TURN = 64;
    private static final long REST_AFTER_FAILURE_NS = 100_000_000;
    private static final AtomicLong NEXT_ID = new AtomicLong();

    private final String name;
    private final FrameHandler handler;
    private final List<Sockets> all;
    private final Shared shared;
    private final ServerSocketChannel server;
    private final InetSocketAddress address;
    private final AtomicInteger open = new AtomicInteger();
    private final Counter accepted;
    private @Nullable SelectionKey key;
    private int next;
    private volatile boolean closed;

    /// Binds, but does not accept before [#begin].
    ///
    /// @throws IOException when the address cannot be had
    Acceptor(InetSocketAddress at, String name, FrameHandler handler, List<Sockets> all, Shared shared)
            throws IOException {
        this.name = name;
        this.handler = handler;
        this.all = all;
        this.shared = shared;
        server = ServerSocketChannel.open();
        boolean bound = false;
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.configureBlocking(false);
            server.bind(at, BACKLOG);
            address = (InetSocketAddress) server.getLocalAddress();
            bound = true;
        } finally {
            if (!bound) server.close();
        }
        accepted = shared.meters().accepted(name);
        shared.meters().open(name, open::get);
    }

    @Override
    void onReady(int ops) {
        for (int i = 0; i < ACCEPTS_PER_TURN && !closed; i++) {
            try {
                var socket = server.accept();
                if (socket == null) return;
                accepted.add(1);
                admit(socket);
            } catch (IOException e) {
                rest(e);
                return;
            }
        }
    }

    /// Begins to accept. On the first loop.
    void begin() {
        try {
            key = home().register(server, this);
        } catch (IOException e) {
            home().report(e);
        }
    }

    /// From now on no connection is taken over. Any thread; [#stop] follows.
    void refuseAll() {
        closed = true;
    }

    /// Lets the address go. On the first loop, once.
    void stop() {
        shared.meters().forgetOpen(name);
        try {
            server.close();
        } catch (IOException e) {
            LOG.warn("listener {} did not close well", name, e);
        }
        LOG.info("listener {} stopped at {}", name, address);
    }

    boolean isClosed() {
        return closed;
    }

    InetSocketAddress address() {
        return address;
    }

    String name() {
        return name;
    }

    FrameHandler handler() {
        return handler;
    }

    /// A connection that was let in is gone. Any thread.
    void left() {
        open.decrementAndGet();
    }

    private void admit(SocketChannel socket) throws IOException {
        var from = ((InetSocketAddress) socket.getRemoteAddress()).getAddress();
        var refused = shared.admission().enter(from);
        if (refused != null) {
            shared.meters().closed(refused);
            home().log(LOG, refused, "connection from {} to {} refused: {}", from, name, refused.label());
            socket.close();
            return;
        }
        open.incrementAndGet();
        var owner = all.get(next);
        next = (next + 1) % all.size();
        long id = NEXT_ID.getAndIncrement();
        owner.loop().execute(() -> owner.adopt(socket, id, this, from));
    }

    private void rest(IOException failure) {
        if (closed || key == null) return;
        shared.meters().acceptFailed();
        home().log(LOG, CloseReason.FAILURE, "listener {} cannot accept: {}", name, failure);
        key.interestOps(0);
        home().loop().later(REST_AFTER_FAILURE_NS, this::resume);
    }

    private void resume() {
        if (!closed && key != null) key.interestOps(SelectionKey.OP_ACCEPT);
    }

    private Sockets home() {
        return all.getFirst();
    }
}
