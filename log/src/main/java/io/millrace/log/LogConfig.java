package io.millrace.log;

import io.millrace.folder.Durability;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.config.ServerSettings;
import io.millrace.model.config.TopicSettings;

/// How a log is kept. Read once when a log opens; a change of settings makes a new
/// `LogConfig` ([Log#configure]).
///
/// @param durability         when a record counts as kept
/// @param segmentBytes       a segment is closed when it would grow past this; a single larger batch
///                           gets its own
/// @param segmentMs          a segment is closed when its first append is older than this
/// @param segmentJitterMs    at most this is taken off `segmentMs`, differently for every segment
/// @param indexIntervalBytes about how much log lies between two entries of an index
/// @param segmentIndexBytes  a segment is closed when its offset index would grow past this
/// @param retentionBytes     size that a log keeps at least, -1 for no limit
/// @param retentionMs        time for which an append is kept at least, -1 for no limit
/// @param deletes            whether old segments go by size and time at all
/// @param fileDeleteDelayMs  how long a dropped file stays under another name
/// @param flushMessages      write to disk after this many records
/// @param flushMs            write to disk after this time
/// @param producerExpiryMs   a producer that was silent for longer is forgotten
/// @param compaction         whether and when only the last record of every key is kept
public record LogConfig(
        Durability durability,
        int segmentBytes,
        long segmentMs,
        long segmentJitterMs,
        int indexIntervalBytes,
        int segmentIndexBytes,
        long retentionBytes,
        long retentionMs,
        boolean deletes,
        long fileDeleteDelayMs,
        long flushMessages,
        long flushMs,
        long producerExpiryMs,
        CompactionConfig compaction) {

    /// @param values the topic's values over the server's: the expiry of producers is the server's alone
    /// @throws IllegalArgumentException when a value is none; the message names the setting
    public static LogConfig from(ConfigValues values) {
        var compaction = CompactionConfig.from(values);
        long segmentMs = values.get(TopicSettings.SEGMENT_MS).toMillis();
        return new LogConfig(
                Durability.of(values.get(TopicSettings.DURABILITY)),
                Math.toIntExact(values.get(TopicSettings.SEGMENT_BYTES)),
                compaction.isOn() ? Math.min(segmentMs, compaction.maxLagMs()) : segmentMs,
                values.get(TopicSettings.SEGMENT_JITTER_MS),
                Math.toIntExact(values.get(TopicSettings.INDEX_INTERVAL_BYTES)),
                Math.toIntExact(values.get(TopicSettings.SEGMENT_INDEX_BYTES)),
                values.get(TopicSettings.RETENTION_BYTES),
                values.get(TopicSettings.RETENTION).toMillis(),
                values.get(TopicSettings.CLEANUP_POLICY).contains("delete"),
                values.get(TopicSettings.FILE_DELETE_DELAY).toMillis(),
                values.get(TopicSettings.FLUSH_MESSAGES),
                values.get(TopicSettings.FLUSH_TIME).toMillis(),
                values.get(ServerSettings.PRODUCER_EXPIRATION_MS),
                compaction);
    }
}
