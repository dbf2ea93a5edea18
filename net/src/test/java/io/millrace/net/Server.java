package io.millrace.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.Clock;
import io.millrace.model.Promise;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

/// Loops with one listener whose handler is a function, and what a test needs to look at it from outside.
final class Server implements AutoCloseable {

    static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    final TestMetrics metrics = new TestMetrics();
    final Queue<Connection> closed = new ConcurrentLinkedQueue<>();
    final Loops loops;
    final Listener listener;

    Server(int count, NetLimits limits, BiFunction<Connection, Frame, Promise<Answer>> onFrame) {
        this(count, limits, TestClock.REAL, onFrame);
    }

    Server(int count, NetLimits limits, Clock clock, BiFunction<Connection, Frame, Promise<Answer>> onFrame) {
        loops = Loops.start(count, clock, limits, metrics);
        try {
            listener = loops.listen(ANY, "test", new FrameHandler() {
                @Override
                public Promise<Answer> onFrame(Connection connection, Frame frame) {
                    return onFrame.apply(connection, frame);
                }

                @Override
                public void onClosed(Connection connection) {
                    closed.add(connection);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Answers each frame with its own bytes.
    static Promise<Answer> echo(Frame frame) {
        var bytes = frame.bytes();
        var answer = ByteBuffer.allocate(4 + bytes.remaining());
        answer.putInt(bytes.remaining()).put(bytes).flip();
        frame.release();
        return Promise.of(Answer.of(answer));
    }

    static Answer answer(int number) {
        return Answer.of(ByteBuffer.allocate(8).putInt(4).putInt(number).flip());
    }

    Peer connect() throws IOException {
        return new Peer(listener.address(), 0);
    }

    long closedFor(CloseReason reason) {
        return metrics.value("millrace_connections_closed_total", "reason", reason.label());
    }

    long received() {
        return metrics.value("millrace_net_received_bytes_total");
    }

    long requestMemory() {
        return metrics.value("millrace_request_memory_bytes");
    }

    long open() {
        return metrics.value("millrace_connections_open", "listener", "test");
    }

    /// Lets every loop turn a few times.
    void turn() throws InterruptedException {
        for (int round = 0; round < 4; round++) {
            var done = new CountDownLatch(loops.count());
            for (int i = 0; i < loops.count(); i++) {
                var loop = loops.get(i);
                loop.execute(() -> loop.later(0, done::countDown));
            }
            assertTrue(done.await(20, TimeUnit.SECONDS), "a loop is stuck");
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, () -> "waited in vain: " + what);
            LockSupport.parkNanos(200_000);
        }
    }

    @Override
    public void close() {
        loops.close();
    }

    /// The other end: blocking, with a deadline for everything it reads.
    static final class Peer implements AutoCloseable {

        final Socket socket = new Socket();
        final DataInputStream in;
        final DataOutputStream out;

        Peer(InetSocketAddress address, int receiveBuffer) throws IOException {
            if (receiveBuffer > 0) socket.setReceiveBufferSize(receiveBuffer);
            socket.connect(address);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(socket.getOutputStream());
        }

        void send(byte[] frame) throws IOException {
            out.write(ByteBuffer.allocate(4 + frame.length)
                    .putInt(frame.length)
                    .put(frame)
                    .array());
        }

        /// A frame of 4 bytes.
        void send(int number) throws IOException {
            send(ByteBuffer.allocate(4).putInt(number).array());
        }

        byte[] receive() throws IOException {
            return in.readNBytes(in.readInt());
        }

        int receiveNumber() throws IOException {
            return ByteBuffer.wrap(receive()).getInt();
        }

        /// Waits for the end of the stream, orderly or not.
        boolean isEnded() {
            try {
                while (true) {
                    if (in.read() < 0) return true;
                }
            } catch (java.net.SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
