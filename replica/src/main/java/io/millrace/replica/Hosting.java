package io.millrace.replica;

import io.millrace.log.LogFolder;
import io.millrace.metadata.ClusterImage;
import io.millrace.model.Clock;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.metrics.Metrics;
import java.util.function.BiFunction;

/// What every shard of this node is given.
///
/// @param nodeId      this node
/// @param folder      where logs lie
/// @param codecs      open batches and pack them
/// @param topicValues a topic's settings by name: its own over the server's over our defaults
public record Hosting(
        int nodeId,
        LogFolder folder,
        Codecs codecs,
        Clock clock,
        Metrics metrics,
        BiFunction<ClusterImage, String, ConfigValues> topicValues) {

    TopicConfig config(ClusterImage image, String topic) {
        return TopicConfig.from(topicValues.apply(image, topic));
    }
}
