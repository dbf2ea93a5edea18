package io.millrace.log;

import io.millrace.folder.PartitionName;
import io.millrace.model.record.RecordBatch;
import java.util.concurrent.TimeUnit;

/// Whether the active segment is to be closed before the next batch.
final class Rolling {

    /// Spreads neighbouring base offsets over all numbers.
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private Rolling() {}

    /// @param next       the batch that is to be appended
    /// @param baseOffset the offset it will get
    /// @param nowNs      on the monotonic clock
    static boolean isDue(
            Segment active, LogConfig config, PartitionName name, RecordBatch next, long baseOffset, long nowNs) {
        if (active.sizeBytes() == 0) return false;
        if ((long) active.sizeBytes() + next.sizeBytes() > config.segmentBytes()) return true;
        if (baseOffset + next.lastOffsetDelta() - active.baseOffset() > Integer.MAX_VALUE) return true;
        if (active.offsetIndexBytes() + OffsetIndex.ENTRY_BYTES > config.segmentIndexBytes()) return true;
        long ageMs = TimeUnit.NANOSECONDS.toMillis(nowNs - active.firstAppendNs());
        return ageMs >= config.segmentMs() - jitterMs(active, config, name);
    }

    /// The same for a segment every time, different from segment to segment, so that they are not all
    /// rolled at once.
    private static long jitterMs(Segment active, LogConfig config, PartitionName name) {
        if (config.segmentJitterMs() == 0) return 0;
        long most = Math.min(config.segmentJitterMs(), config.segmentMs() - 1);
        return Math.floorMod(31L * name.hashCode() + active.baseOffset() * GOLDEN_RATIO, most + 1);
    }
}
