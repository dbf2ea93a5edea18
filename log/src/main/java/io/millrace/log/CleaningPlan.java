package io.millrace.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What one compaction of a log works on, as the log's loop saw it when it began; for another thread.
///
/// @param segments   closed, oldest first, from the start of the log to where this compaction may get to
/// @param ahead      the closed segments that follow: they may hold markers of transactions that began before
/// @param firstDirty the first offset that was not compacted before
/// @param producers  the last batch of each idempotent producer that is still known
record CleaningPlan(
        List<OldSegment> segments,
        List<OldSegment> ahead,
        long firstDirty,
        LogConfig config,
        Map<Long, LastBatch> producers) {

    /// The last batch of a producer.
    ///
    /// @param lastOffset its last offset; -1 when there is none of the producer's epoch
    record LastBatch(long lastOffset, short epoch) {}

    /// Up to where this compaction may get.
    long end() {
        return segments.getLast().endOffset();
    }

    long sizeBytes() {
        return segments.stream().mapToLong(OldSegment::sizeBytes).sum();
    }

    /// Everything that is closed and stable.
    List<OldSegment> everything() {
        var all = new ArrayList<>(segments);
        all.addAll(ahead);
        return all;
    }

    /// The segments that begin before `reach`, in runs of which each becomes one segment: not larger than a segment
    /// may be, and with offsets that its indexes can tell apart.
    List<List<OldSegment>> groups(long reach) {
        var groups = new ArrayList<List<OldSegment>>();
        var group = new ArrayList<OldSegment>();
        long sizeBytes = 0;
        for (var segment : segments) {
            if (segment.baseOffset() >= reach) break;
            boolean fits = sizeBytes + segment.sizeBytes() <= config.segmentBytes()
                    && (group.isEmpty()
                            || segment.endOffset() - group.getFirst().baseOffset() <= Integer.MAX_VALUE);
            if (!group.isEmpty() && !fits) {
                groups.add(List.copyOf(group));
                group.clear();
                sizeBytes = 0;
            }
            group.add(segment);
            sizeBytes += segment.sizeBytes();
        }
        if (!group.isEmpty()) groups.add(List.copyOf(group));
        return groups;
    }
}
