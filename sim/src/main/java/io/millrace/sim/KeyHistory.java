package io.millrace.sim;

import io.millrace.model.OffsetRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Every batch that was appended to a compacted log, none left out; and what follows for those who read it.
final class KeyHistory {

    /// A key and its value.
    ///
    /// @param key   null for none
    /// @param value null when the key is deleted
    record Keyed(@Nullable String key, @Nullable String value) {}

    /// What a batch is.
    enum Kind {
        PLAIN,
        TRANSACTIONAL,
        COMMIT,
        ABORT;

        boolean isMarker() {
            return this == COMMIT || this == ABORT;
        }
    }

    /// A batch; a marker has no records, though it takes an offset.
    record Batch(OffsetRange offsets, Kind kind, long producer, int sequence, List<Keyed> records) {}

    /// By first offset.
    private final TreeMap<Long, Batch> batches = new TreeMap<>();

    private long start;

    /// Takes note of a batch before it is appended.
    void add(Kind kind, long producer, int sequence, List<Keyed> records) {
        long first = end();
        long end = first + Math.max(1, records.size());
        batches.put(first, new Batch(new OffsetRange(first, end), kind, producer, sequence, List.copyOf(records)));
    }

    /// Where the log begins.
    long start() {
        return start;
    }

    /// The log begins at `newStart`.
    void startAt(long newStart) {
        start = newStart;
        batches.headMap(newStart).clear();
    }

    /// One past the last offset.
    long end() {
        return batches.isEmpty()
                ? start
                : batches.lastEntry().getValue().offsets().end();
    }

    /// The log ends at `foundEnd`: what is missing was cut off, or lost, and its offsets are given again.
    void cut(long foundEnd) {
        while (end() > foundEnd && !batches.isEmpty()) batches.pollLastEntry();
        if (end() != foundEnd) throw new Violation("R3", "the log ends at %d, and no batch does".formatted(foundEnd));
    }

    /// The last batch with data of each producer.
    Map<Long, Batch> latest() {
        var latest = new TreeMap<Long, Batch>();
        for (var batch : batches.values()) {
            if (batch.producer() >= 0 && !batch.kind().isMarker()) latest.put(batch.producer(), batch);
        }
        return latest;
    }

    /// The sequence that comes next from a producer.
    int nextSequence(long producer) {
        var latest = latest().get(producer);
        return latest == null ? 0 : latest.sequence() + latest.records().size();
    }

    /// Where the transactions begin that are open at `end`, by producer.
    Map<Long, Long> open(long end) {
        var open = new TreeMap<Long, Long>();
        for (var batch : batches.headMap(end).values()) {
            if (batch.kind() == Kind.TRANSACTIONAL) {
                open.putIfAbsent(batch.producer(), batch.offsets().first());
            } else if (batch.kind().isMarker()) {
                open.remove(batch.producer());
            }
        }
        return open;
    }

    /// What lies before is committed, and belongs to no transaction that is open there.
    ///
    /// @param committedEnd what lies before is committed
    long stableOffset(long committedEnd) {
        return open(committedEnd).values().stream()
                .mapToLong(first -> first)
                .min()
                .orElse(committedEnd);
    }

    /// Where the first batch ends that ends at `offset` or behind it; the end when there is none.
    long batchEnd(long offset) {
        for (var batch : batches.values()) {
            if (batch.offsets().end() >= offset) return batch.offsets().end();
        }
        return end();
    }

    /// What was appended at `offset`, with this producer; null when that was nothing, or somebody else's.
    @Nullable
    Keyed at(long offset, long producer) {
        var entry = batches.floorEntry(offset);
        if (entry == null) return null;
        var batch = entry.getValue();
        int place = (int) (offset - entry.getKey());
        return batch.producer() == producer && place < batch.records().size()
                ? batch.records().get(place)
                : null;
    }

    /// The last record before `end` of each key that counts: outside of transactions, or committed.
    Map<String, Long> lastOfEveryKey(long end) {
        var committed = committed();
        var last = new LinkedHashMap<String, Long>();
        for (var batch : batches.values()) {
            boolean counts = batch.kind() == Kind.PLAIN
                    || committed.contains(batch.offsets().first());
            for (int i = 0; counts && i < batch.records().size(); i++) {
                var key = batch.records().get(i).key();
                long offset = batch.offsets().first() + i;
                if (key != null && offset < end) last.put(key, offset);
            }
        }
        return last;
    }

    /// Where the batches of committed transactions begin.
    private Set<Long> committed() {
        var committed = new HashSet<Long>();
        var open = new HashMap<Long, List<Long>>();
        for (var batch : batches.values()) {
            if (batch.kind() == Kind.TRANSACTIONAL) {
                open.computeIfAbsent(batch.producer(), _ -> new ArrayList<>())
                        .add(batch.offsets().first());
            } else if (batch.kind().isMarker()) {
                var ended = open.remove(batch.producer());
                if (ended != null && batch.kind() == Kind.COMMIT) committed.addAll(ended);
            }
        }
        return committed;
    }
}
