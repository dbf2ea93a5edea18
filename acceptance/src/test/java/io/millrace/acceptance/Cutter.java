package io.millrace.acceptance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/// A way to a broker on which connections are cut: each after so many bytes to the broker, or back from it, as the
/// seed says. What is under way at that moment is lost, in one direction or in both.
final class Cutter implements AutoCloseable {

    private static final int MOST_TO_BROKER = 120_000;
    private static final int MOST_BACK = 3_000;

    private final ServerSocket door;
    private final Random random;
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile int target;
    private volatile boolean cutting = true;

    Cutter(long seed) {
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        random = new Random(seed);
    }

    int port() {
        return door.getLocalPort();
    }

    /// Begins to lead clients to this port of the loopback address.
    void leadTo(int port) {
        target = port;
        Thread.ofVirtual().start(this::receive);
    }

    /// How many connections it has cut.
    int cuts() {
        return cuts.get();
    }

    /// From now on nothing more is cut.
    void rest() {
        cutting = false;
    }

    @Override
    public void close() throws IOException {
        door.close();
    }

    private void receive() {
        while (!door.isClosed()) {
            Socket client;
            try {
                client = door.accept();
            } catch (IOException closed) {
                return;
            }
            try {
                var broker = new Socket(InetAddress.getLoopbackAddress(), target);
                // Now and then one that lives long enough for much to be under way.
                int factor = random.nextInt(4) == 0 ? 5 : 1;
                int toBroker = 500 + random.nextInt(MOST_TO_BROKER * factor);
                int back = 300 + random.nextInt(MOST_BACK * factor);
                boolean abrupt = random.nextBoolean();
                Thread.ofVirtual().start(() -> carry(client, broker, toBroker, abrupt));
                Thread.ofVirtual().start(() -> carry(broker, client, back, abrupt));
            } catch (IOException brokerIsAway) {
                end(client, false);
            }
        }
    }

    /// Carries bytes until one side ends or `budget` of them are through.
    private void carry(Socket from, Socket to, int budget, boolean abrupt) {
        var bytes = new byte[8_192];
        int left = budget;
        try {
            while (true) {
                int count = from.getInputStream().read(bytes);
                if (count < 0) break;
                if (cutting && count > left) {
                    to.getOutputStream().write(bytes, 0, left);
                    cuts.incrementAndGet();
                    break;
                }
                to.getOutputStream().write(bytes, 0, count);
                left -= count;
            }
        } catch (IOException otherDirectionEnded) {
            // as is this one then
        }
        end(from, abrupt);
        end(to, abrupt);
    }

    private static void end(Socket socket, boolean abrupt) {
        try (socket) {
            // A reset instead of an end: what was not read yet is thrown away.
            if (abrupt) socket.setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
            // as wanted
        }
    }
}
