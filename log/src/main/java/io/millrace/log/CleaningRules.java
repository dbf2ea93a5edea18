package io.millrace.log;

import io.millrace.model.record.BatchFilter;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which records and batches stay when a log is compacted: Kafka's rules.
///
/// - A record stays when no later one has its key; one without a key goes.
/// - The mark of a deleted key (a record without a value) stays like any other, until the horizon passes that its
///   batch got when it was compacted first.
/// - Records of aborted transactions go. The marker of a transaction stays as long as any batch of the transaction
///   was there when this compaction began; then it gets a horizon, and goes when that passes.
/// - A batch without records goes, unless it is the last one of a producer that is still known, or ends a segment:
///   then it stays without records, so that sequences and offsets outlive them.
/// - What lies at `reach` or behind it stays as it is.
///
/// Batches must come in their order, from the start of the log.
final class CleaningRules {

    /// What becomes of a batch.
    sealed interface Verdict {

        /// It stays as it is.
        record AsItIs() implements Verdict {}

        /// It stays without records.
        record Emptied() implements Verdict {}

        /// Some of its records stay.
        ///
        /// @param deleteHorizonMs as [BatchFilter#keep] takes it
        record Thinned(BitSet kept, long deleteHorizonMs) implements Verdict {}

        /// It goes.
        record Dropped() implements Verdict {}
    }

    private static final Verdict AS_IT_IS = new Verdict.AsItIs();
    private static final Verdict EMPTIED = new Verdict.Emptied();
    private static final Verdict DROPPED = new Verdict.Dropped();

    private final CleaningPlan plan;
    private final OffsetMap map;
    private final long reach;
    private final long observedMs;
    private final RecordReader reader;
    private final Set<Long> committing = new HashSet<>();
    private final Set<Long> aborting = new HashSet<>();
    private long keyless;

    /// @param map        the last offset before `reach` of every key that was not compacted before
    /// @param observedMs the time on the clock by which deletions age
    CleaningRules(CleaningPlan plan, OffsetMap map, long reach, long observedMs, RecordReader reader) {
        this.plan = plan;
        this.map = map;
        this.reach = reach;
        this.observedMs = observedMs;
        this.reader = reader;
    }

    /// What becomes of `batch`, which has records of its own to be looked at or is a marker.
    ///
    /// @param outcome     how its transaction ended; of no meaning outside of transactions
    /// @param endsSegment whether it is the last batch of what becomes one segment
    Verdict judge(RecordBatch batch, Markers.Outcome outcome, boolean endsSegment) throws MalformedRecords {
        if (!concerns(batch)) return AS_IT_IS;
        if (batch.isControl()) return judgeMarker(batch, endsSegment);
        if (batch.isTransactional()) {
            if (outcome == Markers.Outcome.UNKNOWN) return AS_IT_IS;
            (outcome == Markers.Outcome.ABORTED ? aborting : committing).add(batch.producerId());
        }
        if (batch.recordCount() == 0) return mustStay(batch, endsSegment) ? AS_IT_IS : DROPPED;
        if (batch.isTransactional() && outcome == Markers.Outcome.ABORTED) return withoutRecords(batch, endsSegment);
        return judgeRecords(batch, endsSegment);
    }

    /// Whether the batch is looked at at all; else it stays as it is.
    boolean concerns(RecordBatch batch) {
        return batch.baseOffset() < reach;
    }

    private Verdict judgeMarker(RecordBatch batch, boolean endsSegment) throws MalformedRecords {
        var kind = Markers.kind(batch, reader);
        if (kind == null) return mustStay(batch, endsSegment) ? AS_IT_IS : DROPPED;
        boolean isNeeded = switch (kind) {
            case COMMIT -> committing.remove(batch.producerId());
            case ABORT -> aborting.remove(batch.producerId());
            case OTHER -> true;
        };
        if (isNeeded) return AS_IT_IS;
        if (batch.hasDeleteHorizon()) {
            return observedMs >= batch.deleteHorizonMs() ? withoutRecords(batch, endsSegment) : AS_IT_IS;
        }
        var all = new BitSet();
        all.set(0);
        return new Verdict.Thinned(all, newHorizonMs());
    }

    private Verdict judgeRecords(RecordBatch batch, boolean endsSegment) throws MalformedRecords {
        var look = new Look(batch);
        reader.read(batch, look);
        boolean needsHorizon = look.hasTombstone && !batch.hasDeleteHorizon();
        if (look.kept.isEmpty()) return withoutRecords(batch, endsSegment);
        if (look.kept.cardinality() == look.count && !needsHorizon) return AS_IT_IS;
        if (needsHorizon) return new Verdict.Thinned(look.kept, newHorizonMs());
        return new Verdict.Thinned(
                look.kept, batch.hasDeleteHorizon() ? batch.deleteHorizonMs() : BatchFilter.NO_HORIZON);
    }

    /// Goes through the records of one batch.
    private final class Look implements Consumer<LogRecord> {
        private final boolean deletionsStay;
        private final BitSet kept = new BitSet();
        private int count;
        private boolean hasTombstone;

        Look(RecordBatch batch) {
            this.deletionsStay = !batch.hasDeleteHorizon() || observedMs < batch.deleteHorizonMs();
        }

        @Override
        public void accept(LogRecord record) {
            int place = count++;
            if (!stays(record)) return;
            kept.set(place);
            hasTombstone |= record.value() == null;
        }

        private boolean stays(LogRecord record) {
            if (record.offset() >= reach) return true;
            var key = record.key();
            if (key == null) {
                keyless++;
                return false;
            }
            return record.offset() >= map.lastOffset(key) && (record.value() != null || deletionsStay);
        }
    }

    private Verdict withoutRecords(RecordBatch batch, boolean endsSegment) {
        return mustStay(batch, endsSegment) ? EMPTIED : DROPPED;
    }

    private boolean mustStay(RecordBatch batch, boolean endsSegment) {
        return endsSegment || isLastOfProducer(batch, plan.producers().get(batch.producerId()));
    }

    /// The last data of a producer tells its sequence; when there is none of its epoch, its marker tells the epoch.
    private static boolean isLastOfProducer(RecordBatch batch, CleaningPlan.@Nullable LastBatch last) {
        if (last == null) return false;
        if (last.lastOffset() >= 0) return batch.lastOffset() == last.lastOffset();
        return batch.isControl() && batch.producerEpoch() == last.epoch();
    }

    private long newHorizonMs() {
        long horizonMs = observedMs + plan.config().compaction().deleteRetentionMs();
        return horizonMs < observedMs ? Long.MAX_VALUE : horizonMs;
    }

    /// How many records had no key and went.
    long keyless() {
        return keyless;
    }
}
