package io.millrace.log;

import java.util.List;
import java.util.concurrent.TimeUnit;

/// Whether the oldest segment of a log may go. Time is what the broker saw pass since it last wrote to the
/// segment; what records say about their time does not matter.
final class Retention {

    enum Verdict {
        KEEP,
        BEFORE_START,
        TOO_OLD,
        TOO_MUCH;

        /// Why a segment goes, with the setting that says so.
        String reason(LogConfig config) {
            return switch (this) {
                case KEEP -> "it stays";
                case BEFORE_START -> "it lies before the start of the log";
                case TOO_OLD -> "nothing was written to it for longer than retention.ms=" + config.retentionMs();
                case TOO_MUCH -> "the others alone are as large as retention.bytes=" + config.retentionBytes();
            };
        }
    }

    private Retention() {}

    /// @param segments   oldest first; the last is the active one, which may go only when it has records
    /// @param safeOffset only what lies before may go by size or time
    static Verdict look(List<Segment> segments, LogConfig config, long startOffset, long safeOffset, long nowNs) {
        var oldest = segments.getFirst();
        if (oldest.sizeBytes() == 0 && segments.size() == 1) return Verdict.KEEP;
        if (oldest.endOffset() <= startOffset) return Verdict.BEFORE_START;
        if (!config.deletes() || oldest.endOffset() > safeOffset) return Verdict.KEEP;

        long ageMs = TimeUnit.NANOSECONDS.toMillis(nowNs - oldest.lastAppendNs());
        if (config.retentionMs() >= 0 && ageMs > config.retentionMs()) return Verdict.TOO_OLD;
        if (config.retentionBytes() >= 0) {
            long others = 0;
            for (var segment : segments.subList(1, segments.size())) others += segment.sizeBytes();
            if (others >= config.retentionBytes()) return Verdict.TOO_MUCH;
        }
        return Verdict.KEEP;
    }
}
