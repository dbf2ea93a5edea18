package io.millrace.replica;

import io.millrace.log.LogFolder;
import io.millrace.metadata.ClusterImage;
import io.millrace.model.Clock;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.metrics.Metrics;
import java.util.function.BiFunction;
import java.util.function.Function;

/// What every shard of this node is given.
///
/// @param nodeId       this node
/// @param folder       where logs lie
/// @param codecs       open batches and pack them
/// @param topicValues  a topic's settings by name: its own over the server's over our defaults
/// @param serverValues the server's own settings
public record Hosting(
        int nodeId,
        LogFolder folder,
        Codecs codecs,
        Clock clock,
        Metrics metrics,
        BiFunction<ClusterImage, String, ConfigValues> topicValues,
        Function<ClusterImage, ConfigValues> serverValues) {

    TopicConfig config(ClusterImage image, String topic) {
        return TopicConfig.from(topicValues.apply(image, topic));
    }
}
