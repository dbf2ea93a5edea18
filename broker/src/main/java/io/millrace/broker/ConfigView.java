package io.millrace.broker;

import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.ConfigResource;
import io.millrace.model.config.Catalogue;
import io.millrace.model.config.ClientMetricsSettings;
import io.millrace.model.config.ConfigKey;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.config.Described;
import io.millrace.model.config.GroupSettings;
import io.millrace.model.config.ServerLayers;
import io.millrace.model.config.ServerSettings;
import io.millrace.model.config.Source;
import io.millrace.model.config.TopicDefaults;
import io.millrace.model.config.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Which settings hold where, and who gave them: what this server was started with, under what the
/// metadata log says.
public final class ConfigView {

    private final int nodeId;
    private final ServerLayers start;

    /// @param start what this server was started with, and what follows from the machine
    public ConfigView(int nodeId, ServerLayers start) {
        this.nodeId = nodeId;
        this.start = start;
    }

    /// The settings of this server, each with its value.
    public ConfigValues serverValues(ClusterImage image) {
        return layers(image).values();
    }

    /// The settings of a topic, each with its value.
    public ConfigValues topicValues(ClusterImage image, String topic) {
        return layers(image).topicValues(image.config(ConfigResource.topic(topic)));
    }

    List<Described> ofTopic(ClusterImage image, Map<String, String> own) {
        var layers = layers(image);
        return TopicSettings.ALL.stream()
                .map(key -> layers.describeTopic(key, own))
                .toList();
    }

    /// Of this node.
    List<Described> ofBroker(ClusterImage image) {
        var layers = layers(image);
        var keys = new ArrayList<ConfigKey<?>>(ServerSettings.ALL);
        for (var key : TopicDefaults.ALL) if (!keys.contains(key)) keys.add(key);
        keys.addAll(withoutMeaning(layers));
        return keys.stream().map(layers::describe).toList();
    }

    /// Settings of Kafka's that somebody gave and that have no meaning here: they are kept, and shown as
    /// text.
    private static List<ConfigKey<?>> withoutMeaning(ServerLayers layers) {
        return layers.values().texts().keySet().stream()
                .filter(name -> Catalogue.key(Catalogue.Of.SERVER, name) == null)
                .sorted()
                .<ConfigKey<?>>map(name -> ConfigKey.text(name, ""))
                .toList();
    }

    /// What the metadata log says of every broker, and nothing else.
    List<Described> ofAllBrokers(ClusterImage image) {
        var given = image.config(ConfigResource.ALL_BROKERS);
        return ofBroker(image).stream()
                .filter(one -> given.containsKey(one.key().name()))
                .map(one -> ServerLayers.describeOwn(one.key(), given, Source.CLUSTER))
                .toList();
    }

    List<Described> ofGroup(ClusterImage image, String group) {
        var own = image.config(ConfigResource.group(group));
        return GroupSettings.ALL.stream()
                .map(key -> ServerLayers.describeOwn(key, own, Source.GROUP))
                .toList();
    }

    List<Described> ofClientMetrics(ClusterImage image, String name) {
        var own = image.config(new ConfigResource(ConfigResource.Kind.CLIENT_METRICS, name));
        return ClientMetricsSettings.ALL.stream()
                .map(key -> ServerLayers.describeOwn(key, own, Source.CLIENT_METRICS))
                .toList();
    }

    private ServerLayers layers(ClusterImage image) {
        return start.with(image.config(ConfigResource.broker(nodeId)), image.config(ConfigResource.ALL_BROKERS));
    }
}
