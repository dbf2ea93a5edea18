package io.millrace.replica;

import io.millrace.log.LogConfig;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.config.TopicSettings;
import java.util.List;

/// The settings of a topic as its partitions need them: how the log is kept, and what may enter it.
///
/// @param codec             how batches are kept, as [RecordBatch#codec] numbers it; -1 as they were sent
/// @param codecLevel        how hard that codec tries, in its own numbers
/// @param maxMessageBytes   the largest batch
/// @param isLogAppendTime   records carry the broker's time of the append, not the producer's
/// @param timestampAfterMs  how far a timestamp may lie ahead of the broker's clock
/// @param timestampBeforeMs how far it may lie behind
/// @param isCompacted       the last record of every key is kept, so every record needs one
/// @param minInsyncReplicas how many replicas must have a record before acks=all is answered
record TopicConfig(
        LogConfig log,
        int codec,
        int codecLevel,
        int maxMessageBytes,
        boolean isLogAppendTime,
        long timestampAfterMs,
        long timestampBeforeMs,
        boolean isCompacted,
        int minInsyncReplicas) {

    static final int AS_SENT = -1;

    private static final List<String> CODECS = List.of("uncompressed", "gzip", "snappy", "lz4", "zstd");

    static TopicConfig from(ConfigValues values) {
        var codec = values.get(TopicSettings.COMPRESSION_TYPE);
        return new TopicConfig(
                LogConfig.from(values),
                CODECS.indexOf(codec),
                level(codec, values),
                Math.toIntExact(values.get(TopicSettings.MAX_MESSAGE_BYTES)),
                values.get(TopicSettings.TIMESTAMP_TYPE).equals("LogAppendTime"),
                values.get(TopicSettings.TIMESTAMP_AFTER_MAX_MS),
                values.get(TopicSettings.TIMESTAMP_BEFORE_MAX_MS),
                values.get(TopicSettings.CLEANUP_POLICY).contains("compact"),
                values.get(TopicSettings.MIN_INSYNC_REPLICAS));
    }

    private static int level(String codec, ConfigValues values) {
        return switch (codec) {
            case "gzip" -> values.get(TopicSettings.GZIP_LEVEL);
            case "lz4" -> values.get(TopicSettings.LZ4_LEVEL);
            case "zstd" -> values.get(TopicSettings.ZSTD_LEVEL);
            default -> 0; // nothing to choose
        };
    }
}
