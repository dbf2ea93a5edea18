package io.millrace.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Bytes to frames: whatever way they come, the same frames, or a declared end.
class FramesTest {

    @Test
    void everySplitOfTheBytesGivesTheSameFrames() throws IOException {
        byte[][] frames = {{}, {1}, {2, 3, 4, 5, 6}, new byte[40]};
        var stream = bytes(frames);
        try (var server = new Server(1, Limits.wide(), (_, frame) -> Server.echo(frame));
                var peer = server.connect()) {
            long sent = 0;
            for (int split = 1; split < stream.length; split++) {
                peer.out.write(stream, 0, split);
                long until = sent + split;
                Server.await("the first part", () -> server.received() == until);
                peer.out.write(stream, split, stream.length - split);
                sent += stream.length;
                for (var frame : frames) assertArrayEquals(frame, peer.receive());
            }
            Server.await("all memory is free", () -> server.requestMemory() == 0);
        }
    }

    @Test
    void framesOfAllSizesInPiecesOfAllSizes() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        try (var others = Executors.newFixedThreadPool(2);
                var server =
                        new Server(2, Limits.wide(), (connection, frame) -> echoLater(connection, frame, others))) {
            var failures = new ConcurrentLinkedQueue<Throwable>();
            var peers = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                var random = new Random(seed + i);
                peers.add(Thread.ofPlatform().start(() -> {
                    try {
                        talk(server, random);
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }));
            }
            for (var peer : peers) peer.join();
            assertEquals("[]", failures.toString());
            Server.await("all memory is free", () -> server.requestMemory() == 0);
        }
    }

    /// Answers with the frame's bytes from another thread, which then releases it.
    private static Promise<Answer> echoLater(Connection connection, Frame frame, Executor others) {
        var promise = new Promise<Answer>();
        others.execute(() -> {
            var bytes = frame.bytes();
            var answer = ByteBuffer.allocate(4 + bytes.remaining());
            answer.putInt(bytes.remaining()).put(bytes).flip();
            frame.release();
            connection.loop().execute(() -> promise.complete(Answer.of(answer)));
        });
        return promise;
    }

    private static void talk(Server server, Random random) throws Exception {
        var frames = new byte[60][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = new byte[random.nextInt(1 << random.nextInt(22))];
            random.nextBytes(frames[i]);
        }
        var stream = bytes(frames);
        try (var peer = server.connect()) {
            var writer = Thread.ofPlatform().start(() -> {
                try {
                    for (int at = 0; at < stream.length; ) {
                        int piece = Math.min(stream.length - at, 1 + random.nextInt(1 << random.nextInt(20)));
                        peer.out.write(stream, at, piece);
                        at += piece;
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            for (var frame : frames) assertArrayEquals(frame, peer.receive());
            writer.join();
        }
    }

    @Test
    void aFrameStaysAsItCameUntilItIsReleased() throws Exception {
        var held = new ConcurrentLinkedQueue<Frame>();
        try (var server = new Server(1, Limits.wide(), (_, frame) -> {
                    held.add(frame);
                    return Promise.of(Answer.NONE);
                });
                var peer = server.connect()) {
            int[] sizes = {10, 1000, 30_000, 300_000, 3_000_000};
            for (int round = 0; round < 8; round++) {
                for (int size : sizes) {
                    var frame = new byte[size];
                    Arrays.fill(frame, (byte) held.size());
                    int before = held.size();
                    peer.send(frame);
                    Server.await("the frame", () -> held.size() == before + 1);
                }
            }
            int number = 0;
            for (var frame : held) {
                var bytes = frame.bytes();
                assertEquals(sizes[number % sizes.length], bytes.remaining());
                while (bytes.hasRemaining()) assertEquals((byte) number, bytes.get());
                number++;
                frame.release();
                assertThrows(IllegalStateException.class, frame::release);
            }
            assertEquals(0, server.requestMemory());
        }
    }

    @Test
    void sizesThatCannotBeEndTheConnection() throws IOException {
        int limit = 1000;
        for (int size : new int[] {-1, Integer.MIN_VALUE, limit + 1, Integer.MAX_VALUE}) {
            try (var server = new Server(1, new Limits().frame(limit).build(), (_, frame) -> Server.echo(frame));
                    var peer = server.connect();
                    var other = server.connect()) {
                other.send(new byte[limit]);
                assertEquals(limit, other.receive().length);
                peer.out.writeInt(size);
                assertTrue(peer.isEnded());
                assertEquals(1, server.closedFor(CloseReason.FRAME_SIZE));
                other.send(7);
                assertEquals(7, other.receiveNumber());
                Server.await("the news", () -> server.closed.size() == 1);
            }
        }
    }

    @Test
    void anyBytesGiveFramesOrTheEnd() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        try (var server = new Server(2, new Limits().frame(100_000).build(), (_, frame) -> Server.echo(frame))) {
            for (int i = 0; i < 200; i++) {
                var bytes = new byte[random.nextInt(1 << random.nextInt(18))];
                random.nextBytes(bytes);
                if (random.nextBoolean() && bytes.length > 1) bytes[0] = bytes[1] = 0;
                try (var peer = server.connect()) {
                    peer.out.write(bytes);
                    peer.socket.shutdownOutput();
                    assertTrue(peer.isEnded());
                } catch (java.net.SocketException e) {
                    // ended before all was written
                }
            }
            Server.await("all are gone", () -> server.open() == 0);
            assertEquals(200, server.closedFor(CloseReason.PEER) + server.closedFor(CloseReason.FRAME_SIZE));
            assertEquals(0, server.requestMemory());
            assertEquals(0, server.metrics.value("millrace_loop_failures_total", "loop", "0"));
        }
    }

    @Test
    void announcingMuchTakesNothing() throws Exception {
        int mib = 1 << 20;
        try (var server = new Server(1, new Limits().frame(100 * mib).build(), (_, frame) -> Server.echo(frame))) {
            var peers = new ArrayList<Server.Peer>();
            long sent = 0;
            for (int i = 0; i < 50; i++) {
                var peer = server.connect();
                peers.add(peer);
                peer.out.writeInt(100 * mib);
                peer.out.write(new byte[i * 1000]);
                sent += 4 + i * 1000;
            }
            long all = sent;
            Server.await("all came", () -> server.received() == all);
            server.turn();
            assertTrue(server.requestMemory() <= 2 * sent + 50 * (64 << 10), () -> "" + server.requestMemory());
            for (var peer : peers) peer.close();
            Server.await("all memory is free", () -> server.requestMemory() == 0);
        }
    }

    @Test
    void whoSentALargeFrameIsTrustedWithAsMuchForTheNextAndNoMore() throws Exception {
        int mib = 1 << 20;
        try (var server = new Server(1, new Limits().frame(100 * mib).build(), (_, frame) -> Server.echo(frame));
                var peer = server.connect()) {
            long sent = 0;
            for (int next = 0; next < 3; next++) {
                var frame = new byte[mib];
                new Random(next).nextBytes(frame);
                peer.out.writeInt(frame.length);
                peer.out.write(frame);
                peer.out.flush();
                sent += 4 + frame.length;
                var echo = new byte[peer.in.readInt()];
                peer.in.readFully(echo);
                assertArrayEquals(frame, echo);
            }
            peer.out.writeInt(100 * mib);
            peer.out.write(new byte[20_000]);
            peer.out.flush();
            long all = sent + 20_004;
            Server.await("all came", () -> server.received() == all);
            server.turn();
            assertTrue(server.requestMemory() <= 2 * mib + (64 << 10) + 8, () -> "" + server.requestMemory());
            assertTrue(server.requestMemory() >= mib, () -> "" + server.requestMemory());
        }
    }

    @Test
    void aHandlerThatFailsLosesThatConnectionOnly() throws IOException {
        var next = new AtomicReference<@Nullable RuntimeException>();
        try (var server = new Server(1, Limits.wide(), (_, frame) -> {
            var failure = next.getAndSet(null);
            if (failure != null) throw failure;
            return Server.echo(frame);
        })) {
            try (var peer = server.connect();
                    var other = server.connect()) {
                other.send(1);
                assertEquals(1, other.receiveNumber());
                next.set(new IllegalArgumentException("no such request"));
                peer.send(2);
                assertTrue(peer.isEnded());
                assertEquals(1, server.closedFor(CloseReason.BAD_REQUEST));
                assertEquals(0, server.metrics.value("millrace_loop_failures_total", "loop", "0"));

                next.set(new Planned());
                other.send(3);
                assertTrue(other.isEnded());
                assertEquals(1, server.closedFor(CloseReason.FAILURE));
                assertEquals(1, server.metrics.value("millrace_loop_failures_total", "loop", "0"));
            }
            try (var peer = server.connect()) {
                peer.send(4);
                assertEquals(4, peer.receiveNumber());
            }
            Server.await("all memory is free", () -> server.requestMemory() == 0);
        }
    }

    private static byte[] bytes(byte[]... frames) throws IOException {
        var all = new ByteArrayOutputStream();
        for (var frame : frames) {
            all.write(ByteBuffer.allocate(4).putInt(frame.length).array());
            all.write(frame);
        }
        return all.toByteArray();
    }
}
