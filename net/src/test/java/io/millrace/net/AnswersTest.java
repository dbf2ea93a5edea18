package io.millrace.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Answers to bytes: in the order of the requests, each place released once.
class AnswersTest {

    private record Asked(Connection connection, int number, Promise<Answer> promise) {}

    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

    private Promise<Answer> keepOpen(Connection connection, Frame frame) {
        var promise = new Promise<Answer>();
        int number = frame.bytes().getInt();
        frame.release();
        asked.add(new Asked(connection, number, promise));
        return promise;
    }

    private static void complete(Asked what, Answer answer) {
        what.connection().loop().execute(() -> what.promise().complete(answer));
    }

    @Test
    void answersLeaveInTheOrderOfTheRequests() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        try (var server = new Server(2, Limits.wide(), this::keepOpen);
                var peer = server.connect()) {
            int next = 0;
            for (int round = 0; round < 30; round++) {
                int count = 1 + random.nextInt(200);
                for (int i = 0; i < count; i++) peer.send(next + i);
                Server.await("all requests", () -> asked.size() == count);
                var open = new ArrayList<>(asked);
                asked.clear();
                var silent = new ArrayList<Integer>();
                while (!open.isEmpty()) {
                    var what = open.remove(random.nextInt(open.size()));
                    if (random.nextInt(4) == 0) silent.add(what.number());
                    complete(what, silent.contains(what.number()) ? Answer.NONE : answer(what.number(), random));
                }
                for (int number = next; number < next + count; number++) {
                    if (silent.contains(number)) continue;
                    var got = ByteBuffer.wrap(peer.receive());
                    assertEquals(number, got.getInt());
                    while (got.hasRemaining()) assertEquals((byte) number, got.get());
                }
                next += count;
            }
        }
    }

    /// The number and up to 200 KB that repeat it, cut into heap and direct buffers.
    private static Answer answer(int number, Random random) {
        int size = 4 + random.nextInt(1 << random.nextInt(18));
        var whole = ByteBuffer.allocate(4 + size).putInt(size).putInt(number);
        while (whole.hasRemaining()) whole.put((byte) number);
        whole.flip();
        var parts = new ArrayList<Answer.Part>();
        while (whole.hasRemaining()) {
            int piece = Math.min(whole.remaining(), 1 + random.nextInt(1 << random.nextInt(18)));
            var bytes = random.nextBoolean() ? ByteBuffer.allocate(piece) : ByteBuffer.allocateDirect(piece);
            bytes.put(whole.slice(whole.position(), piece)).flip();
            whole.position(whole.position() + piece);
            parts.add(new Answer.Bytes(bytes));
        }
        return Answer.of(parts);
    }

    @Test
    void theFirstAnswerOfATurnDoesNotGoAlone() throws Exception {
        try (var server = new Server(1, Limits.wide(), this::keepOpen);
                var peer = server.connect()) {
            for (int i = 0; i < 100; i++) peer.send(i);
            Server.await("all requests", () -> asked.size() == 100);
            var sentBefore = new AtomicInteger(-1);
            server.loops.get(0).execute(() -> {
                for (var what : asked) what.promise().complete(Server.answer(what.number()));
                server.loops
                        .get(0)
                        .atTurnEnd(() -> sentBefore.set((int) server.metrics.value("millrace_net_sent_bytes_total")));
            });
            for (int i = 0; i < 100; i++) assertEquals(i, peer.receiveNumber());
            assertEquals(0, sentBefore.get(), "what is done at the turn's end comes before the answers");
        }
    }

    /// A part of a file that says how often it was released, and gives at most `most` bytes at a time.
    private static final class FilePlace implements Answer.Place {
        private final FileChannel file;
        private final int most;
        private final long first;
        private long position;
        private int remaining;
        final AtomicInteger released = new AtomicInteger();

        FilePlace(FileChannel file, long position, int bytes, int most) {
            this.file = file;
            this.first = position;
            this.position = position;
            this.remaining = bytes;
            this.most = most;
        }

        @Override
        public int remainingBytes() {
            return remaining;
        }

        @Override
        public int transferTo(WritableByteChannel socket) throws IOException {
            int sent = (int) file.transferTo(position, Math.min(remaining, most), socket);
            position += sent;
            remaining -= sent;
            return sent;
        }

        @Override
        public void release() {
            released.incrementAndGet();
        }
    }

    private static final int FILE_BYTES = 3 << 20;

    private static FileChannel file(Path folder) throws IOException {
        var content = new byte[FILE_BYTES];
        for (int i = 0; i < content.length; i++) content[i] = (byte) (i * 31 + i / 997);
        var path = Files.write(folder.resolve("log"), content);
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    /// Size, number, place, one byte, place.
    private static Answer answer(int number, FilePlace one, FilePlace two) {
        int size = 4 + one.remainingBytes() + 1 + two.remainingBytes();
        return Answer.of(List.of(
                new Answer.Bytes(
                        ByteBuffer.allocate(8).putInt(size).putInt(number).flip()),
                one,
                new Answer.Bytes(ByteBuffer.allocateDirect(1).put((byte) number).flip()),
                two));
    }

    @Test
    void placesAreSentWhereTheyStandAndReleasedOnce(@TempDir Path folder) throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        try (var file = file(folder);
                var server = new Server(1, Limits.wide(), this::keepOpen);
                var peer = new Server.Peer(server.listener.address(), 8 << 10)) {
            var places = new ArrayList<FilePlace>();
            int count = 40;
            for (int i = 0; i < count; i++) peer.send(i);
            Server.await("all requests", () -> asked.size() == count);
            for (var what : asked) {
                for (int i = 0; i < 2; i++) {
                    int bytes = random.nextInt(1 << random.nextInt(19));
                    int most = random.nextBoolean() ? bytes : 1 + random.nextInt(100_000);
                    places.add(new FilePlace(file, random.nextInt(FILE_BYTES - bytes), bytes, Math.max(1, most)));
                }
                complete(what, answer(what.number(), places.get(places.size() - 2), places.getLast()));
            }
            for (int i = 0; i < count; i++) {
                var one = places.get(2 * i);
                var two = places.get(2 * i + 1);
                var got = ByteBuffer.wrap(peer.receive());
                assertEquals(i, got.getInt());
                Server.await("both are sent", () -> one.released.get() + two.released.get() == 2);
                checkPlace(got, one);
                assertEquals((byte) i, got.get());
                checkPlace(got, two);
                assertFalse(got.hasRemaining());
            }
            for (var place : places) assertEquals(1, place.released.get());
        }
    }

    private static void checkPlace(ByteBuffer got, FilePlace place) throws IOException {
        int bytes = (int) (place.position - place.first);
        assertEquals(read(place.file, place.first, bytes), got.slice(got.position(), bytes));
        got.position(got.position() + bytes);
    }

    private static ByteBuffer read(FileChannel file, long position, int bytes) throws IOException {
        var into = ByteBuffer.allocate(bytes);
        while (into.hasRemaining()) file.read(into, position + into.position());
        return into.flip();
    }

    @Test
    void placesAreReleasedWhenTheConnectionEnds(@TempDir Path folder) throws Exception {
        try (var file = file(folder);
                var server = new Server(1, Limits.wide(), this::keepOpen)) {
            var places = new ArrayList<FilePlace>();
            for (int i = 0; i < 8; i++) places.add(new FilePlace(file, 0, FILE_BYTES, FILE_BYTES));
            try (var peer = new Server.Peer(server.listener.address(), 8 << 10)) {
                for (int i = 0; i < 4; i++) peer.send(i);
                Server.await("all requests", () -> asked.size() == 4);
                var open = new ArrayList<>(asked);
                complete(open.get(0), answer(0, places.get(0), places.get(1)));
                complete(open.get(2), answer(2, places.get(4), places.get(5)));
                Server.await("a part is sent", () -> places.get(0).remainingBytes() < FILE_BYTES);
                server.turn();
                for (int i = 2; i < 8; i++)
                    assertEquals(0, places.get(i).released.get());
            }
            Server.await("the end", () -> server.closed.size() == 1);
            for (int i : new int[] {0, 1, 4, 5})
                assertEquals(1, places.get(i).released.get());

            var late = List.copyOf(asked);
            complete(late.get(1), answer(1, places.get(2), places.get(3)));
            complete(late.get(3), answer(3, places.get(6), places.get(7)));
            server.turn();
            for (var place : places) assertEquals(1, place.released.get());
        }
    }

    @Test
    void aPlaceThatGivesNothingEndsTheConnection() throws Exception {
        var released = new AtomicInteger();
        var place = new Answer.Place() {
            @Override
            public int remainingBytes() {
                return 10;
            }

            @Override
            public int transferTo(WritableByteChannel socket) {
                return 0;
            }

            @Override
            public void release() {
                released.incrementAndGet();
                throw new Planned();
            }
        };
        try (var server = new Server(1, Limits.wide(), this::keepOpen);
                var peer = server.connect()) {
            peer.send(1);
            Server.await("the request", () -> asked.size() == 1);
            complete(asked.element(), Answer.of(List.of(place)));
            assertTrue(peer.isEnded());
            assertEquals(1, server.closedFor(CloseReason.IO));
            assertEquals(1, released.get());
            Server.await("the news", () -> server.closed.size() == 1);
        }
    }

    @Test
    void whoStopsWritingGetsNoMoreAnswers() throws Exception {
        try (var server = new Server(1, Limits.wide(), this::keepOpen);
                var peer = server.connect()) {
            peer.send(1);
            Server.await("the request", () -> asked.size() == 1);
            peer.socket.shutdownOutput();
            assertTrue(peer.isEnded());
            assertEquals(1, server.closedFor(CloseReason.PEER));
            complete(asked.element(), Server.answer(1));
            server.turn();
            assertEquals(0, server.metrics.value("millrace_net_sent_bytes_total"));
        }
    }

    @Test
    void aConnectionCanBeClosedInItsHandlerAndFromAnywhere() throws Exception {
        try (var server = new Server(1, Limits.wide(), (connection, frame) -> {
                    int number = frame.bytes().getInt();
                    frame.release();
                    connection.attach(number);
                    if (number == 2) connection.close("asked by the test");
                    return Promise.of(Server.answer(number));
                });
                var peer = server.connect();
                var other = server.connect()) {
            peer.out.write(ByteBuffer.allocate(16)
                    .putInt(4)
                    .putInt(2)
                    .putInt(4)
                    .putInt(3)
                    .array());
            assertTrue(peer.isEnded());
            Server.await("the news", () -> server.closed.size() == 1);
            assertEquals(2, server.closed.element().attachment(), "the frame after the close is not handed out");
            other.send(7);
            assertEquals(7, other.receiveNumber());
            server.closed.element().close("twice");
            server.turn();
            assertEquals(1, server.closedFor(CloseReason.ASKED));
            assertEquals(0, server.requestMemory());
        }
    }
}
