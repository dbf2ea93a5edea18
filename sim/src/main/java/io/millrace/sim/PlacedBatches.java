package io.millrace.sim;

import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import io.millrace.sim.SimProducer.Sent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a partition must hold: every batch that was given to it, once, in the order in which that was, and how
/// much of that must outlive what.
final class PlacedBatches {

    private record Placed(OffsetRange offsets, Sent sent, ByteBuffer bytes) {}

    private final List<Placed> inOrder = new ArrayList<>();
    private final Map<Sent, Placed> bySent = new HashMap<>();

    /// What lies before was promised, to readers or to producers.
    private long promisedEnd;

    /// What lies before was shown to readers.
    private long shownEnd;

    /// What lies before outlives the process: the next one must find it.
    private long writtenEnd;

    /// Where the log ends, when it has all of it.
    long end() {
        return inOrder.isEmpty() ? 0 : inOrder.getLast().offsets().end();
    }

    /// Where a batch lies; null when it is not in the log.
    @Nullable
    OffsetRange offsetsOf(Sent sent) {
        var placed = bySent.get(sent);
        return placed == null ? null : placed.offsets();
    }

    /// Takes note of a batch before it is appended: from now on it may be found.
    OffsetRange place(Sent sent, int leaderEpoch) {
        var bytes = sent.request();
        var batch = new RecordBatch(bytes, 0);
        batch.stamp(end(), leaderEpoch);
        var placed = new Placed(new OffsetRange(batch.baseOffset(), batch.endOffset()), sent, bytes);
        inOrder.add(placed);
        bySent.put(sent, placed);
        return placed.offsets();
    }

    /// Somebody was told that everything before `end` is safe.
    void acknowledged(long end) {
        promisedEnd = Math.max(promisedEnd, end);
    }

    /// Readers see what lies before `highWatermark`: never less than before, in no life.
    void shown(long highWatermark) {
        if (highWatermark < shownEnd || highWatermark > end()) {
            throw new Violation("R5", "committed to %d, once to %d: %s".formatted(highWatermark, shownEnd, this));
        }
        shownEnd = highWatermark;
        acknowledged(highWatermark);
    }

    /// What was given to the log so far is in its file.
    void written() {
        writtenEnd = end();
    }

    /// The process has ended.
    void ended(boolean isClosed, boolean isPowerCut) {
        if (isClosed) promisedEnd = end();
        writtenEnd = isPowerCut ? promisedEnd : Math.max(promisedEnd, writtenEnd);
    }

    /// The next process has found a log that ends at `foundEnd`. What is missing may be appended anew.
    void found(long foundEnd) {
        if (foundEnd < writtenEnd) {
            throw new Violation("R1", "the log ends at %d, promised was %d".formatted(foundEnd, writtenEnd));
        }
        while (end() > foundEnd) bySent.remove(inOrder.removeLast().sent());
        if (end() != foundEnd) {
            throw new Violation("R3", "the log ends at %d, and no batch does: %s".formatted(foundEnd, inOrder));
        }
        writtenEnd = foundEnd;
    }

    /// Whether these are whole batches of the log, from the one that holds `offset` on.
    ///
    /// @return where the last one ends
    long check(long offset, ByteBuffer bytes) {
        long at = offset;
        for (var placed : inOrder) {
            if (placed.offsets().end() <= at) continue;
            int size = placed.bytes().remaining();
            if (bytes.remaining() < size) break;
            if (!bytes.slice(bytes.position(), size).equals(placed.bytes())) {
                throw new Violation(
                        "R3", "%s should be %s".formatted(new RecordBatch(bytes, bytes.position()), placed));
            }
            bytes.position(bytes.position() + size);
            at = placed.offsets().end();
        }
        if (at == offset) throw new Violation("R1", "no whole batch at offset " + offset);
        return at;
    }

    @Override
    public String toString() {
        return "%d batches to offset %d, promised to %d, written to %d"
                .formatted(inOrder.size(), end(), promisedEnd, writtenEnd);
    }
}
