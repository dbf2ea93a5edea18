package io.millrace.sim;

import io.millrace.log.Log;
import io.millrace.log.Producers;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.sim.KeyHistory.Kind;
import java.io.IOException;

/// Compares what a compacted log has with everything that was appended to it.
final class KeyInspection {

    private final KeyHistory history;
    private final Log log;
    private final KeyView view;

    /// Reads everything.
    KeyInspection(KeyHistory history, Log log, RecordReader reader) throws IOException {
        this.history = history;
        this.log = log;
        this.view = KeyView.of(log, reader);
    }

    /// What is there was appended there; the last record of every key is there; and who reads all that is committed
    /// knows what the whole history says.
    void everything(long committedEnd) {
        for (var seen : view.records()) {
            var appended = history.at(seen.offset(), seen.producer());
            if (!seen.record().equals(appended)) {
                throw new Violation("R3", "%s was appended as %s".formatted(seen, appended));
            }
        }
        long stable = history.stableOffset(committedEnd);
        for (var last : history.lastOfEveryKey(stable).entrySet()) {
            if (view.decidedAt(last.getValue()) == null) throw new Violation("R18", "lost: " + last);
        }
        var expected = history.lastOfEveryKey(Long.MAX_VALUE);
        var seen = view.lastOfEveryKey();
        if (!seen.equals(expected)) {
            throw new Violation("R18", "a reader sees %s, expected %s".formatted(seen, expected));
        }
    }

    /// Up to `reach` there is nothing but the last record of each key.
    void compacted(long reach) {
        var last = history.lastOfEveryKey(reach);
        for (var seen : view.records()) {
            if (seen.offset() >= reach) break;
            var key = seen.record().key();
            if (key == null || last.getOrDefault(key, -1L) != seen.offset()) {
                throw new Violation("R18", "%s should be gone, up to %d".formatted(seen, reach));
            }
        }
    }

    /// What producers sent last is known, though its records may be gone.
    void producers() {
        for (var latest : history.latest().values()) {
            var check = log.producers().check(batch(latest, latest.sequence()));
            boolean isKnown =
                    check instanceof Producers.Check.Duplicate(var offsets, var _) && offsets.equals(latest.offsets());
            if (!isKnown) {
                throw new Violation("P2", "a repetition of %s is no duplicate but %s".formatted(latest, check));
            }
            int next = history.nextSequence(latest.producer());
            expect(batch(latest, next), Producers.Check.Fresh.class);
            expect(batch(latest, next + 1), Producers.Check.Refused.class);
        }
    }

    private static RecordBatch batch(KeyHistory.Batch like, int sequence) {
        boolean isTransactional = like.kind() == Kind.TRANSACTIONAL;
        return KeyedBatches.of(like.records(), like.producer(), sequence, isTransactional, 0);
    }

    private void expect(RecordBatch batch, Class<? extends Producers.Check> outcome) {
        var check = log.producers().check(batch);
        if (!outcome.isInstance(check)) throw new Violation("P1", "%s: %s".formatted(batch, check));
    }
}
