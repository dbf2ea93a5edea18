package io.millrace.broker;

import io.millrace.model.config.TopicSettings;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the log when a topic is to be compacted: the setting is kept, for Kafka Streams and Connect need it, and
/// nothing is compacted yet.
final class CompactionNews {

    private static final Logger LOG = LoggerFactory.getLogger(CompactionNews.class);

    private CompactionNews() {}

    /// @param before the topic's cleanup.policy until now; null when it had none
    /// @param now    what it is from now on
    static void of(String topic, @Nullable String before, @Nullable String now) {
        var warning = warning(topic, before, now);
        if (warning.isPresent()) LOG.warn(warning.get());
    }

    /// What there is to say; nothing when the topic was to be compacted before, or is not now.
    static Optional<String> warning(String topic, @Nullable String before, @Nullable String now) {
        if (!policies(now).contains("compact") || policies(before).contains("compact")) return Optional.empty();
        var consequence = policies(now).contains("delete")
                ? "records are deleted by age and size, and not compacted"
                : "records are neither compacted nor deleted";
        return Optional.of("topic %s: cleanup.policy=%s is kept as is: compaction is not there yet, %s"
                .formatted(topic, now, consequence));
    }

    private static List<String> policies(@Nullable String policy) {
        return policy == null ? List.of() : TopicSettings.CLEANUP_POLICY.parse(policy);
    }
}
