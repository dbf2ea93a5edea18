package io.millrace.model.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The server settings that give topics what they do not say themselves.
///
/// Most topic settings have one such twin, some have several in different units; then the finest unit that
/// is given wins: `log.retention.ms` before `log.retention.minutes` before `log.retention.hours`.
public final class TopicDefaults {

    /// One server setting behind a topic setting.
    ///
    /// @param key  the server setting
    /// @param unit by how much its number is multiplied to be the topic's; 1 when text is taken as it is
    public record Twin(ConfigKey<?> key, long unit) {

        /// The topic's text for the server's `text`; a negative number with a unit means "no limit", -1.
        ///
        /// @throws IllegalArgumentException when `text` is no value of the server setting
        public String translate(String text) {
            key.parse(text);
            if (unit == 1) return text.trim();
            long value = Long.parseLong(text.trim());
            return Long.toString(value < 0 ? -1 : value * unit);
        }
    }

    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 3_600_000;

    private static final String NO_LIMIT_OR_MORE = "-1 (no limit), or 1 or more ";
    private static final String ANY_NEGATIVE = "Kafka takes any negative number for 'no limit'; 0 it refuses too";

    private static final SequencedMap<String, List<Twin>> BY_TOPIC_NAME = new LinkedHashMap<>();

    static {
        one(TopicSettings.CLEANUP_POLICY, "log.cleanup.policy");
        one(TopicSettings.COMPRESSION_TYPE, "compression.type");
        one(TopicSettings.DURABILITY, "log.durability");
        one(TopicSettings.FILE_DELETE_DELAY, "log.segment.delete.delay.ms");
        one(TopicSettings.FLUSH_MESSAGES, "log.flush.interval.messages");
        several(
                TopicSettings.FLUSH_TIME,
                new Twin(notNegative(TopicSettings.FLUSH_TIME.named("log.flush.interval.ms")), 1),
                new Twin(notNegative(TopicSettings.FLUSH_TIME.named("log.flush.scheduler.interval.ms")), 1));
        one(TopicSettings.INDEX_INTERVAL_BYTES, "log.index.interval.bytes");
        one(TopicSettings.MAX_MESSAGE_BYTES, "message.max.bytes");
        one(TopicSettings.MAX_DECOMPRESSED_BYTES, "max.decompressed.message.bytes");
        one(TopicSettings.TIMESTAMP_AFTER_MAX_MS, "log.message.timestamp.after.max.ms");
        one(TopicSettings.TIMESTAMP_BEFORE_MAX_MS, "log.message.timestamp.before.max.ms");
        one(TopicSettings.TIMESTAMP_TYPE, "log.message.timestamp.type");
        one(TopicSettings.MIN_INSYNC_REPLICAS, "min.insync.replicas");
        one(TopicSettings.PREALLOCATE, "log.preallocate");
        one(TopicSettings.RETENTION_BYTES, "log.retention.bytes");
        several(
                TopicSettings.RETENTION,
                new Twin(retention(TopicSettings.RETENTION.named("log.retention.ms")), 1),
                new Twin(retention("log.retention.minutes", "minutes"), MINUTE_MS),
                new Twin(retention("log.retention.hours", "hours"), HOUR_MS));
        one(TopicSettings.SEGMENT_BYTES, "log.segment.bytes");
        one(TopicSettings.SEGMENT_INDEX_BYTES, "log.index.size.max.bytes");
        several(
                TopicSettings.SEGMENT_JITTER_MS,
                new Twin(notNegative(TopicSettings.SEGMENT_JITTER_MS.named("log.roll.jitter.ms")), 1),
                new Twin(hours("log.roll.jitter.hours", "log.roll.jitter.ms", 0), HOUR_MS));
        several(
                TopicSettings.SEGMENT_MS,
                new Twin(TopicSettings.SEGMENT_MS.named("log.roll.ms"), 1),
                new Twin(hours("log.roll.hours", "log.roll.ms", 1), HOUR_MS));
        one(TopicSettings.GZIP_LEVEL, "compression.gzip.level");
        one(TopicSettings.LZ4_LEVEL, "compression.lz4.level");
        one(TopicSettings.ZSTD_LEVEL, "compression.zstd.level");
        one(TopicSettings.DELETE_RETENTION, "log.cleaner.delete.retention.ms");
        one(TopicSettings.MAX_COMPACTION_LAG, "log.cleaner.max.compaction.lag.ms");
        one(TopicSettings.MIN_COMPACTION_LAG, "log.cleaner.min.compaction.lag.ms");
        one(TopicSettings.MIN_CLEANABLE_RATIO, "log.cleaner.min.cleanable.ratio");
        one(TopicSettings.UNCLEAN_ELECTION, "unclean.leader.election.enable");
        one(TopicSettings.LOCAL_RETENTION_BYTES, "log.local.retention.bytes");
        one(TopicSettings.LOCAL_RETENTION_MS, "log.local.retention.ms");
        one(TopicSettings.REMOTE_COPY_LAG_BYTES, "log.remote.copy.lag.bytes");
        one(TopicSettings.REMOTE_COPY_LAG_MS, "log.remote.copy.lag.ms");
    }

    /// Every server setting that is the default of a topic setting.
    public static final List<ConfigKey<?>> ALL = all();

    private TopicDefaults() {}

    /// The server settings behind the topic setting `name`, the strongest first; empty when there is none.
    public static List<Twin> of(String name) {
        return BY_TOPIC_NAME.getOrDefault(name, List.of());
    }

    private static void one(ConfigKey<?> topic, String serverName) {
        several(topic, new Twin(topic.named(serverName), 1));
    }

    private static void several(ConfigKey<?> topic, Twin... twins) {
        BY_TOPIC_NAME.put(topic.name(), List.of(twins));
    }

    private static <T> ConfigKey<T> notNegative(ConfigKey<T> key) {
        return key.unlikeKafka("a negative time means nothing");
    }

    private static ConfigKey<Duration> retention(ConfigKey<Duration> key) {
        return key.allow(v -> v.toMillis() == -1 || v.toMillis() >= 1, NO_LIMIT_OR_MORE + "milliseconds")
                .unlikeKafka(ANY_NEGATIVE);
    }

    private static ConfigKey<Optional<Integer>> retention(String name, String unit) {
        return ConfigKey.number(name, 1)
                .allow(v -> v == -1 || v >= 1, NO_LIMIT_OR_MORE + unit)
                .doc("log.retention.ms in %s; the finest unit that is given counts.".formatted(unit))
                .unlikeKafka(ANY_NEGATIVE)
                .optional();
    }

    private static ConfigKey<Optional<Integer>> hours(String name, String of, int least) {
        return ConfigKey.number(name, 1)
                .allow(v -> v >= least, least + " or more hours")
                .doc("%s in hours; the finest unit that is given counts.".formatted(of))
                .optional();
    }

    private static List<ConfigKey<?>> all() {
        var keys = new ArrayList<ConfigKey<?>>();
        for (Map.Entry<String, List<Twin>> entry : BY_TOPIC_NAME.entrySet())
            for (var twin : entry.getValue()) keys.add(twin.key());
        return List.copyOf(keys);
    }
}
