package io.millrace.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One accepted socket: when to read, when to write, when to end.
///
/// It is read while it owes fewer answers, and holds fewer bytes of answers, than the limits say; whole frames
/// that are here already wait too. Reading comes back with the flush that makes room.
final class SocketConnection extends Selected implements Connection {

    private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);

    /// A frame that was begun must gain so much within a period, or be completed.
    private static final long LEAST_PROGRESS_BYTES = 4 << 10;

    private final long id;
    private final Sockets sockets;
    private final Acceptor acceptor;
    private final Transport transport;
    private final SelectionKey key;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final Inbound inbound;
    private final Outbound outbound;
    private int interest = SelectionKey.OP_READ;
    private boolean closed;
    private boolean starved;
    private boolean flushQueued;
    private @Nullable Object attachment;

    private long lastTrafficNs;
    private long progressSinceNs;
    private long progressBytes;
    private long progressFrames;

    /// @param key registered for reading
    SocketConnection(long id, Sockets sockets, Acceptor acceptor, Transport transport, SelectionKey key, Ends ends) {
        this.id = id;
        this.sockets = sockets;
        this.acceptor = acceptor;
        this.transport = transport;
        this.key = key;
        remote = ends.remote();
        local = ends.local();
        inbound = new Inbound(this, sockets.pool(), sockets.limits().maxFrameBytes());
        outbound = new Outbound(this);
        lastTrafficNs = sockets.nowNs();
        progressSinceNs = lastTrafficNs;
    }

    /// Both ends of a connection.
    record Ends(InetSocketAddress remote, InetSocketAddress local) {}

    @Override
    void onReady(int ops) {
        if (closed) return;
        try {
            if ((ops & SelectionKey.OP_WRITE) != 0) {
                outbound.unblock();
                wantsFlush();
            }
            if (inbound.hasWhole() && mayTake()) inbound.resume();
            if ((ops & SelectionKey.OP_READ) != 0 && mayRead()) read();
        } catch (IOException e) {
            end(isFromPeer(e) ? CloseReason.PEER : CloseReason.IO, e.toString());
        } catch (Throwable failure) {
            fail(failure);
        }
        updateInterest();
    }

    /// Sends the answers that are ready, at the end of a turn.
    void flush() {
        flushQueued = false;
        if (closed) return;
        try {
            long sent = outbound.flush(transport, sockets.staging());
            if (sent > 0) {
                lastTrafficNs = sockets.nowNs();
                sockets.countSent(sent);
            }
        } catch (IOException e) {
            end(isFromPeer(e) ? CloseReason.PEER : CloseReason.IO, e.toString());
        } catch (Throwable failure) {
            fail(failure);
        }
        if (closed) return;
        if (outbound.isReady()) wantsFlush();
        if (inbound.hasWhole() && mayTake()) sockets.again(this, 0);
        updateInterest();
    }

    /// A frame for the handler.
    void take(ReceivedFrame frame) {
        try {
            outbound.owe(acceptor.handler().onFrame(this, frame));
        } catch (IllegalArgumentException e) {
            frame.releaseIfHeld();
            end(CloseReason.BAD_REQUEST, String.valueOf(e.getMessage()));
        } catch (Throwable failure) {
            frame.releaseIfHeld();
            fail(failure);
        }
    }

    /// May another request be handed out?
    boolean mayTake() {
        var limits = sockets.limits();
        return !closed
                && outbound.owed() < limits.maxInFlightPerConnection()
                && outbound.heldBytes() <= limits.maxAnswerBytesPerConnection();
    }

    void wantsFlush() {
        if (flushQueued) return;
        flushQueued = true;
        sockets.flushLater(this);
    }

    /// Memory came back: what was refused can be tried again.
    void feed() {
        starved = false;
        progressSinceNs = sockets.nowNs();
        if (!closed) sockets.again(this, SelectionKey.OP_READ);
    }

    /// Looks whether the peer keeps its deadlines, now and then.
    void check(long nowNs) {
        if (closed) return;
        inbound.pack();
        var limits = sockets.limits();
        boolean idle = nowNs - lastTrafficNs > limits.idle().toNanos();
        if (idle && outbound.waitsForPeer()) {
            end(CloseReason.ANSWERS_STALLED, "its answers were not read for " + limits.idle());
        } else if (idle && outbound.owed() == 0 && !starved) {
            end(CloseReason.IDLE, "idle for " + limits.idle());
        } else if (!isProgressing(nowNs)) {
            end(CloseReason.FRAME_STALLED, "a frame was begun and did not grow for " + limits.frameStall());
        }
    }

    /// Ends the connection, with all that it holds. Later calls do nothing.
    void end(CloseReason reason, String why) {
        if (closed) return;
        closed = true;
        inbound.drop();
        outbound.drop();
        sockets.ended(this, acceptor, reason); // counted before the peer can see it
        key.cancel();
        try {
            transport.close();
        } catch (IOException e) {
            LOG.debug("connection {} from {} did not close well", id, remote, e);
        }
        sockets.log(LOG, reason, "connection from {} to {} closed: {}", remote, acceptor.name(), why);
        sockets.loop().execute(() -> acceptor.handler().onClosed(this));
    }

    boolean isClosed() {
        return closed;
    }

    Acceptor acceptor() {
        return acceptor;
    }

    /// Logs and counts what others' code has thrown.
    void report(Throwable failure) {
        sockets.report(failure);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public Loop loop() {
        return sockets.loop();
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public String listener() {
        return acceptor.name();
    }

    @Override
    public @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public void attach(Object attached) {
        attachment = attached;
    }

    @Override
    public void close(String why) {
        if (loop().isHere()) {
            end(CloseReason.ASKED, why);
        } else {
            loop().execute(() -> end(CloseReason.ASKED, why));
        }
    }

    @Override
    public String toString() {
        return acceptor.name() + " " + id + " from " + remote;
    }

    private void read() throws IOException {
        int read = inbound.receive(transport);
        if (read > 0) {
            lastTrafficNs = sockets.nowNs();
            sockets.countReceived(read);
        } else if (read == Inbound.STARVED) {
            starved = true;
            sockets.feedLater(this);
        } else if (read < 0) {
            end(CloseReason.PEER, "by the peer");
        }
    }

    private boolean mayRead() {
        return !starved && !inbound.hasWhole() && mayTake();
    }

    private boolean isProgressing(long nowNs) {
        boolean moved = inbound.frames() != progressFrames
                || inbound.receivedBytes() - progressBytes >= LEAST_PROGRESS_BYTES
                || !inbound.isInsideFrame()
                || !mayRead();
        if (!moved)
            return nowNs - progressSinceNs <= sockets.limits().frameStall().toNanos();
        progressSinceNs = nowNs;
        progressBytes = inbound.receivedBytes();
        progressFrames = inbound.frames();
        return true;
    }

    /// A peer that is gone is no accident, and a disk that cannot be read is one; the system's words tell them
    /// apart.
    private static boolean isFromPeer(IOException e) {
        var said = String.valueOf(e.getMessage());
        return said.startsWith("Connection reset") || said.startsWith("Broken pipe");
    }

    private void updateInterest() {
        if (closed) return;
        int wanted = (mayRead() ? SelectionKey.OP_READ : 0) | (outbound.isBlocked() ? SelectionKey.OP_WRITE : 0);
        if (wanted == interest) return;
        interest = wanted;
        key.interestOps(wanted);
    }

    private void fail(Throwable failure) {
        report(failure);
        end(CloseReason.FAILURE, failure.toString());
    }
}
