package io.millrace.model.config;

import java.time.Duration;
import java.util.List;

/// The settings of a topic that mean something here, under Kafka's names. Each may be changed while the
/// topic is
/// in
/// use, and each has a server-wide default (its [ServerSettings] twin).
public final class TopicSettings {

    private static final long GIB = 1L << 30;

    public static final ConfigKey<List<String>> CLEANUP_POLICY = ConfigKey.someOf(
                    "cleanup.policy", "delete", "delete", "compact")
            .doc("What happens to old records: delete them by age and size, keep the last of every key, or both.");

    public static final ConfigKey<String> COMPRESSION_TYPE = ConfigKey.oneOf(
                    "compression.type", "producer", "producer", "uncompressed", "gzip", "snappy", "lz4", "zstd")
            .doc("How batches are kept; 'producer' keeps them as they were sent.");

    public static final ConfigKey<Duration> FILE_DELETE_DELAY = ConfigKey.millis(
                    "file.delete.delay.ms", Duration.ofMinutes(1))
            .allow(v -> !v.isNegative(), "0 or more")
            .doc("How long a deleted file is kept under another name before it goes.");

    public static final ConfigKey<Long> FLUSH_MESSAGES = ConfigKey.bigNumber("flush.messages", Long.MAX_VALUE)
            .allow(v -> v >= 1, "1 or more")
            .doc("Write to disk after this many records, whatever the durability says.");

    public static final ConfigKey<Duration> FLUSH_TIME = ConfigKey.millis("flush.ms", Duration.ofMillis(Long.MAX_VALUE))
            .allow(v -> !v.isNegative(), "0 or more")
            .doc("Write to disk after this time, whatever the durability says.");

    public static final ConfigKey<Long> INDEX_INTERVAL_BYTES = ConfigKey.bytes("index.interval.bytes", 4096)
            .allow(v -> v >= 0 && v <= Integer.MAX_VALUE, "between 0 and 2 GiB")
            .asInt()
            .doc("About how many bytes of log lie between two entries of the offset index.");

    public static final ConfigKey<Long> MAX_MESSAGE_BYTES = ConfigKey.bytes("max.message.bytes", 8L << 20)
            .allow(v -> v >= 0 && v <= Integer.MAX_VALUE, "between 0 and 2 GiB")
            .asInt()
            .doc("The largest batch that is taken, after compression.");

    public static final ConfigKey<Long> TIMESTAMP_AFTER_MAX_MS = ConfigKey.bigNumber(
                    "message.timestamp.after.max.ms", 3_600_000)
            .allow(v -> v >= 0, "0 or more")
            .doc("How far a producer's timestamp may lie after the broker's clock.");

    public static final ConfigKey<Long> TIMESTAMP_BEFORE_MAX_MS = ConfigKey.bigNumber(
                    "message.timestamp.before.max.ms", Long.MAX_VALUE)
            .allow(v -> v >= 0, "0 or more")
            .doc("How far a producer's timestamp may lie before the broker's clock.");

    public static final ConfigKey<String> TIMESTAMP_TYPE = ConfigKey.oneOf(
                    "message.timestamp.type", "CreateTime", "CreateTime", "LogAppendTime")
            .doc("Whose clock a record's timestamp shows: the producer's, or the broker's at the append.");

    public static final ConfigKey<Integer> MIN_INSYNC_REPLICAS = ConfigKey.number("min.insync.replicas", 1)
            .allow(v -> v >= 1, "1 or more")
            .doc("How many replicas must have a record before acks=all is answered.");

    public static final ConfigKey<Boolean> PREALLOCATE =
            ConfigKey.flag("preallocate", false).doc("Reserve a segment's space on the disk when it is begun.");

    public static final ConfigKey<Long> RETENTION_BYTES = ConfigKey.bigNumber("retention.bytes", -1)
            .allow(v -> v >= -1, "-1 (no limit) or more")
            .doc("The oldest segments of a partition go when it is larger than this without them.");

    public static final ConfigKey<Duration> RETENTION = ConfigKey.millis("retention.ms", Duration.ofDays(7))
            .allow(v -> v.toMillis() >= -1, "-1 (no limit) or more")
            .doc("A closed segment is deleted when its newest record is older than this.");

    public static final ConfigKey<Long> SEGMENT_BYTES = ConfigKey.bytes("segment.bytes", GIB / 8)
            .allow(v -> v >= 14 && v <= Integer.MAX_VALUE, "between 14 bytes and 2 GiB")
            .asInt()
            .doc("A segment file is closed, and a new one begun, when it would grow past this size.");

    public static final ConfigKey<Long> SEGMENT_INDEX_BYTES = ConfigKey.bytes("segment.index.bytes", 10L << 20)
            .allow(v -> v >= 4 && v <= Integer.MAX_VALUE, "between 4 bytes and 2 GiB")
            .asInt()
            .doc("A segment is closed when an index of it would grow past this size.");

    public static final ConfigKey<Long> SEGMENT_JITTER_MS = ConfigKey.bigNumber("segment.jitter.ms", 0)
            .allow(v -> v >= 0, "0 or more")
            .doc("At most this much is taken off segment.ms at random, so that segments do not close all at once.");

    public static final ConfigKey<Duration> SEGMENT_MS = ConfigKey.millis("segment.ms", Duration.ofHours(24))
            .allow(v -> v.toMillis() >= 1, "1 or more")
            .doc("A segment is closed when its first record is older than this.");

    private TopicSettings() {}
}
