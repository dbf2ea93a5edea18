package io.millrace.log;

import java.util.List;
import java.util.concurrent.TimeUnit;

/// How much of a log waits for compaction.
///
/// Only closed segments count that lie wholly before what is stable and known to be on the disk. Ages are what the
/// broker saw pass since it wrote to a segment; what records say about their time does not matter.
///
/// @param firstDirty where compaction got to
/// @param end        up to where it could get now
/// @param cleanBytes size of the segments before `firstDirty`
/// @param dirtyBytes size of the segments from there to `end`
/// @param isDue      whether that is enough to begin, or too old to wait
public record Dirtiness(long firstDirty, long end, long cleanBytes, long dirtyBytes, boolean isDue) {

    /// Of a log that is not compacted.
    public static final Dirtiness NONE = new Dirtiness(0, 0, 0, 0, false);

    /// The share that waits, between 0 and 1.
    public double ratio() {
        return dirtyBytes == 0 ? 0 : (double) dirtyBytes / (double) (cleanBytes + dirtyBytes);
    }

    /// @param segments   of the log, oldest first; the last is the active one
    /// @param firstDirty where compaction got to
    /// @param safeEnd    what lies before is stable, and on the disk
    /// @param nowNs      on the monotonic clock
    static Dirtiness of(List<Segment> segments, CompactionConfig config, long firstDirty, long safeEnd, long nowNs) {
        long cleanBytes = 0;
        long dirtyBytes = 0;
        long end = segments.getFirst().baseOffset();
        boolean isOverdue = false;
        for (var segment : segments.subList(0, segments.size() - 1)) {
            if (segment.endOffset() > safeEnd) break;
            if (segment.endOffset() <= firstDirty) {
                cleanBytes += segment.sizeBytes();
            } else {
                if (ageMs(segment.lastAppendNs(), nowNs) < config.minLagMs()) break;
                dirtyBytes += segment.sizeBytes();
                isOverdue |= ageMs(segment.firstAppendNs(), nowNs) > config.maxLagMs();
            }
            end = segment.endOffset();
        }
        var looked = new Dirtiness(firstDirty, end, cleanBytes, dirtyBytes, false);
        boolean isDue = dirtyBytes > 0 && (isOverdue || looked.ratio() > config.minDirtyRatio());
        return new Dirtiness(firstDirty, end, cleanBytes, dirtyBytes, isDue);
    }

    private static long ageMs(long thenNs, long nowNs) {
        return TimeUnit.NANOSECONDS.toMillis(nowNs - thenNs);
    }
}
