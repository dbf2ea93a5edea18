package io.millrace.log;

import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one producer sent last: its epoch, and up to five batches of that epoch.
final class ProducerState {

    /// As many as a producer may have in flight.
    static final int BATCHES = 5;

    final long producerId;
    private short epoch;
    private int coordinatorEpoch = -1;
    private long txnFirstOffset = -1;
    private long lastSeenNs;

    // A ring of batches; the newest lies before `next`.
    private final int[] firstSequences = new int[BATCHES];
    private final int[] lastSequences = new int[BATCHES];
    private final long[] firstOffsets = new long[BATCHES];
    private final long[] lastOffsets = new long[BATCHES];
    private final long[] timestampsMs = new long[BATCHES];
    private int next;
    private int count;

    ProducerState(long producerId, short epoch) {
        this.producerId = producerId;
        this.epoch = epoch;
    }

    /// Takes note of a batch that was appended.
    void note(RecordBatch batch, long nowNs) {
        if (batch.producerEpoch() != epoch) {
            epoch = batch.producerEpoch();
            count = 0;
        }
        lastSeenNs = nowNs;
        if (batch.isControl()) {
            txnFirstOffset = -1;
            return;
        }
        if (batch.isTransactional() && txnFirstOffset < 0) txnFirstOffset = batch.baseOffset();
        add(batch.baseSequence(), batch.lastSequence(), batch.baseOffset(), batch.lastOffset(), batch.maxTimestampMs());
    }

    private void add(int firstSequence, int lastSequence, long firstOffset, long lastOffset, long timestampMs) {
        firstSequences[next] = firstSequence;
        lastSequences[next] = lastSequence;
        firstOffsets[next] = firstOffset;
        lastOffsets[next] = lastOffset;
        timestampsMs[next] = timestampMs;
        next = (next + 1) % BATCHES;
        if (count < BATCHES) count++;
    }

    /// Takes note of a batch that a snapshot remembers. The batches of a producer come oldest first.
    void restore(ProducerSnapshot.Entry entry, long nowNs) {
        if (entry.epoch() != epoch) count = 0;
        epoch = entry.epoch();
        coordinatorEpoch = entry.coordinatorEpoch();
        txnFirstOffset = entry.txnFirstOffset();
        lastSeenNs = nowNs;
        if (entry.lastSequence() < 0) return;
        int firstSequence = (entry.lastSequence() - entry.offsetDelta()) & Integer.MAX_VALUE;
        long firstOffset = entry.lastOffset() - entry.offsetDelta();
        add(firstSequence, entry.lastSequence(), firstOffset, entry.lastOffset(), entry.timestampMs());
    }

    /// Where the batch was appended before; null when it is none of those that are remembered.
    Producers.Check.@Nullable Duplicate duplicate(RecordBatch batch) {
        if (batch.producerEpoch() != epoch) return null;
        int first = batch.baseSequence();
        int last = batch.lastSequence();
        for (int i = 1; i <= count; i++) {
            int slot = slot(i);
            if (firstSequences[slot] == first && lastSequences[slot] == last) {
                var offsets = new OffsetRange(firstOffsets[slot], lastOffsets[slot] + 1);
                return new Producers.Check.Duplicate(offsets, timestampsMs[slot]);
            }
        }
        return null;
    }

    /// Whether a batch of the same epoch that begins with `sequence` comes right after the last one.
    boolean isNext(int sequence) {
        int last = lastSequence();
        return sequence == last + 1 || (sequence == 0 && last == Integer.MAX_VALUE);
    }

    short epoch() {
        return epoch;
    }

    /// -1 when nothing was appended in this epoch.
    int lastSequence() {
        return count == 0 ? -1 : lastSequences[slot(1)];
    }

    /// The last offset of what was appended last; -1 when nothing was in this epoch.
    long lastOffset() {
        return count == 0 ? -1 : lastOffsets[slot(1)];
    }

    long lastSeenNs() {
        return lastSeenNs;
    }

    ProducerView view() {
        long timestampMs = count == 0 ? -1 : timestampsMs[slot(1)];
        return new ProducerView(producerId, epoch, lastSequence(), timestampMs, coordinatorEpoch, txnFirstOffset);
    }

    /// Adds what a snapshot must remember, oldest batch first; the last entry stands for the whole to a reader
    /// that keeps one batch only.
    ///
    /// @param lastSeenMs when this broker last heard of the producer, on the wall clock
    void addTo(List<ProducerSnapshot.Entry> entries, long lastSeenMs) {
        for (int i = count; i > 1; i--) entries.add(entry(slot(i), timestampsMs[slot(i)], -1));
        if (count > 0) {
            entries.add(entry(slot(1), lastSeenMs, txnFirstOffset));
        } else {
            entries.add(new ProducerSnapshot.Entry(
                    producerId, epoch, -1, -1, 0, lastSeenMs, coordinatorEpoch, txnFirstOffset));
        }
    }

    private ProducerSnapshot.Entry entry(int slot, long timestampMs, long txnFirst) {
        int delta = (int) (lastOffsets[slot] - firstOffsets[slot]);
        return new ProducerSnapshot.Entry(
                producerId,
                epoch,
                lastSequences[slot],
                lastOffsets[slot],
                delta,
                timestampMs,
                coordinatorEpoch,
                txnFirst);
    }

    private int slot(int age) {
        return Math.floorMod(next - age, BATCHES);
    }
}
