package io.millrace.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.Promise;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopsTest {

    @Test
    void connectionsAreDealtOutToAllLoops() throws IOException {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        try (var server = new Server(3, Limits.wide(), (connection, frame) -> {
            assertTrue(connection.loop().isHere());
            assertEquals("test", connection.listener());
            seen.add(connection.loop().index());
            return Server.echo(frame);
        })) {
            var peers = new ArrayList<Server.Peer>();
            for (int i = 0; i < 60; i++) {
                var peer = server.connect();
                peers.add(peer);
                peer.send(i);
            }
            for (int i = 0; i < 60; i++) assertEquals(i, peers.get(i).receiveNumber());
            assertEquals(Set.of(0, 1, 2), seen);
            assertEquals(60, server.open());
            for (var peer : peers) peer.close();
            Server.await("all are gone", () -> server.open() == 0 && server.closed.size() == 60);
            assertEquals(60, new HashSet<>(server.closed).size());
        }
    }

    @Test
    void workCrossesBetweenLoopsInOrder() throws InterruptedException {
        int each = 20_000;
        try (var loops = Loops.start(3, TestClock.REAL, Limits.wide(), Metrics.NONE)) {
            var wrong = new AtomicInteger();
            var done = new CountDownLatch(6);
            for (int from = 0; from < 3; from++) {
                for (int to = 0; to < 3; to++) {
                    if (from == to) continue;
                    var target = loops.get(to);
                    int[] next = {0};
                    loops.get(from).execute(() -> {
                        for (int i = 0; i < each; i++) {
                            int number = i;
                            target.execute(() -> {
                                if (next[0]++ != number || !target.isHere()) wrong.incrementAndGet();
                                if (number == each - 1) done.countDown();
                            });
                        }
                    });
                }
            }
            assertTrue(done.await(30, TimeUnit.SECONDS));
            assertEquals(0, wrong.get());
        }
    }

    @Test
    void timersRunOnTheLoopInTime() throws InterruptedException {
        try (var loops = Loops.start(1, TestClock.REAL, Limits.wide(), Metrics.NONE)) {
            var loop = loops.get(0);
            var order = new ConcurrentLinkedQueue<Integer>();
            var done = new CountDownLatch(3);
            long began = System.nanoTime();
            loop.execute(() -> {
                for (int ms : new int[] {30, 10, 20}) {
                    loop.later(ms * 1_000_000L, () -> {
                        order.add(ms);
                        done.countDown();
                    });
                }
                loop.later(15_000_000, () -> order.add(-1)).cancel();
            });
            assertTrue(done.await(20, TimeUnit.SECONDS));
            assertTrue(System.nanoTime() - began >= 30_000_000);
            assertEquals(java.util.List.of(10, 20, 30), java.util.List.copyOf(order));
        }
    }

    @Test
    void aClosedListenerLetsItsPortAndItsConnectionsGo() throws IOException {
        try (var server = new Server(2, Limits.wide(), (_, frame) -> Server.echo(frame));
                var peer = server.connect();
                var other = server.connect()) {
            for (var each : new Server.Peer[] {peer, other}) {
                each.send(1);
                assertEquals(1, each.receiveNumber());
            }
            var address = server.listener.address();
            server.listener.close();
            server.listener.close();
            assertEquals(2, server.closed.size());
            assertTrue(peer.isEnded());
            assertTrue(other.isEnded());
            assertThrows(IOException.class, () -> new Server.Peer(address, 0).close());
            try (var next = server.loops.listen(address, "next", new Silent())) {
                assertEquals(address, next.address());
                new Server.Peer(address, 0).close();
            }
        }
    }

    @Test
    void aTakenPortIsSaidToBeTaken() throws IOException {
        try (var server = new Server(1, Limits.wide(), (_, frame) -> Server.echo(frame))) {
            assertThrows(
                    java.net.BindException.class,
                    () -> server.loops.listen(server.listener.address(), "other", new Silent()));
        }
    }

    @Test
    void closeInTheMiddleLeavesNothing() throws Exception {
        for (int round = 0; round < 5; round++) {
            var before = loopThreads();
            Queue<Runnable> late = new ConcurrentLinkedQueue<>();
            var frames = new AtomicInteger();
            var server = new Server(2, Limits.wide(), (connection, frame) -> {
                frames.incrementAndGet();
                var promise = new Promise<Answer>();
                late.add(() -> {
                    frame.release();
                    connection.loop().execute(() -> promise.complete(Server.answer(1)));
                });
                return promise;
            });
            var peers = new ArrayList<Server.Peer>();
            for (int i = 0; i < 20; i++) {
                var peer = server.connect();
                peers.add(peer);
                peer.send(new byte[i * 5000]);
                peer.out.writeInt(1_000_000);
                peer.out.write(new byte[i * 10_000]);
            }
            Server.await("all frames", () -> frames.get() == 20);
            var loop = server.loops.get(1);
            var last = new AtomicInteger();
            loop.execute(() -> loop.execute(last::incrementAndGet));
            server.close();
            server.close();

            assertEquals(1, last.get());
            assertEquals(20, server.closed.size());
            assertEquals(0, server.open());
            for (var peer : peers) assertTrue(peer.isEnded());
            for (var peer : peers) peer.close();
            assertEquals(before, loopThreads());
            assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
            for (var work : late) assertThrows(RejectedExecutionException.class, work::run);
            assertEquals(0, server.requestMemory());
            assertThrows(IOException.class, () -> server.loops.listen(Server.ANY, "late", new Silent()));
        }
    }

    @Test
    void aLoopDoesNotWaitForItsOwnEnd() throws InterruptedException {
        try (var loops = Loops.start(1, TestClock.REAL, Limits.wide(), Metrics.NONE)) {
            var refused = new CountDownLatch(1);
            loops.get(0).execute(() -> {
                assertThrows(IllegalStateException.class, loops::close);
                refused.countDown();
            });
            assertTrue(refused.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void aListenerCanBeClosedFromALoop() throws Exception {
        try (var server = new Server(2, Limits.wide(), (_, frame) -> Server.echo(frame));
                var peer = server.connect()) {
            peer.send(1);
            assertEquals(1, peer.receiveNumber());
            server.loops.get(1).execute(server.listener::close);
            assertTrue(peer.isEnded());
        }
    }

    @Test
    void limitsThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Limits().frame(0).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> new Limits().frame(Integer.MAX_VALUE).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> new Limits().requests(1000).build());
        assertThrows(
                IllegalArgumentException.class, () -> new Limits().inFlight(0).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Loops.start(0, TestClock.REAL, NetLimits.defaults(), Metrics.NONE));
    }

    @Test
    void whatALoopDoesIsCounted() throws Exception {
        try (var server = new Server(1, Limits.wide(), (_, frame) -> Server.echo(frame));
                var peer = server.connect()) {
            peer.send(new byte[96]);
            assertEquals(96, peer.receive().length);
            server.turn();
            assertEquals(100, server.received());
            assertEquals(100, server.metrics.value("millrace_net_sent_bytes_total"));
            assertTrue(server.metrics.value("millrace_loop_turns_total", "loop", "0") > 0);
            long percent = server.metrics.value("millrace_loop_utilisation_percent", "loop", "0");
            assertTrue(percent >= 0 && percent <= 100);
            assertFalse(server.loops.get(0).isHere());
        }
    }

    private static Set<String> loopThreads() {
        var names = new HashSet<String>();
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("millrace-loop-")) names.add(thread.getName() + thread.threadId());
        }
        return names;
    }

    private static final class Silent implements FrameHandler {
        @Override
        public Promise<Answer> onFrame(Connection connection, Frame frame) {
            frame.release();
            return Promise.of(Answer.NONE);
        }

        @Override
        public void onClosed(Connection connection) {}
    }
}
