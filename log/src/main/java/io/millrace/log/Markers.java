package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How transactions end: looks for their markers ahead of whoever goes through a log. It looks no
/// farther than it must, a bounded step at a time; in a log without transactions not at all.
final class Markers {

    /// How a transaction ended.
    enum Outcome {
        COMMITTED,
        ABORTED,

        /// Its marker is not among what is closed and stable yet.
        UNKNOWN
    }

    /// What a control batch says.
    enum Kind {
        COMMIT,
        ABORT,

        /// Nothing about a transaction.
        OTHER
    }

    private record Marker(long offset, Outcome outcome) {}

    private static final int STEP_BATCHES = 4096;

    /// More than this is not remembered; what comes later counts as not known yet.
    private static final int MOST_MARKERS = 1_000_000;

    private static final short ABORT = 0;
    private static final short COMMIT = 1;
    private static final int TYPE_AT = 2;

    private final Disk disk;
    private final List<OldSegment> segments;
    private final RecordReader reader;
    private final Map<Long, ArrayDeque<Marker>> ahead = new HashMap<>();
    private int count;
    private int at;
    private long positionBytes;
    private long lookedUpTo;

    /// @param segments closed and stable, in order; whoever asks goes through the first of them
    Markers(Disk disk, List<OldSegment> segments, RecordReader reader) {
        this.disk = disk;
        this.segments = segments;
        this.reader = reader;
    }

    /// What the one record of a control batch says; nothing when compaction has emptied the batch.
    static @Nullable Kind kind(RecordBatch control, RecordReader reader) throws MalformedRecords {
        @Nullable Kind[] kind = new Kind[1];
        reader.read(control, record -> {
            var key = record.key();
            short type = key == null || key.remaining() < TYPE_AT + Short.BYTES
                    ? -1
                    : key.getShort(key.position() + TYPE_AT);
            kind[0] = switch (type) {
                case ABORT -> Kind.ABORT;
                case COMMIT -> Kind.COMMIT;
                default -> Kind.OTHER;
            };
        });
        return kind[0];
    }

    /// How the transaction ended that `batch` belongs to; null when [#lookAhead] must be called first.
    ///
    /// @param walk stands on the batch
    @Nullable
    Outcome of(RecordBatch batch, OldBatches walk) {
        if (lookedUpTo < batch.endOffset()) {
            at = walk.segmentIndex();
            positionBytes = walk.endPositionBytes();
            lookedUpTo = batch.endOffset();
            ahead.clear();
            count = 0;
        }
        forget(batch.producerId(), batch.lastOffset());
        var known = ahead.get(batch.producerId());
        if (known != null) return known.getFirst().outcome();
        return at >= segments.size() || count >= MOST_MARKERS ? Outcome.UNKNOWN : null;
    }

    /// Whoever goes through the log has passed this control batch.
    void passed(RecordBatch control) {
        forget(control.producerId(), control.lastOffset());
    }

    private void forget(long producerId, long upTo) {
        var known = ahead.get(producerId);
        while (known != null && !known.isEmpty() && known.getFirst().offset() <= upTo) {
            known.removeFirst();
            count--;
        }
        if (known != null && known.isEmpty()) ahead.remove(producerId);
    }

    /// Looks at some more headers.
    void lookAhead() throws IOException, MalformedRecords {
        var segment = segments.get(at);
        try (var file = disk.openToRead(segment.path())) {
            long leastOffset = Math.max(segment.baseOffset(), lookedUpTo);
            var walk = BatchWalk.headers(file, positionBytes, segment.sizeBytes(), leastOffset);
            int left = STEP_BATCHES;
            while (left-- > 0 && walk.next()) {
                lookedUpTo = walk.nextOffset();
                if (walk.header().isControl()) note(SegmentView.whole(file, walk));
            }
            if (!walk.problem().isEmpty()) {
                throw new OldBatches.Damaged(
                        "%s at position %d: %s".formatted(segment.path(), walk.positionBytes(), walk.problem()));
            }
            positionBytes = walk.endPositionBytes();
        }
        if (positionBytes < segment.sizeBytes()) return;
        at++;
        positionBytes = 0;
    }

    private void note(RecordBatch control) throws MalformedRecords {
        if (count >= MOST_MARKERS) return;
        var kind = kind(control, reader);
        if (kind == null || kind == Kind.OTHER) return;
        var outcome = kind == Kind.COMMIT ? Outcome.COMMITTED : Outcome.ABORTED;
        ahead.computeIfAbsent(control.producerId(), _ -> new ArrayDeque<>())
                .add(new Marker(control.lastOffset(), outcome));
        count++;
    }
}
