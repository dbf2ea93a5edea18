package io.millrace.log;

import io.millrace.model.config.ConfigValues;
import io.millrace.model.config.TopicSettings;

/// When a log is compacted: freed of every record whose key has a later one.
///
/// @param isOn              whether it is at all
/// @param minDirtyRatio     it is due when more than this share of the log is not compacted
/// @param minLagMs          a segment stays as it is until its last append is this old
/// @param maxLagMs          it is due when the first append of a segment that is not compacted is
///                          this old
/// @param deleteRetentionMs how long the mark of a deleted key stays once it was compacted
public record CompactionConfig(
        boolean isOn, double minDirtyRatio, long minLagMs, long maxLagMs, long deleteRetentionMs) {

    /// Not at all.
    public static final CompactionConfig OFF = new CompactionConfig(false, 0.5, 0, Long.MAX_VALUE, 0);

    /// @param values the topic's
    static CompactionConfig from(ConfigValues values) {
        return new CompactionConfig(
                values.get(TopicSettings.CLEANUP_POLICY).contains("compact"),
                values.get(TopicSettings.MIN_CLEANABLE_RATIO),
                values.get(TopicSettings.MIN_COMPACTION_LAG).toMillis(),
                values.get(TopicSettings.MAX_COMPACTION_LAG).toMillis(),
                values.get(TopicSettings.DELETE_RETENTION).toMillis());
    }
}
