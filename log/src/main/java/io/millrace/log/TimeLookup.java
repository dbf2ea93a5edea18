package io.millrace.log;

import io.millrace.disk.DiskFile;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A search for a record by its timestamp, in a log as it was when the search was made.
///
/// Reads index files and headers, and opens one batch, or a few. Blocks, so it runs on a file thread
/// ([LogFolder#offFile]); by one thread, once.
public final class TimeLookup {

    /// A record that was found.
    ///
    /// @param offset      its offset
    /// @param timestampMs its timestamp
    /// @param leaderEpoch the epoch it was appended under
    public record Result(long offset, long timestampMs, int leaderEpoch) {}

    private static final Logger LOG = LoggerFactory.getLogger(TimeLookup.class);

    private interface Search {
        Optional<Result> find() throws IOException, MalformedRecords;
    }

    /// A batch that has the largest timestamp so far.
    ///
    /// @param record the record itself, where the batch had to be opened to know
    private record Newest(
            SegmentView segment,
            long lastOffset,
            long timestampMs,
            @Nullable Result record) {}

    private final List<SegmentView> segments;
    private final long startOffset;
    private final long endOffset;
    private final RecordReader reader;
    private final Search search;

    private TimeLookup(
            List<SegmentView> segments, long startOffset, long endOffset, RecordReader reader, long timestampMs) {
        this.segments = segments;
        this.startOffset = startOffset;
        this.endOffset = endOffset;
        this.reader = reader;
        this.search = timestampMs == Long.MAX_VALUE ? this::newest : () -> firstAtOrAfter(timestampMs);
    }

    static TimeLookup firstAtOrAfter(
            long timestampMs, List<SegmentView> segments, long startOffset, long endOffset, RecordReader reader) {
        return new TimeLookup(segments, startOffset, endOffset, reader, Math.min(timestampMs, Long.MAX_VALUE - 1));
    }

    static TimeLookup newest(List<SegmentView> segments, long startOffset, long endOffset, RecordReader reader) {
        return new TimeLookup(segments, startOffset, endOffset, reader, Long.MAX_VALUE);
    }

    /// Runs the search. Empty when there is no such record.
    ///
    /// @throws MalformedRecords when a batch that had to be opened is broken inside
    public Optional<Result> find() throws IOException, MalformedRecords {
        return search.find();
    }

    private Optional<Result> firstAtOrAfter(long timestampMs) throws IOException, MalformedRecords {
        for (var segment : segments) {
            if (segment.baseOffset() >= endOffset) break;
            try (var file = segment.open()) {
                var found = firstIn(segment, file, timestampMs);
                if (found.isPresent()) return found;
            } catch (NoSuchFileException e) {
                LOG.debug("{} was dropped meanwhile: the log begins after it now", segment.path(), e);
            }
        }
        return Optional.empty();
    }

    private Optional<Result> firstIn(SegmentView segment, DiskFile file, long timestampMs)
            throws IOException, MalformedRecords {
        long from = Math.max(startOffset, segment.baseOffset());
        if (segment.disk().exists(segment.times().path())) {
            var times = segment.times();
            if (segment.knowsNewest() && times.lastTimestampMs() < timestampMs) return Optional.empty();
            int entry = times.floor(timestampMs);
            if (entry >= 0) from = Math.max(from, times.offset(entry));
        }
        var walk = segment.walkTowards(file, from);
        while (walk.next()) {
            var batch = walk.header();
            if (batch.baseOffset() >= endOffset) return Optional.empty();
            if (batch.maxTimestampMs() < timestampMs || batch.endOffset() <= startOffset) continue;
            var whole = SegmentView.whole(file, walk);
            var found = firstIn(whole, time -> time >= timestampMs);
            if (found.isPresent()) return found;
        }
        ensureWhole(segment, walk);
        return Optional.empty();
    }

    private Optional<Result> newest() throws IOException, MalformedRecords {
        Newest best = null;
        for (var segment : segments) {
            if (segment.baseOffset() >= endOffset) break;
            try (var file = segment.open()) {
                var here = newestIn(segment, file);
                if (here != null && (best == null || here.timestampMs() > best.timestampMs())) best = here;
            } catch (NoSuchFileException e) {
                LOG.debug("{} was dropped meanwhile: the log begins after it now", segment.path(), e);
            }
        }
        return best == null ? Optional.empty() : open(best);
    }

    private @Nullable Newest newestIn(SegmentView segment, DiskFile file) throws IOException, MalformedRecords {
        Newest best = null;
        long from = Math.max(startOffset, segment.baseOffset());
        var times = segment.times();
        if (segment.baseOffset() >= startOffset && segment.disk().exists(times.path())) {
            int last = times.count() - 1;
            while (last >= 0 && times.offset(last) >= endOffset) last--;
            if (last >= 0) best = new Newest(segment, times.offset(last), times.timestampMs(last), null);
            if (segment.endOffset() <= endOffset && segment.knowsNewest()) return best;
            if (best != null) from = best.lastOffset();
        }
        var walk = segment.walkTowards(file, from);
        while (walk.next()) {
            var batch = walk.header();
            if (batch.endOffset() > endOffset) return best;
            if (batch.endOffset() <= startOffset) continue;
            if (best != null && batch.maxTimestampMs() <= best.timestampMs()) continue;
            if (batch.baseOffset() >= startOffset) {
                best = new Newest(segment, batch.lastOffset(), batch.maxTimestampMs(), null);
            } else {
                best = newestOf(segment, SegmentView.whole(file, walk));
            }
        }
        ensureWhole(segment, walk);
        return best;
    }

    /// Of a batch that begins before the start of the log, only some records count.
    private @Nullable Newest newestOf(SegmentView segment, RecordBatch batch) throws MalformedRecords {
        var newest = new Object() {
            @Nullable
            Result record;
        };
        reader.read(batch, record -> {
            var before = newest.record;
            if (record.offset() < startOffset) return;
            if (before != null && record.timestampMs() <= before.timestampMs()) return;
            newest.record = new Result(record.offset(), record.timestampMs(), batch.partitionLeaderEpoch());
        });
        var found = newest.record;
        return found == null ? null : new Newest(segment, batch.lastOffset(), found.timestampMs(), found);
    }

    private Optional<Result> open(Newest newest) throws IOException, MalformedRecords {
        if (newest.record() != null) return Optional.of(newest.record());
        var segment = newest.segment();
        try (var file = segment.open()) {
            var walk = segment.walkTowards(file, newest.lastOffset());
            while (walk.next()) {
                if (walk.header().endOffset() <= newest.lastOffset()) continue;
                return firstIn(SegmentView.whole(file, walk), time -> time >= newest.timestampMs());
            }
            ensureWhole(segment, walk);
        }
        return Optional.empty();
    }

    private Optional<Result> firstIn(RecordBatch batch, Predicate<Long> isWanted) throws MalformedRecords {
        var found = new Object() {
            @Nullable
            Result result;
        };
        reader.read(batch, record -> {
            boolean counts = record.offset() >= startOffset && record.offset() < endOffset;
            if (found.result == null && counts && isWanted.test(record.timestampMs())) {
                found.result = new Result(record.offset(), record.timestampMs(), batch.partitionLeaderEpoch());
            }
        });
        return Optional.ofNullable(found.result);
    }

    private static void ensureWhole(SegmentView segment, BatchWalk walk) throws IOException {
        if (walk.problem().isEmpty()) return;
        throw new IOException("damaged segment %s at position %d: %s"
                .formatted(segment.path(), walk.positionBytes(), walk.problem()));
    }
}
