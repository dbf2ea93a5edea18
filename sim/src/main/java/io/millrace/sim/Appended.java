package io.millrace.sim;

import io.millrace.model.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A batch that was appended, and the one it was appended after: the batches of a partition are a tree, of which the
/// log is one path. A log that is cut grows another branch.
final class Appended {

    private static final int LEADER_EPOCH_AT = 12;
    private static final int BASE_SEQUENCE_AT = 53;

    final @Nullable Appended before;
    final long first;
    final long end;
    final long producerId;
    private final byte[] bytes;
    private final RecordBatch batch;

    private Appended(@Nullable Appended before, byte[] bytes) {
        this.before = before;
        this.bytes = bytes;
        this.batch = new RecordBatch(ByteBuffer.wrap(bytes), 0);
        this.first = batch.baseOffset();
        this.end = batch.endOffset();
        this.producerId = batch.producerId();
    }

    /// What `batch` is when it has its place.
    static Appended after(@Nullable Appended before, long first, int leaderEpoch, RecordBatch batch) {
        var bytes = new byte[batch.sizeBytes()];
        batch.bytes().get(bytes);
        ByteBuffer.wrap(bytes).putLong(0, first).putInt(LEADER_EPOCH_AT, leaderEpoch);
        return new Appended(before, bytes);
    }

    int sizeBytes() {
        return bytes.length;
    }

    int leaderEpoch() {
        return batch.partitionLeaderEpoch();
    }

    short producerEpoch() {
        return batch.producerEpoch();
    }

    int sequence() {
        return batch.baseSequence();
    }

    int lastSequence() {
        return batch.lastSequence();
    }

    /// Whether these are the batch's bytes, every one of them.
    boolean isIn(byte[] other, int at) {
        return at + bytes.length <= other.length && Arrays.equals(bytes, 0, bytes.length, other, at, at + bytes.length);
    }

    /// The batch as its producer would send it again.
    RecordBatch retry() {
        return batch;
    }

    /// A batch of the same producer with another sequence.
    RecordBatch withSequence(int sequence) {
        var other = ByteBuffer.wrap(bytes.clone());
        other.putInt(BASE_SEQUENCE_AT, sequence);
        return new RecordBatch(other, 0);
    }

    @Override
    public String toString() {
        return batch.toString();
    }
}
