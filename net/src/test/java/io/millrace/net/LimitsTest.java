package io.millrace.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.Promise;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What peers may take, and what happens at the limit.
class LimitsTest {

    private static final Duration LONG = Duration.ofHours(1);

    private record Asked(Connection connection, int number, Promise<Answer> promise) {
        void answer(Answer answer) {
            connection.loop().execute(() -> promise.complete(answer));
        }
    }

    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    private final Queue<Frame> held = new ConcurrentLinkedQueue<>();

    private Promise<Answer> keepOpen(Connection connection, Frame frame) {
        var promise = new Promise<Answer>();
        int number = frame.bytes().getInt();
        frame.release();
        asked.add(new Asked(connection, number, promise));
        return promise;
    }

    private Promise<Answer> hold(Connection connection, Frame frame) {
        held.add(frame);
        return Promise.of(Answer.NONE);
    }

    @Test
    void connectionsAboveTheLimitsAreRefused() throws IOException {
        try (var server = new Server(2, new Limits().connections(3, 2).build(), (_, frame) -> Server.echo(frame))) {
            var first = server.connect();
            var second = server.connect();
            echo(first);
            echo(second);
            try (var third = server.connect()) {
                assertTrue(third.isEnded());
            }
            assertEquals(1, server.closedFor(CloseReason.TOO_MANY_FROM_ADDRESS));
            assertEquals(2, server.open());
            first.close();
            Server.await("one left", () -> server.open() == 1);
            try (var third = server.connect()) {
                echo(third);
            }
            second.close();
        }
        try (var server = new Server(2, new Limits().connections(1, 2).build(), (_, frame) -> Server.echo(frame));
                var first = server.connect();
                var second = server.connect()) {
            echo(first);
            assertTrue(second.isEnded());
            assertEquals(1, server.closedFor(CloseReason.TOO_MANY));
            assertEquals(2, server.metrics.value("millrace_connections_accepted_total", "listener", "test"));
            assertEquals(List.of(), List.copyOf(server.closed), "the handler never saw it");
        }
    }

    @Test
    void requestsAboveTheLimitWait() throws Exception {
        try (var server = new Server(1, new Limits().inFlight(4).build(), this::keepOpen);
                var peer = server.connect()) {
            int count = 1000;
            for (int i = 0; i < count; i++) peer.send(i);
            Server.await("the first requests", () -> asked.size() == 4);
            server.turn();
            var open = new ArrayDeque<Asked>();
            for (int i = 0; i < count; i++) {
                assertTrue(asked.size() + open.size() <= 4);
                Server.await("the next request", () -> !asked.isEmpty() || !open.isEmpty());
                for (var one = asked.poll(); one != null; one = asked.poll()) open.add(one);
                var next = open.remove();
                assertEquals(i, next.number());
                next.answer(Server.answer(i));
                assertEquals(i, peer.receiveNumber());
            }
            assertEquals(0, server.requestMemory());
        }
    }

    @Test
    void aSlowReaderHoldsNoMoreThanItsShare() throws Exception {
        int share = 100_000;
        int size = 10_000;
        var made = new AtomicLong();
        try (var server =
                        new Server(1, new Limits().answers(share).inFlight(1000).build(), (_, frame) -> {
                            var answer = ByteBuffer.allocate(4 + size).putInt(size);
                            answer.putInt(frame.bytes().getInt()).rewind();
                            frame.release();
                            made.addAndGet(size);
                            return Promise.of(Answer.of(answer));
                        });
                var peer = new Server.Peer(server.listener.address(), 8 << 10)) {
            int count = 2000;
            var requests = ByteBuffer.allocate(8 * count);
            for (int i = 0; i < count; i++) requests.putInt(4).putInt(i);
            var writer = Thread.ofPlatform().start(() -> {
                try {
                    peer.out.write(requests.array());
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            Server.await("more than its share", () -> made.get() > share);
            for (int i = 0; i < 100; i++) {
                server.turn();
                long waiting = made.get() - server.metrics.value("millrace_net_sent_bytes_total");
                assertTrue(waiting <= share + size, () -> waiting + " bytes wait");
            }
            assertTrue(made.get() < (long) count * size, "the peer has read nothing yet");
            for (int i = 0; i < count; i++) {
                assertEquals(i, ByteBuffer.wrap(peer.receive()).getInt());
            }
            writer.join();
        }
    }

    @Test
    void idleConnectionsEndAndBusyOnesStay() throws Exception {
        var clock = new TestClock();
        var limits = new Limits().deadlines(Duration.ofSeconds(60), LONG).build();
        try (var server = new Server(1, limits, clock, this::keepOpen);
                var idle = server.connect();
                var busy = server.connect();
                var owed = server.connect()) {
            owed.send(3);
            Server.await("the request", () -> asked.size() == 1);
            Server.await("all are there", () -> server.open() == 3);
            server.turn();
            for (int i = 0; i < 5; i++) {
                pass(server, clock, 20_000);
                int before = asked.size();
                busy.send(i);
                Server.await("the request", () -> asked.size() == before + 1);
            }
            assertTrue(idle.isEnded());
            assertEquals(1, server.closedFor(CloseReason.IDLE));
            assertEquals(2, server.open());
            asked.element().answer(Server.answer(3));
            assertEquals(3, owed.receiveNumber());
            pass(server, clock, 20_000);
            assertEquals(2, server.open());
            for (var one : asked) {
                if (!one.promise().isDone()) one.answer(Answer.NONE);
            }
            server.turn();
            for (int i = 0; i < 4; i++) pass(server, clock, 20_000);
            assertTrue(owed.isEnded());
            assertTrue(busy.isEnded());
        }
    }

    @Test
    void aFrameThatDoesNotGrowEndsItsConnection() throws Exception {
        var clock = new TestClock();
        var limits = new Limits().deadlines(LONG, Duration.ofSeconds(30)).build();
        try (var server = new Server(1, limits, clock, (_, frame) -> Server.echo(frame));
                var stalled = server.connect();
                var trickling = server.connect();
                var growing = server.connect()) {
            var some = new byte[5000];
            for (var peer : List.of(stalled, trickling, growing)) peer.out.writeInt(50_000);
            Server.await("the sizes", () -> server.received() == 12);
            for (int i = 0; i < 7; i++) {
                pass(server, clock, 7_500);
                long before = server.received();
                if (i < 3) trickling.out.write(1);
                growing.out.write(some);
                Server.await("some bytes", () -> server.received() >= before + some.length);
                server.turn();
            }
            assertTrue(stalled.isEnded());
            assertTrue(trickling.isEnded());
            assertEquals(2, server.closedFor(CloseReason.FRAME_STALLED));
            growing.out.write(new byte[15_000]);
            assertEquals(50_000, growing.receive().length);
        }
    }

    @Test
    void aPeerThatDoesNotReadItsAnswersEnds() throws Exception {
        var clock = new TestClock();
        var limits = new Limits().deadlines(Duration.ofSeconds(60), LONG).build();
        try (var server = new Server(1, limits, clock, this::keepOpen);
                var peer = new Server.Peer(server.listener.address(), 8 << 10)) {
            peer.send(1);
            Server.await("the request", () -> asked.size() == 1);
            asked.element().answer(Answer.of(ByteBuffer.allocateDirect(64 << 20)));
            Server.await("some is sent", () -> server.metrics.value("millrace_net_sent_bytes_total") > 0);
            for (int i = 0; i < 5; i++) pass(server, clock, 20_000);
            Server.await("the end", () -> server.closedFor(CloseReason.ANSWERS_STALLED) == 1);
            assertTrue(peer.isEnded());
        }
    }

    @Test
    void readingStopsWhenRequestsHoldTheMemoryAndGoesOnWhenItIsFree() throws Exception {
        int total = 4 << 20;
        try (var server = new Server(2, new Limits().requests(total).build(), this::hold);
                var peer = server.connect();
                var other = server.connect()) {
            var frame = new byte[20_000];
            int count = 1000;
            var writers = new ArrayList<Thread>();
            for (var each : List.of(peer, other)) {
                writers.add(Thread.ofPlatform().start(() -> {
                    try {
                        for (int i = 0; i < count; i++) each.send(frame);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }));
            }
            int seen = 0;
            long most = 0;
            while (seen < 2 * count) {
                Server.await("frames", () -> !held.isEmpty());
                server.turn();
                most = Math.max(most, server.requestMemory());
                for (var next = held.poll(); next != null; next = held.poll()) {
                    assertEquals(frame.length, next.bytes().remaining());
                    next.release();
                    seen++;
                }
            }
            for (var writer : writers) writer.join();
            assertTrue(most <= total + 2 * (64 << 10), "held " + most);
            assertEquals(0, server.requestMemory());
        }
    }

    @Test
    void manyLargeFramesThatCannotAllFitAreAllCompleted() throws Exception {
        int total = 4 << 20;
        int size = 3 << 20;
        int count = 12;
        var limits = new Limits().requests(total).frame(size).build();
        var most = new AtomicLong();
        var sums = new AtomicInteger();
        try (var server = new Server(2, limits, (_, frame) -> {
            if (frame.bytes().remaining() == size) sums.incrementAndGet();
            return Server.echo(frame);
        })) {
            var peers = new ArrayList<Server.Peer>();
            var frame = new byte[size];
            Arrays.fill(frame, (byte) 5);
            for (int i = 0; i < count; i++) {
                var peer = server.connect();
                peers.add(peer);
                peer.out.writeInt(size);
                peer.out.write(frame, 0, size / 4);
            }
            server.turn();
            most.set(server.requestMemory());
            // Small requests are answered meanwhile.
            try (var small = server.connect()) {
                for (int i = 0; i < 100; i++) {
                    small.send(i);
                    assertEquals(i, small.receiveNumber());
                }
            }
            var talks = new ArrayList<Thread>();
            var done = new AtomicInteger();
            for (var peer : peers) {
                talks.add(Thread.ofPlatform().start(() -> {
                    try {
                        peer.out.write(frame, size / 4, size - size / 4);
                        assertArrayEquals(frame, peer.receive());
                        done.incrementAndGet();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }));
            }
            for (var talk : talks) talk.join();
            assertEquals(count, done.get());
            assertEquals(count, sums.get());
            assertTrue(most.get() <= total + 2L * size, () -> "held " + most);
            for (var peer : peers) peer.close();
            Server.await("all memory is free", () -> server.requestMemory() == 0);
            assertEquals(0, server.closedFor(CloseReason.FAILURE));
        }
    }

    @Test
    void aConnectionThatWaitsPaysForItsOwnBytesOnly() throws Exception {
        var clock = new TestClock();
        var limits = new Limits().inFlight(1).deadlines(LONG, LONG).build();
        try (var server = new Server(1, limits, clock, this::keepOpen);
                var peer = server.connect()) {
            for (int i = 0; i < 1000; i++) peer.send(i);
            Server.await("the first", () -> asked.size() == 1);
            server.turn();
            for (int i = 0; i < 3; i++) pass(server, clock, 6_000);
            for (int i = 0; i < 1000; i++) {
                Server.await("the next", () -> !asked.isEmpty());
                var next = asked.remove();
                assertEquals(i, next.number());
                next.answer(Server.answer(i));
                assertEquals(i, peer.receiveNumber());
            }
            Server.await("all memory is free", () -> server.requestMemory() == 0);
        }
    }

    private static void pass(Server server, TestClock clock, long ms) throws InterruptedException {
        clock.passMs(ms);
        server.turn();
    }

    private static void echo(Server.Peer peer) throws IOException {
        try {
            peer.send(1);
            assertEquals(1, peer.receiveNumber());
        } catch (SocketException e) {
            throw new AssertionError("refused", e);
        }
    }
}
