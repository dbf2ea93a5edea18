package io.millrace.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a setting belongs to: the options `--topic`, `--broker`, `--group`, `--client-metrics`, one of them.
final class ConfigTarget {

    private static final String CLUSTER_WIDE = "default";

    @Option(names = "--topic", paramLabel = "NAME", description = "A topic.")
    private @Nullable String topic;

    @Option(
            names = "--broker",
            paramLabel = "ID",
            description = "A broker, or 'default' for what holds for all brokers that say nothing else.")
    private @Nullable String broker;

    @Option(names = "--group", paramLabel = "NAME", description = "A group.")
    private @Nullable String group;

    @Option(names = "--client-metrics", paramLabel = "NAME", description = "A client metrics subscription.")
    private @Nullable String clientMetrics;

    /// The resource that is meant, which exists as far as the cluster can tell.
    ConfigResource existing(Admin admin) throws Exception {
        if (topic != null) {
            Topics.one(admin, topic);
            return new ConfigResource(ConfigResource.Type.TOPIC, topic);
        }
        if (group != null) return new ConfigResource(ConfigResource.Type.GROUP, group);
        if (clientMetrics != null) return new ConfigResource(ConfigResource.Type.CLIENT_METRICS, clientMetrics);
        var id = String.valueOf(broker);
        if (id.equals(CLUSTER_WIDE)) return new ConfigResource(ConfigResource.Type.BROKER, "");
        // A request to a broker that is not there would only wait for the timeout.
        var ids = AdminAction.await(admin.describeCluster().nodes()).stream()
                .map(Node::idString)
                .toList();
        if (!ids.contains(id)) {
            throw Failure.notFound("no broker " + id, "brokers: " + String.join(", ", ids) + ", or 'default' for all");
        }
        return new ConfigResource(ConfigResource.Type.BROKER, id);
    }

    /// `topic orders`, `broker 1`, `all brokers`
    static String shown(ConfigResource resource) {
        if (resource.type() == ConfigResource.Type.BROKER && resource.name().isEmpty()) return "all brokers";
        return kind(resource) + " " + resource.name();
    }

    static String kind(ConfigResource resource) {
        return switch (resource.type()) {
            case TOPIC -> "topic";
            case BROKER -> "broker";
            case GROUP -> "group";
            case CLIENT_METRICS -> "client-metrics";
            case BROKER_LOGGER -> "logger";
            case UNKNOWN -> "unknown";
        };
    }

    /// Every setting of `resource`, by name.
    static List<ConfigEntry> entries(Admin admin, ConfigResource resource) throws Exception {
        var answers = AdminAction.await(admin.describeConfigs(List.of(resource)).all());
        return answers.values().stream()
                .flatMap(config -> config.entries().stream())
                .sorted(Comparator.comparing(ConfigEntry::name))
                .toList();
    }

    /// For who names a setting that `resource` does not have.
    ///
    /// @param names the settings it has
    static Failure unknown(ConfigResource resource, String key, Collection<String> names) {
        return Failure.notFound(
                shown(resource) + " has no setting " + key,
                Nearest.to(key, names).map(near -> "did you mean: " + near).orElse(null));
    }

    /// A broker takes the unsetting of a name that is none for done, as Kafka does: a slip of the hand would go
    /// unnoticed.
    private static void refuseUnknown(Admin admin, ConfigResource resource, Collection<String> unset) throws Exception {
        var names = new HashSet<String>();
        for (var entry : entries(admin, resource)) names.add(entry.name());
        boolean isAllBrokers =
                resource.type() == ConfigResource.Type.BROKER && resource.name().isEmpty();
        if (isAllBrokers && !names.containsAll(unset)) {
            // What is told of all brokers is only what was set for them.
            var nodes = AdminAction.await(admin.describeCluster().nodes());
            var one = new ConfigResource(
                    ConfigResource.Type.BROKER, nodes.iterator().next().idString());
            for (var entry : entries(admin, one)) names.add(entry.name());
        }
        for (var key : unset) {
            if (!names.contains(key)) throw unknown(resource, key, names);
        }
    }

    /// Sets and unsets, all or nothing; settings that are not named keep their values.
    static void change(Admin admin, ConfigResource resource, Map<String, String> set, Collection<String> unset)
            throws Exception {
        if (!unset.isEmpty()) refuseUnknown(admin, resource, unset);
        var operations = new ArrayList<AlterConfigOp>();
        set.forEach((key, value) ->
                operations.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
        unset.forEach(key -> operations.add(new AlterConfigOp(new ConfigEntry(key, ""), AlterConfigOp.OpType.DELETE)));
        AdminAction.await(
                admin.incrementalAlterConfigs(Map.of(resource, operations)).all());
    }

    /// The value for a person.
    static String shown(ConfigEntry entry) {
        if (entry.isSensitive()) return "(hidden)";
        return entry.value() == null ? "-" : entry.value();
    }

    /// Where a value comes from, in one word.
    static String source(ConfigEntry.ConfigSource source) {
        return switch (source) {
            case DYNAMIC_TOPIC_CONFIG -> "topic";
            case DYNAMIC_BROKER_CONFIG -> "broker";
            case DYNAMIC_DEFAULT_BROKER_CONFIG -> "cluster";
            case DYNAMIC_BROKER_LOGGER_CONFIG -> "logger";
            case DYNAMIC_CLIENT_METRICS_CONFIG -> "client-metrics";
            case DYNAMIC_GROUP_CONFIG -> "group";
            case STATIC_BROKER_CONFIG -> "static";
            case DEFAULT_CONFIG -> "default";
            case UNKNOWN -> "unknown";
        };
    }
}
