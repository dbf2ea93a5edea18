package io.millrace.sim;

import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// An idempotent producer, as clients are: at most five batches of it wait for an answer, and when the
/// broker went away those are sent again, in order, before anything else.
final class SimProducer {

    /// How many batches wait at most, and how many a broker remembers.
    private static final int MOST = 5;

    private static final int SCATTER = 0x9E3779B9;

    /// A batch of this producer, and what became of it.
    static final class Sent {
        private final byte[] bytes;
        private boolean isAcknowledged;

        private Sent(ByteBuffer batch) {
            bytes = new byte[batch.remaining()];
            batch.get(0, bytes);
        }

        /// Bytes for one request.
        ByteBuffer request() {
            return ByteBuffer.wrap(bytes.clone());
        }

        boolean isAcknowledged() {
            return isAcknowledged;
        }

        @Override
        public String toString() {
            return new RecordBatch(ByteBuffer.wrap(bytes), 0) + (isAcknowledged ? " (acknowledged)" : "");
        }
    }

    private final long id;
    private final RandomGenerator random;
    private final Deque<Sent> inFlight = new ArrayDeque<>();
    private final Deque<Sent> toSendAgain = new ArrayDeque<>();

    /// What the broker remembers, oldest first.
    private final List<Sent> latest = new ArrayList<>();

    private int nextSequence;
    private int lastValue;

    SimProducer(long id, RandomGenerator random) {
        this.id = id;
        this.random = random;
        // a producer of whom nothing is known may begin anywhere, and sequences wrap
        this.nextSequence = random.nextInt(4) == 0 ? Integer.MAX_VALUE - random.nextInt(20) : 0;
    }

    /// The broker went away.
    void reconnect() {
        toSendAgain.clear();
        toSendAgain.addAll(inFlight);
    }

    /// What it sends next: what it has to send again, something that it sent before, or something new.
    Sent next(long nowMs) {
        var again = toSendAgain.poll();
        if (again != null) return again;
        boolean mayBeFresh = inFlight.size() < MOST;
        boolean isFresh = mayBeFresh && (latest.isEmpty() || random.nextInt(3) > 0);
        return isFresh ? fresh(nowMs) : latest.get(random.nextInt(latest.size()));
    }

    private Sent fresh(long nowMs) {
        int records = 1 + random.nextInt(4);
        int valueBytes = random.nextInt(30) == 0 ? 500 + random.nextInt(3_000) : random.nextInt(150);
        var builder = new BatchBuilder().producer(id, (short) 0, nextSequence);
        for (int i = 0; i < records; i++) builder.add(LogRecord.of(nowMs + i, null, value(valueBytes)));
        nextSequence = (int) ((nextSequence + (long) records) & Integer.MAX_VALUE);
        var sent = new Sent(builder.build());
        inFlight.add(sent);
        latest.add(sent);
        if (latest.size() > MOST) latest.removeFirst();
        return sent;
    }

    private ByteBuffer value(int bytes) {
        var value = ByteBuffer.allocate(bytes + Integer.BYTES);
        int number = ++lastValue * SCATTER;
        while (value.remaining() >= Integer.BYTES) value.putInt(number);
        return value.rewind();
    }

    /// The broker has said that it has the batch.
    void acknowledged(Sent sent) {
        sent.isAcknowledged = true;
        inFlight.remove(sent);
        toSendAgain.remove(sent);
    }

    /// Whether something of before the broker went away was not sent again yet.
    boolean mustSendAgain() {
        return !toSendAgain.isEmpty();
    }

    /// The oldest batch without an answer; null when there is none.
    @Nullable
    Sent waiting() {
        return inFlight.peek();
    }
}
