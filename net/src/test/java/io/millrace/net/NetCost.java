package io.millrace.net;

import io.millrace.model.Promise;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// What a request costs the server's threads, beside a bare echo on a selector without frames. Run by hand:
/// `NetCost [connections] [in flight] [frame bytes] [seconds]`; prints CPU microseconds per request and CPU
/// seconds per GB. The threads of the load are in the same process and are not counted.
final class NetCost {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private NetCost() {}

    public static void main(String[] args) throws Exception {
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 16;
        int inFlight = args.length > 1 ? Integer.parseInt(args[1]) : 16;
        int frameBytes = args.length > 2 ? Integer.parseInt(args[2]) : 1024;
        int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 2;
        boolean large = frameBytes > 8 << 10;
        for (int round = 0; round < 2; round++) {
            var before = threads();
            try (var bare = new Bare(2, large ? frameBytes : 0)) {
                report("bare", before, bare.address(), connections, inFlight, frameBytes, large, seconds);
            }
            before = threads();
            try (var loops = Loops.start(2, TestClock.REAL, NetLimits.defaults(), Metrics.NONE);
                    var listener = loops.listen(ANY, "cost", large ? new Sink() : new Echo())) {
                report("loops", before, listener.address(), connections, inFlight, frameBytes, large, seconds);
            }
        }
    }

    private static Set<Long> threads() {
        var ids = new HashSet<Long>();
        for (var thread : Thread.getAllStackTraces().keySet()) ids.add(thread.threadId());
        return ids;
    }

    private static void report(
            String name,
            Set<Long> before,
            InetSocketAddress address,
            int connections,
            int inFlight,
            int frameBytes,
            boolean large,
            int seconds)
            throws Exception {
        var servers = threads();
        servers.removeAll(before);
        var answered = new AtomicLong();
        var clients = new ArrayList<Thread>();
        for (int i = 0; i < connections; i++) {
            clients.add(Thread.ofPlatform().daemon().start(() -> load(address, inFlight, frameBytes, large, answered)));
        }
        long endNs = System.nanoTime() + seconds * 500_000_000L;
        while (System.nanoTime() < endNs) Thread.sleep(20);
        long cpu = cpuNs(servers);
        long count = answered.get();
        endNs = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < endNs) Thread.sleep(20);
        cpu = cpuNs(servers) - cpu;
        count = answered.get() - count;
        clients.forEach(Thread::interrupt);
        for (var client : clients) client.join();
        System.out.printf(
                "%-6s %d x %d of %d bytes: %,d requests/s, %.2f CPU us per request, %.3f CPU s per GB%n",
                name,
                connections,
                inFlight,
                frameBytes,
                count / seconds,
                cpu / 1e3 / count,
                cpu / 1e9 / (count * (double) frameBytes / 1e9));
    }

    private static long cpuNs(Set<Long> ids) {
        var bean = ManagementFactory.getThreadMXBean();
        return ids.stream()
                .mapToLong(bean::getThreadCpuTime)
                .filter(ns -> ns > 0)
                .sum();
    }

    /// A closed loop: as many requests go out as answers came back. A large frame is answered with 4 bytes.
    private static void load(
            InetSocketAddress address, int inFlight, int frameBytes, boolean large, AtomicLong answered) {
        int answerBytes = large ? 8 : frameBytes;
        var requests = ByteBuffer.allocateDirect(inFlight * frameBytes);
        for (int i = 0; i < inFlight; i++) requests.putInt(i * frameBytes, frameBytes - 4);
        var answers = ByteBuffer.allocateDirect(64 << 10);
        try (var socket = SocketChannel.open(address)) {
            while (requests.hasRemaining()) socket.write(requests);
            long got = 0;
            while (!Thread.interrupted()) {
                int read = socket.read(answers.clear());
                if (read < 0) throw new IOException("closed");
                int whole = (int) ((got + read) / answerBytes - got / answerBytes);
                got += read;
                answered.addAndGet(whole);
                requests.clear().limit(whole * frameBytes);
                while (requests.hasRemaining()) socket.write(requests);
            }
        } catch (java.nio.channels.ClosedByInterruptException e) {
            // the time is over
        } catch (IOException e) {
            System.out.println("load: " + e);
        }
    }

    /// Answers with the same bytes.
    private static final class Echo implements FrameHandler {
        @Override
        public Promise<Answer> onFrame(Connection connection, Frame frame) {
            var bytes = frame.bytes();
            int size = bytes.remaining();
            var answer = ByteBuffer.allocate(4 + size);
            answer.putInt(0, size).put(4, bytes, 0, size);
            frame.release();
            return Promise.of(Answer.of(answer));
        }

        @Override
        public void onClosed(Connection connection) {}
    }

    /// Answers with 4 bytes, at the end of the turn, as a log would.
    private static final class Sink implements FrameHandler {
        @Override
        public Promise<Answer> onFrame(Connection connection, Frame frame) {
            var promise = new Promise<Answer>();
            int size = frame.bytes().remaining();
            connection.loop().atTurnEnd(() -> {
                frame.release();
                promise.complete(
                        Answer.of(ByteBuffer.allocate(8).putInt(4).putInt(size).flip()));
            });
            return promise;
        }

        @Override
        public void onClosed(Connection connection) {}
    }

    /// Selector threads that send back what they read, or 8 bytes for each `sinkBytes`.
    private static final class Bare implements AutoCloseable {
        private final ServerSocketChannel server = ServerSocketChannel.open();
        private final ArrayList<Selector> selectors = new ArrayList<>();
        private volatile boolean stopping;

        Bare(int count, int sinkBytes) throws IOException {
            server.bind(ANY);
            for (int i = 0; i < count; i++) {
                var selector = Selector.open();
                selectors.add(selector);
                Thread.ofPlatform().daemon().start(() -> serve(selector, sinkBytes));
            }
            Thread.ofPlatform().daemon().start(this::accept);
        }

        InetSocketAddress address() throws IOException {
            return (InetSocketAddress) server.getLocalAddress();
        }

        private void accept() {
            try {
                for (int i = 0; !stopping; i++) {
                    var socket = server.accept();
                    socket.configureBlocking(false);
                    socket.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
                    socket.register(selectors.get(i % selectors.size()), SelectionKey.OP_READ, new long[1]);
                    selectors.get(i % selectors.size()).wakeup();
                }
            } catch (IOException e) {
                if (!stopping) System.out.println("bare: " + e);
            }
        }

        private void serve(Selector selector, int sinkBytes) {
            var buffer = ByteBuffer.allocateDirect(256 << 10);
            try {
                while (!stopping) selector.select(key -> answer(key, buffer, sinkBytes));
            } catch (IOException e) {
                System.out.println("bare: " + e);
            }
        }

        private static void answer(SelectionKey key, ByteBuffer buffer, int sinkBytes) {
            var socket = (SocketChannel) key.channel();
            try {
                int read = socket.read(buffer.clear());
                if (read < 0) {
                    socket.close();
                    return;
                }
                buffer.flip();
                if (sinkBytes > 0) {
                    var total = (long[]) key.attachment();
                    int whole = (int) ((total[0] + read) / sinkBytes - total[0] / sinkBytes);
                    total[0] += read;
                    buffer.clear().limit(8 * whole);
                }
                while (buffer.hasRemaining()) socket.write(buffer);
            } catch (IOException e) {
                key.cancel();
            }
        }

        @Override
        public void close() throws IOException {
            stopping = true;
            server.close();
            selectors.forEach(Selector::wakeup);
        }
    }
}
