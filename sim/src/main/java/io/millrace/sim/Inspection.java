package io.millrace.sim;

import io.millrace.folder.Durability;
import io.millrace.log.Log;
import io.millrace.log.Producers;
import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;

/// Compares a log with what is expected of it: first what recovery found ([#recovered]), then, while it
/// lives, what it says and gives to readers ([#living]).
final class Inspection {

    private static final int READ_BYTES = 8 << 10;

    private final ExpectedLog expected;
    private final Log log;

    Inspection(ExpectedLog expected, Log log) {
        this.expected = expected;
        this.log = log;
    }

    /// What a log that was just opened must be; afterwards that is what is expected.
    ///
    /// @param namesAreJournaled without that the first segments may be lost, as far as nothing in them
    ///                          was promised
    void recovered(boolean namesAreJournaled) throws IOException {
        if (!log.quarantined().isEmpty()) throw violation("R13", "in quarantine: " + log.quarantined());
        long start = log.startOffset();
        long end = log.endOffset();
        long most = namesAreJournaled ? expected.mostStart : Math.max(expected.mostStart, end);
        if (start < expected.leastStart || start > most) {
            throw violation("R1", "the start is not in %d..%d".formatted(expected.leastStart, expected.mostStart));
        }
        if (log.writtenEnd() != end) throw violation("R1", "not everything is written");
        var last = path(start, end);
        expectPath(last, start);
        expected.head = last == null ? endingAt(end) : last;
        expected.start = start;
        expected.mostStart = start;
        expected.end = end;
        expected.kept = end;
        epochs();
        producers();
    }

    /// Reads everything, which must be one path of what was appended. Returns its last batch; null when
    /// there is none.
    private @Nullable Appended path(long start, long end) throws IOException {
        Appended last = null;
        long at = start;
        while (at < end) {
            var bytes = read(at, end, READ_BYTES);
            int position = 0;
            while (bytes.length - position >= RecordBatch.HEADER_BYTES) {
                var batch = new RecordBatch(ByteBuffer.wrap(bytes), position);
                if (batch.sizeBytes() > bytes.length - position) break;
                var found = expected.appendedAt(batch.baseOffset(), bytes, position);
                if (found == null) throw violation("R3", "nobody appended this: " + batch);
                boolean follows = last == null ? found.first <= start && found.end > start : found.before == last;
                if (!follows) throw violation("R3", "%s does not follow %s".formatted(found, last));
                last = found;
                position += batch.sizeBytes();
            }
            if (position == 0 || last == null) throw violation("R3", "no whole batch at " + at);
            at = last.end;
        }
        if (last != null && last.end != end) throw violation("R3", "the last batch is " + last);
        return last;
    }

    private byte[] read(long at, long end, int maxBytes) throws IOException {
        var slice = log.reader().readBlocking(at, end, maxBytes, true);
        if (slice.isEmpty()) throw violation("R1", "there is nothing at offset " + at);
        try {
            var place = slice.get().place().readFully();
            var bytes = new byte[place.remaining()];
            place.get(bytes);
            return bytes;
        } finally {
            slice.get().place().release();
        }
    }

    /// Whether everything that had to be kept lies on the path that ends with `last`.
    private void expectPath(@Nullable Appended last, long start) {
        var wanted = expected.head;
        while (wanted != null && wanted.end > expected.kept) wanted = wanted.before;
        if (wanted == null || (wanted.end <= expected.mostStart && wanted.end <= start)) return;
        var found = last;
        while (found != null && found.end > wanted.end) found = found.before;
        if (found != wanted) throw violation("R1", "lost: %s, there is %s".formatted(wanted, found));
    }

    /// The last batch before an empty log, if it is known.
    private @Nullable Appended endingAt(long end) {
        var batch = expected.head;
        while (batch != null && batch.end > end) batch = batch.before;
        return batch == null || batch.end == end ? batch : null;
    }

    /// The history of leader epochs must say of every batch what the batch says.
    private void epochs() {
        var epochs = log.epochs();
        var seen = new HashSet<Integer>();
        for (var batch = expected.head; batch != null && batch.end > expected.start; batch = batch.before) {
            long offset = Math.max(batch.first, expected.start);
            if (epochs.epochOf(offset) != batch.leaderEpoch()) {
                throw violation(
                        "R4",
                        "offset %d is of epoch %d by %s, and of %d by the history %s"
                                .formatted(offset, batch.leaderEpoch(), batch, epochs.epochOf(offset), epochs));
            }
            boolean isLastOfEpoch = seen.add(batch.leaderEpoch());
            var end = epochs.endOf(batch.leaderEpoch(), log.endOffset());
            if (isLastOfEpoch && end.endOffset() != batch.end) {
                throw violation(
                        "R4",
                        "epoch %d ends with %s, and at %d by the history %s"
                                .formatted(batch.leaderEpoch(), batch, end.endOffset(), epochs));
            }
        }
        if (epochs.latest() > expected.leaderEpoch) throw violation("R4", "an epoch that never began: " + epochs);
    }

    /// What producers sent last must be known: a repetition is one, the next is welcome, a gap is none.
    void producers() {
        for (var batches : expected.producers().values()) {
            var newest = batches.getFirst();
            if (newest.first < expected.start) continue;
            for (var batch : batches) {
                if (batch.first < expected.start) continue;
                if (!(log.producers().check(batch.retry()) instanceof Producers.Check.Duplicate(var offsets, var _))
                        || !offsets.equals(new OffsetRange(batch.first, batch.end))) {
                    throw violation(
                            "P2",
                            "a repetition of %s is no duplicate but %s"
                                    .formatted(batch, log.producers().check(batch.retry())));
                }
            }
            expect(newest, newest.lastSequence() + 1, Producers.Check.Fresh.class);
            expect(newest, newest.lastSequence() + 2, Producers.Check.Refused.class);
        }
    }

    private void expect(Appended newest, int sequence, Class<? extends Producers.Check> outcome) {
        var check = log.producers().check(newest.withSequence(sequence));
        if (!outcome.isInstance(check)) {
            throw violation("P1", "sequence %d after %s: %s".formatted(sequence, newest, check));
        }
    }

    /// What a log says must follow from what was done to it. Takes note of what it says is safe.
    void living() {
        long written = log.writtenEnd();
        long durable = log.durableEnd();
        if (durable > expected.frozenAt) {
            throw violation("R15", "durable to %d, after a failure at %d".formatted(durable, expected.frozenAt));
        }
        if (expected.hasFailed) return;
        boolean isInOrder = log.startOffset() <= durable && durable <= written && written <= log.endOffset();
        if (!isInOrder) throw violation("R2", "durable to %d, written to %d".formatted(durable, written));
        if (log.startOffset() != expected.start || log.endOffset() != expected.end) {
            throw violation("R3", "not what was done to it");
        }
        expected.kept = Math.max(expected.kept, written);
        if (expected.durability == Durability.PAGE_CACHE) return;
        if (durable < expected.claimed) {
            throw violation("R2", "durable to %d, once to %d".formatted(durable, expected.claimed));
        }
        expected.durable = Math.max(expected.durable, durable);
        expected.claimed = Math.max(expected.claimed, durable);
    }

    /// What a reader gets from `offset` on must be what was appended.
    void reads(long offset, int maxBytes) throws IOException {
        if (offset >= log.writtenEnd()) return;
        var bytes = read(offset, log.writtenEnd(), maxBytes);
        var batch = expected.head;
        while (batch != null && batch.first > offset) batch = batch.before;
        boolean isRight = batch != null && (batch.isIn(bytes, 0) || bytes.length < batch.sizeBytes());
        if (!isRight) throw violation("R3", "offset %d does not read as %s".formatted(offset, batch));
    }

    private Violation violation(String invariant, String what) {
        return new Violation(invariant, "%s; expected %s, there is %s".formatted(what, expected, log));
    }
}
