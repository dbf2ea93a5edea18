package io.millrace.log;

import io.millrace.model.Clock;
import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What idempotent producers sent last to a log, so that a batch that is sent again is not appended again.
///
/// Kafka's rules, per producer id: an older epoch is refused; a newer one begins with sequence 0; within an
/// epoch every batch begins right after the one before; a repetition of one of the last five batches is
/// answered with its first offsets. A producer that nothing is known of may begin anywhere: its records may
/// have been deleted.
///
/// The state is that of everything appended, also of what is not written yet.
public final class Producers {

    /// What is to be done with a batch.
    public sealed interface Check {

        /// It is new: append it.
        record Fresh() implements Check {}

        /// It is there already, at these offsets. `appendTimeMs` is the largest timestamp of the first append,
        /// which is the time of the append where the broker stamps it.
        record Duplicate(OffsetRange offsets, long appendTimeMs) implements Check {}

        /// It must not be appended.
        record Refused(Errors code, String reason) implements Check {}
    }

    private static final Check FRESH = new Check.Fresh();
    private static final long MOST_SILENT_MS = TimeUnit.DAYS.toMillis(3650);

    private final Clock clock;
    private final Map<Long, ProducerState> states = new HashMap<>();
    private @Nullable ProducerState latest;

    Producers(Clock clock) {
        this.clock = clock;
    }

    /// Whether `batch` comes next from its producer. Changes nothing.
    public Check check(RecordBatch batch) {
        if (!batch.hasProducerId() || batch.isControl()) return FRESH;
        var state = find(batch.producerId());
        if (state == null) return FRESH;

        var duplicate = state.duplicate(batch);
        if (duplicate != null) return duplicate;
        if (batch.producerEpoch() < state.epoch()) {
            return new Check.Refused(
                    Errors.INVALID_PRODUCER_EPOCH,
                    "producer %d has epoch %d, the batch %d"
                            .formatted(batch.producerId(), state.epoch(), batch.producerEpoch()));
        }
        boolean isNext =
                batch.producerEpoch() > state.epoch() ? batch.baseSequence() == 0 : state.isNext(batch.baseSequence());
        if (isNext) return FRESH;
        return new Check.Refused(
                Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer %d is at sequence %d of epoch %d, the batch begins with %d of epoch %d"
                        .formatted(
                                batch.producerId(),
                                state.lastSequence(),
                                state.epoch(),
                                batch.baseSequence(),
                                batch.producerEpoch()));
    }

    /// Everyone who is known, in no order.
    public List<ProducerView> active() {
        return states.values().stream().map(ProducerState::view).toList();
    }

    /// The last batch of everyone who is known.
    Map<Long, CleaningPlan.LastBatch> lastBatches() {
        var last = new HashMap<Long, CleaningPlan.LastBatch>();
        for (var state : states.values()) {
            last.put(state.producerId, new CleaningPlan.LastBatch(state.lastOffset(), state.epoch()));
        }
        return last;
    }

    /// Takes note of a batch that was appended; batches without a producer do not matter.
    void note(RecordBatch batch, long nowNs) {
        if (!batch.hasProducerId()) return;
        var state = find(batch.producerId());
        if (state == null) {
            state = new ProducerState(batch.producerId(), batch.producerEpoch());
            states.put(batch.producerId(), state);
            latest = state;
        }
        state.note(batch, nowNs);
    }

    private @Nullable ProducerState find(long producerId) {
        var state = latest;
        if (state == null || state.producerId != producerId) {
            state = states.get(producerId);
            if (state != null) latest = state;
        }
        return state;
    }

    /// Forgets everyone who was silent for `silentMs` or longer.
    void expire(long silentMs) {
        long nowNs = clock.monotonicNs();
        latest = null;
        states.values().removeIf(state -> TimeUnit.NANOSECONDS.toMillis(nowNs - state.lastSeenNs()) >= silentMs);
    }

    void clear() {
        latest = null;
        states.clear();
    }

    List<ProducerSnapshot.Entry> snapshot() {
        long nowNs = clock.monotonicNs();
        long nowMs = clock.wallMs();
        var entries = new ArrayList<ProducerSnapshot.Entry>(states.size());
        for (var state : states.values()) {
            state.addTo(entries, nowMs - TimeUnit.NANOSECONDS.toMillis(nowNs - state.lastSeenNs()));
        }
        return entries;
    }

    /// Makes the state that of a snapshot. Whoever was heard of last when it was taken counts as heard of
    /// at `lastNs`, the others as much earlier as they were then: what the wall clock did since does
    /// not matter.
    ///
    /// @param lastNs on the monotonic clock
    void restore(List<ProducerSnapshot.Entry> entries, long lastNs) {
        clear();
        var seenMs = new HashMap<Long, Long>();
        for (var entry : entries) seenMs.put(entry.producerId(), entry.timestampMs());
        long newestMs = seenMs.values().stream().mapToLong(ms -> ms).max().orElse(0);
        for (var entry : entries) {
            long earlierMs =
                    Math.clamp(newestMs - seenMs.getOrDefault(entry.producerId(), newestMs), 0, MOST_SILENT_MS);
            states.computeIfAbsent(entry.producerId(), id -> new ProducerState(id, entry.epoch()))
                    .restore(entry, lastNs - TimeUnit.MILLISECONDS.toNanos(earlierMs));
        }
    }
}
