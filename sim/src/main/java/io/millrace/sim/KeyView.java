package io.millrace.sim;

import io.millrace.log.Log;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import io.millrace.sim.KeyHistory.Keyed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a compacted log has, as somebody sees it who reads all of it and goes by what it says itself: markers tell
/// what was committed.
final class KeyView {

    private static final int READ_BYTES = 8 << 10;

    /// A record.
    ///
    /// @param producer of its batch
    record Seen(long offset, long producer, Keyed record) {}

    private final List<Seen> records = new ArrayList<>();

    /// What counts: committed, or outside of transactions.
    private final TreeMap<Long, Keyed> decided = new TreeMap<>();

    private final Map<Long, List<Seen>> open = new HashMap<>();

    private KeyView() {}

    /// Reads the whole log.
    static KeyView of(Log log, RecordReader reader) throws IOException {
        var view = new KeyView();
        long at = log.startOffset();
        while (at < log.writtenEnd()) at = view.take(at, read(log, at), reader);
        return view;
    }

    private static ByteBuffer read(Log log, long at) throws IOException {
        var slice = log.reader().readBlocking(at, log.writtenEnd(), READ_BYTES, true);
        if (slice.isEmpty()) throw new Violation("R1", "there is nothing at offset %d of %s".formatted(at, log));
        try {
            return slice.get().place().readFully();
        } finally {
            slice.get().place().release();
        }
    }

    /// @return one past the last offset in `bytes`
    private long take(long from, ByteBuffer bytes, RecordReader reader) {
        long at = from;
        int position = 0;
        while (bytes.limit() - position >= RecordBatch.HEADER_BYTES) {
            var batch = new RecordBatch(bytes, position);
            if (batch.sizeBytes() > bytes.limit() - position) break;
            if (batch.computeCrc() != batch.crc()) throw new Violation("R14", "wrong checksum: " + batch);
            boolean isFirst = position == 0;
            if (batch.endOffset() <= at || (!isFirst && batch.baseOffset() < at)) {
                throw new Violation("R18", "%s comes after offset %d".formatted(batch, at));
            }
            take(batch, reader);
            at = batch.endOffset();
            position += batch.sizeBytes();
        }
        if (position == 0) throw new Violation("R1", "no whole batch at offset " + from);
        return at;
    }

    private void take(RecordBatch batch, RecordReader reader) {
        try {
            if (batch.isControl()) {
                reader.read(batch, marker -> end(batch.producerId(), KeyedBatches.isCommit(marker)));
                return;
            }
            reader.read(batch, record -> {
                var keyed = new Keyed(KeyedBatches.text(record.key()), KeyedBatches.text(record.value()));
                var seen = new Seen(record.offset(), batch.producerId(), keyed);
                records.add(seen);
                if (batch.isTransactional()) {
                    open.computeIfAbsent(batch.producerId(), _ -> new ArrayList<>())
                            .add(seen);
                } else {
                    decided.put(seen.offset(), keyed);
                }
            });
        } catch (MalformedRecords e) {
            throw new Violation("R18", "malformed: " + batch, e);
        }
    }

    private void end(long producer, boolean isCommit) {
        var ended = open.remove(producer);
        if (ended == null || !isCommit) return;
        for (var seen : ended) decided.put(seen.offset(), seen.record());
    }

    /// Everything that is there, in order.
    List<Seen> records() {
        return records;
    }

    /// The record at `offset`; null when it is gone, or does not count.
    @Nullable
    Keyed decidedAt(long offset) {
        return decided.get(offset);
    }

    /// Where the last record of each key is that counts.
    Map<String, Long> lastOfEveryKey() {
        var last = new HashMap<String, Long>();
        for (var entry : decided.entrySet()) {
            var key = entry.getValue().key();
            if (key != null) last.put(key, entry.getKey());
        }
        return last;
    }
}
