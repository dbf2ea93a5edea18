package io.millrace.net;

import io.millrace.model.Promise;
import io.millrace.net.Answer.Bytes;
import io.millrace.net.Answer.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Answers to bytes, for one connection, in the order of the requests.
///
/// An answer is owed from the moment its request is handed out until its last byte is with the socket.
/// `heldBytes` is the memory of answers that are here and not sent, also of those that wait for an earlier one.
/// The connection stops reading when it owes too many answers or holds too many bytes, so a peer that does not
/// read holds at most `maxAnswerBytesPerConnection` plus what its requests in flight were answered with.
///
/// Small buffers are gathered into one write; large direct ones are written where they lie; places are sent by
/// the kernel. Each place is released once: when it is sent, or when the connection is gone.
final class Outbound {

    private static final long FLUSH_MAX_BYTES = 1 << 20;
    private static final int DIRECT_WRITE_BYTES = 32 << 10;
    private static final int FRUITLESS_MAX = 16;

    private final SocketConnection connection;
    private final Consumer<Answer> whenAnswered = this::answered;

    /// A ring of what is owed, the next to be sent at `head`. Its length is a power of two.
    private @Nullable Promise<Answer>[] owed = ring(8);

    private int head;
    private int size;

    /// The part of the first answer that is being sent.
    private int part;

    private long heldBytes;
    private boolean blocked;
    private boolean closed;
    private int fruitless;

    Outbound(SocketConnection connection) {
        this.connection = connection;
    }

    /// The next request will be answered with `answer`.
    void owe(Promise<Answer> answer) {
        if (!closed) {
            if (size == owed.length) grow();
            owed[(head + size++) & (owed.length - 1)] = answer;
        }
        if (answer.isDone()) {
            answered(answer.value());
        } else {
            answer.then(whenAnswered);
        }
    }

    /// Sends what is ready, as far as the socket takes it, about 1 MiB at most. Returns the bytes sent.
    long flush(Transport transport, ByteBuffer staging) throws IOException {
        blocked = false;
        long sent = 0;
        advance(0);
        while (isReady() && sent < FLUSH_MAX_BYTES) {
            int some = sendSome(transport, staging);
            if (some > 0) fruitless = 0;
            sent += some;
        }
        return sent;
    }

    /// Is there something that can be tried to send?
    boolean isReady() {
        return !blocked && size > 0 && first().isDone();
    }

    /// Did the socket take less than there was?
    boolean isBlocked() {
        return blocked;
    }

    /// The socket takes bytes again.
    void unblock() {
        blocked = false;
        fruitless++;
    }

    int owed() {
        return size;
    }

    /// Is the first answer here, and not sent?
    boolean waitsForPeer() {
        return size > 0 && first().isDone();
    }

    long heldBytes() {
        return heldBytes;
    }

    /// Drops all answers: those that are here now, the others when they come.
    void drop() {
        closed = true;
        for (int i = 0; i < size; i++) {
            var promise = at(i);
            if (promise.isDone()) releasePlaces(promise.value(), i == 0 ? part : 0);
        }
        Arrays.fill(owed, null);
        size = 0;
        heldBytes = 0;
    }

    private void answered(Answer answer) {
        assert connection.loop().isHere() || closed : "answered on another thread than the connection's loop";
        if (closed) {
            releasePlaces(answer, 0);
            return;
        }
        heldBytes += answer.heldBytes();
        if (isReady()) connection.wantsFlush();
    }

    private int sendSome(Transport transport, ByteBuffer staging) throws IOException {
        var next = first().value().parts().get(part);
        if (next instanceof Place place) return send(place, transport);
        if (next instanceof Bytes(ByteBuffer bytes) && isWrittenDirectly(bytes)) {
            int written = transport.write(bytes);
            blocked = bytes.hasRemaining();
            advance(0);
            return written;
        }
        stage(staging);
        int written = transport.write(staging.flip());
        blocked = staging.hasRemaining();
        advance(written);
        return written;
    }

    private int send(Place place, Transport transport) throws IOException {
        int sent = transport.send(place);
        if (sent < 0 || (sent == 0 && fruitless >= FRUITLESS_MAX)) {
            throw new IOException("a place gives no bytes though the socket takes them: " + place);
        }
        blocked = place.remainingBytes() > 0;
        advance(0);
        return sent;
    }

    /// Copies the bytes that are ready, up to the next part that is sent in another way.
    private void stage(ByteBuffer staging) {
        staging.clear();
        int from = part;
        for (int i = 0; i < size; i++) {
            var promise = at(i);
            if (!promise.isDone()) return;
            var parts = promise.value().parts();
            for (int p = from; p < parts.size(); p++) {
                if (!(parts.get(p) instanceof Bytes(ByteBuffer bytes)) || isWrittenDirectly(bytes)) return;
                int count = Math.min(bytes.remaining(), staging.remaining());
                staging.put(staging.position(), bytes, bytes.position(), count);
                staging.position(staging.position() + count);
                if (count < bytes.remaining()) return;
            }
            from = 0;
        }
    }

    private static boolean isWrittenDirectly(ByteBuffer bytes) {
        return bytes.remaining() >= DIRECT_WRITE_BYTES && bytes.isDirect();
    }

    /// Passes over `bytes` that were sent, and over everything that has nothing to send: afterwards the first
    /// answer is open, or has something to send.
    private void advance(int bytes) {
        int left = bytes;
        while (size > 0 && first().isDone()) {
            var answer = first().value();
            if (part == answer.parts().size()) {
                pop(answer);
                continue;
            }
            switch (answer.parts().get(part)) {
                case Bytes(ByteBuffer buffer) -> {
                    int count = Math.min(left, buffer.remaining());
                    buffer.position(buffer.position() + count);
                    left -= count;
                    if (buffer.hasRemaining()) return;
                    part++;
                }
                case Place place -> {
                    if (place.remainingBytes() > 0) return;
                    part++;
                    release(place);
                }
            }
        }
    }

    private void pop(Answer sent) {
        heldBytes -= sent.heldBytes();
        owed[head] = null;
        head = (head + 1) & (owed.length - 1);
        size--;
        part = 0;
    }

    private Promise<Answer> first() {
        return at(0);
    }

    @SuppressWarnings("NullAway") // within size every slot is filled
    private Promise<Answer> at(int i) {
        return owed[(head + i) & (owed.length - 1)];
    }

    private void grow() {
        @Nullable Promise<Answer>[] larger = ring(owed.length * 2);
        for (int i = 0; i < size; i++) larger[i] = at(i);
        owed = larger;
        head = 0;
    }

    private void releasePlaces(Answer answer, int from) {
        var parts = answer.parts();
        for (int p = from; p < parts.size(); p++) {
            if (parts.get(p) instanceof Place place) release(place);
        }
    }

    private void release(Place place) {
        try {
            place.release();
        } catch (RuntimeException failure) {
            connection.report(failure);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    private static @Nullable Promise<Answer>[] ring(int length) {
        return new Promise[length];
    }
}
