package io.millrace.model.config;

import java.time.Duration;
import java.util.List;

/// The settings of a topic, under Kafka's names and one of our own. Each may be changed while the topic
/// is in use; the server-wide default of each is in [TopicDefaults]. Those at the end are checked and
/// kept, and have no effect in this release.
public final class TopicSettings {

    private static final long MIB = 1L << 20;

    public static final ConfigKey<List<String>> CLEANUP_POLICY = ConfigKey.someOf(
                    "cleanup.policy", "delete", "delete", "compact")
            .doc("What happens to old records: delete them by age and size, keep the last of every key, or both; "
                    + "an empty list keeps everything. With 'compact' every record needs a key.");

    public static final ConfigKey<String> COMPRESSION_TYPE = ConfigKey.oneOf(
                    "compression.type", "producer", "producer", "uncompressed", "gzip", "snappy", "lz4", "zstd")
            .doc("How batches are kept; 'producer' keeps them as they were sent.");

    /// Ours: when a record counts as kept.
    public static final ConfigKey<String> DURABILITY = ConfigKey.oneOf("durability", "fsync", "fsync", "page-cache")
            .doc("When a record counts as kept: once it is on the disk (fsync), or once the operating system has it and"
                    + " a power cut can still lose it (page-cache).");

    public static final ConfigKey<Duration> FILE_DELETE_DELAY = ConfigKey.millis(
                    "file.delete.delay.ms", Duration.ofMinutes(1))
            .allow(v -> !v.isNegative(), "0 or more milliseconds")
            .doc("How long a deleted file is kept under another name before it goes.");

    public static final ConfigKey<Long> FLUSH_MESSAGES = ConfigKey.bigNumber("flush.messages", Long.MAX_VALUE)
            .allow(v -> v >= 1, "1 or more")
            .doc("Write to disk after this many records, whatever the durability says.");

    public static final ConfigKey<Duration> FLUSH_TIME = ConfigKey.millis("flush.ms", Duration.ofMillis(Long.MAX_VALUE))
            .allow(v -> !v.isNegative(), "0 or more milliseconds")
            .doc("Write to disk after this time, whatever the durability says.");

    public static final ConfigKey<Long> INDEX_INTERVAL_BYTES = ConfigKey.bytes("index.interval.bytes", 4096)
            .allow(v -> v >= 0 && v <= Integer.MAX_VALUE, "between 0 and 2147483647 (2 GiB) bytes")
            .asInt()
            .doc("About how many bytes of log lie between two entries of the offset index.");

    public static final ConfigKey<Long> MAX_MESSAGE_BYTES = ConfigKey.bytes("max.message.bytes", 8 * MIB)
            .allow(v -> v >= 0 && v <= Integer.MAX_VALUE, "between 0 and 2147483647 (2 GiB) bytes")
            .asInt()
            .doc("The largest batch that is taken, after compression.")
            .unlikeKafka("the first larger message should not fail");

    public static final ConfigKey<Integer> MAX_DECOMPRESSED_BYTES = ConfigKey.number(
                    "max.decompressed.message.bytes", (int) (64 * MIB))
            .allow(v -> v >= 1 && v <= Integer.MAX_VALUE - 8, "between 1 and 2147483639 (2 GiB) bytes")
            .doc("The most that a batch may unpack to, wherever the server has to open it.")
            .unlikeKafka("a small batch must not unpack to 2 GiB");

    public static final ConfigKey<Long> TIMESTAMP_AFTER_MAX_MS = ConfigKey.bigNumber(
                    "message.timestamp.after.max.ms", 3_600_000)
            .allow(v -> v >= 0, "0 or more milliseconds")
            .doc("How far a producer's timestamp may lie after the broker's clock.");

    public static final ConfigKey<Long> TIMESTAMP_BEFORE_MAX_MS = ConfigKey.bigNumber(
                    "message.timestamp.before.max.ms", Long.MAX_VALUE)
            .allow(v -> v >= 0, "0 or more milliseconds")
            .doc("How far a producer's timestamp may lie before the broker's clock.");

    public static final ConfigKey<String> TIMESTAMP_TYPE = ConfigKey.oneOf(
                    "message.timestamp.type", "CreateTime", "CreateTime", "LogAppendTime")
            .doc("Whose clock a record's timestamp shows: the producer's, or the broker's at the append.");

    public static final ConfigKey<Integer> MIN_INSYNC_REPLICAS = ConfigKey.number("min.insync.replicas", 1)
            .allow(v -> v >= 1, "1 or more")
            .doc("How many replicas must have a record before acks=all is answered.");

    public static final ConfigKey<Long> RETENTION_BYTES = ConfigKey.bigNumber("retention.bytes", -1)
            .allow(v -> v >= -1, "-1 (no limit), or 0 or more bytes")
            .doc("The oldest segments of a partition go when it is larger than this without them.")
            .unlikeKafka("Kafka takes any negative number for 'no limit'");

    public static final ConfigKey<Duration> RETENTION = ConfigKey.millis("retention.ms", Duration.ofDays(7))
            .allow(v -> v.toMillis() >= -1, "-1 (no limit), or 0 or more milliseconds")
            .doc(
                    "A closed segment is deleted this long after the last append to it, as far as the server saw that time pass: "
                            + "by its monotonic clock, without the time it was not running. Timestamps of records do not matter "
                            + "here (Kafka goes by them), so neither a wrong clock nor a record from the future deletes data "
                            + "early.");

    public static final ConfigKey<Long> SEGMENT_BYTES = ConfigKey.bytes("segment.bytes", 128 * MIB)
            .allow(v -> v >= MIB && v <= Integer.MAX_VALUE, "between 1048576 (1 MiB) and 2147483647 (2 GiB) bytes")
            .asInt()
            .doc("A segment file is closed, and a new one begun, when it would grow past this size.")
            .unlikeKafka("a segment must age as a whole, so small ones keep closer to the retention");

    public static final ConfigKey<Long> SEGMENT_INDEX_BYTES = ConfigKey.bytes("segment.index.bytes", 10 * MIB)
            .allow(v -> v >= 4 && v <= Integer.MAX_VALUE, "between 4 and 2147483647 (2 GiB) bytes")
            .asInt()
            .doc("A segment is closed when an index of it would grow past this size.");

    public static final ConfigKey<Long> SEGMENT_JITTER_MS = ConfigKey.bigNumber("segment.jitter.ms", 0)
            .allow(v -> v >= 0, "0 or more milliseconds")
            .doc("At most this much is taken off segment.ms at random, so that segments do not close all at once.");

    public static final ConfigKey<Duration> SEGMENT_MS = ConfigKey.millis("segment.ms", Duration.ofHours(24))
            .allow(v -> v.toMillis() >= 1, "1 or more milliseconds")
            .doc("A segment is closed this long after the first append to it, by the same clock as retention.ms.")
            .unlikeKafka("a segment must age as a whole, so short ones keep closer to the retention");

    public static final ConfigKey<Boolean> PREALLOCATE = ConfigKey.flag("preallocate", false)
            .doc("Reserve a segment's space on the disk when it is begun.")
            .withoutEffect();

    public static final ConfigKey<Integer> GZIP_LEVEL = ConfigKey.number("compression.gzip.level", -1)
            .allow(v -> v == -1 || (v >= 1 && v <= 9), "-1 or between 1 and 9")
            .doc("How hard gzip tries where compression.type has the server compress.");

    public static final ConfigKey<Integer> LZ4_LEVEL = ConfigKey.number("compression.lz4.level", 9)
            .allow(v -> v >= 1 && v <= 17, "between 1 and 17")
            .doc("How hard lz4 tries where compression.type has the server compress.");

    public static final ConfigKey<Integer> ZSTD_LEVEL = ConfigKey.number("compression.zstd.level", 3)
            .allow(v -> v >= -131_072 && v <= 22, "between -131072 and 22")
            .doc("How hard zstd tries where compression.type has the server compress.");

    public static final ConfigKey<Duration> DELETE_RETENTION = ConfigKey.millis(
                    "delete.retention.ms", Duration.ofDays(1))
            .allow(v -> !v.isNegative(), "0 or more milliseconds")
            .doc("How long compaction keeps the mark of a deleted key, from when it first saw it.");

    public static final ConfigKey<Duration> MAX_COMPACTION_LAG = ConfigKey.millis(
                    "max.compaction.lag.ms", Duration.ofMillis(Long.MAX_VALUE))
            .allow(v -> v.toMillis() >= 1, "1 or more milliseconds")
            .doc("A record is due for compaction at the latest this long after it was written.");

    public static final ConfigKey<Duration> MIN_COMPACTION_LAG = ConfigKey.millis(
                    "min.compaction.lag.ms", Duration.ZERO)
            .allow(v -> !v.isNegative(), "0 or more milliseconds")
            .doc("A record stays uncompacted at least this long.");

    public static final ConfigKey<Double> MIN_CLEANABLE_RATIO = ConfigKey.fraction("min.cleanable.dirty.ratio", 0.5)
            .allow(v -> v >= 0 && v <= 1, "between 0 and 1")
            .doc("Compaction begins when more than this share of a log is not compacted; the segment that is written "
                    + "to does not count.");

    public static final ConfigKey<Boolean> UNCLEAN_ELECTION = ConfigKey.flag("unclean.leader.election.enable", false)
            .doc("Whether a replica that lacks records may lead, losing them.")
            .withoutEffect();

    public static final ConfigKey<Boolean> DEAD_LETTERS = ConfigKey.flag("errors.deadletterqueue.group.enable", false)
            .doc("Whether share groups may use the topic for records they could not work on.")
            .withoutEffect();

    public static final ConfigKey<List<String>> FOLLOWER_THROTTLED =
            throttled("follower.replication.throttled.replicas");

    public static final ConfigKey<List<String>> LEADER_THROTTLED = throttled("leader.replication.throttled.replicas");

    public static final ConfigKey<Long> LOCAL_RETENTION_BYTES = ConfigKey.bigNumber("local.retention.bytes", -2)
            .allow(v -> v >= -2, "-2 (as retention.bytes), -1 (no limit), or 0 or more bytes")
            .doc("How much of a tiered partition stays on the local disk.")
            .withoutEffect();

    public static final ConfigKey<Long> LOCAL_RETENTION_MS = ConfigKey.bigNumber("local.retention.ms", -2)
            .allow(v -> v >= -2, "-2 (as retention.ms), -1 (no limit), or 0 or more milliseconds")
            .doc("How long the segments of a tiered partition stay on the local disk.")
            .withoutEffect();

    public static final ConfigKey<Long> REMOTE_COPY_LAG_BYTES = ConfigKey.bigNumber("remote.copy.lag.bytes", -1)
            .allow(v -> v >= -1, "-1, or 0 or more bytes")
            .doc("How many bytes may wait before they are copied to remote storage.")
            .withoutEffect();

    public static final ConfigKey<Long> REMOTE_COPY_LAG_MS = ConfigKey.bigNumber("remote.copy.lag.ms", 0)
            .allow(v -> v >= -1, "-1, or 0 or more milliseconds")
            .doc("How long segments may wait before they are copied to remote storage.")
            .withoutEffect();

    public static final ConfigKey<Boolean> REMOTE_COPY_DISABLE = ConfigKey.flag("remote.log.copy.disable", false)
            .doc("Whether copying to remote storage is halted.")
            .withoutEffect();

    public static final ConfigKey<Boolean> REMOTE_DELETE_ON_DISABLE = ConfigKey.flag(
                    "remote.log.delete.on.disable", false)
            .doc("Whether remote data goes when remote storage is switched off for the topic.")
            .withoutEffect();

    /// Only `false`: saying yes to a remote copy that is never made would be a lie about where the
    /// data is.
    public static final ConfigKey<Boolean> REMOTE_STORAGE = ConfigKey.flag("remote.storage.enable", false)
            .allow(v -> !v, "false (remote storage is not built yet)")
            .doc("Whether closed segments are copied to remote storage.")
            .unlikeKafka("remote storage is not built yet")
            .withoutEffect();

    /// Every setting of a topic.
    public static final List<ConfigKey<?>> ALL = List.of(
            CLEANUP_POLICY,
            COMPRESSION_TYPE,
            DURABILITY,
            FILE_DELETE_DELAY,
            FLUSH_MESSAGES,
            FLUSH_TIME,
            INDEX_INTERVAL_BYTES,
            MAX_MESSAGE_BYTES,
            MAX_DECOMPRESSED_BYTES,
            TIMESTAMP_AFTER_MAX_MS,
            TIMESTAMP_BEFORE_MAX_MS,
            TIMESTAMP_TYPE,
            MIN_INSYNC_REPLICAS,
            PREALLOCATE,
            RETENTION_BYTES,
            RETENTION,
            SEGMENT_BYTES,
            SEGMENT_INDEX_BYTES,
            SEGMENT_JITTER_MS,
            SEGMENT_MS,
            GZIP_LEVEL,
            LZ4_LEVEL,
            ZSTD_LEVEL,
            DELETE_RETENTION,
            MAX_COMPACTION_LAG,
            MIN_COMPACTION_LAG,
            MIN_CLEANABLE_RATIO,
            UNCLEAN_ELECTION,
            DEAD_LETTERS,
            FOLLOWER_THROTTLED,
            LEADER_THROTTLED,
            LOCAL_RETENTION_BYTES,
            LOCAL_RETENTION_MS,
            REMOTE_COPY_LAG_BYTES,
            REMOTE_COPY_LAG_MS,
            REMOTE_COPY_DISABLE,
            REMOTE_DELETE_ON_DISABLE,
            REMOTE_STORAGE);

    private TopicSettings() {}

    private static ConfigKey<List<String>> throttled(String name) {
        return ConfigKey.list(name, "")
                .allow(
                        items -> items.equals(List.of("*"))
                                || items.stream().allMatch(item -> item.matches("[0-9]+:[0-9]+")),
                        "a list of partition:node, or *")
                .doc("Which replicas of the topic are throttled.")
                .withoutEffect();
    }
}
