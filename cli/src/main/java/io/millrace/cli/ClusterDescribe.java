package io.millrace.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import picocli.CommandLine.Command;

/// `millrace cluster describe`
@Command(
        name = "describe",
        description = "Show the nodes of the cluster and the health of its partitions.",
        footer = {
            "",
            "LEADS and HOLDS count partitions. Offline: without a leader. Under-replicated: a replica is not in sync.",
            "JSON: {\"id\",\"controller\",\"nodes\":[{\"id\",\"host\",\"port\",\"rack\",\"fenced\",\"leads\",\"holds\"}],",
            "  \"topics\",\"partitions\",\"offline\",\"underReplicated\",\"features\":{}}"
        })
final class ClusterDescribe extends AdminAction {

    private record Health(int topics, long partitions, long offline, long underReplicated) {}

    @Override
    int ask(Admin admin) throws Exception {
        var cluster = admin.describeCluster();
        var names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names();
        var features = new TreeMap<String, Short>();
        await(admin.describeFeatures().featureMetadata())
                .finalizedFeatures()
                .forEach((name, range) -> features.put(name, range.maxVersionLevel()));

        var id = await(cluster.clusterId());
        var controller = await(cluster.controller());
        var nodes = nodes(admin);
        var topics = Topics.existing(admin, await(names));
        var partitions = topics.stream()
                .map(TopicDescription::partitions)
                .flatMap(List::stream)
                .toList();
        var health = new Health(
                topics.size(),
                partitions.size(),
                partitions.stream().filter(p -> !Topics.hasLeader(p)).count(),
                partitions.stream()
                        .filter(p -> p.isr().size() < p.replicas().size())
                        .count());
        var controllerId = controller == null || controller.isEmpty() ? null : controller.id();
        if (json) {
            print(Json.object(
                    "id", id,
                    "controller", controllerId,
                    "nodes",
                            nodes.stream()
                                    .map(node -> Json.object(
                                            "id", node.id(),
                                            "host", node.host(),
                                            "port", node.port(),
                                            "rack", node.rack(),
                                            "fenced", node.isFenced(),
                                            "leads", leads(node, partitions),
                                            "holds", holds(node, partitions)))
                                    .toList(),
                    "topics", health.topics(),
                    "partitions", health.partitions(),
                    "offline", health.offline(),
                    "underReplicated", health.underReplicated(),
                    "features", features));
            return Exit.OK;
        }
        out().line("cluster     " + id);
        out().line("controller  " + (controllerId == null ? "none" : controllerId));
        out().line("topics      " + health.topics());
        out().line("partitions  %d (%d offline, %d under-replicated)"
                .formatted(health.partitions(), health.offline(), health.underReplicated()));
        features.forEach((name, level) -> out().line("feature     " + name + " " + level));
        out().line("");
        var table = new Table("NODE", "HOST", "PORT", "RACK", "STATE", "LEADS", "HOLDS");
        for (var node : nodes) {
            var state = node.isFenced() ? "fenced" : "up";
            table.row(
                    node.id(),
                    node.host(),
                    node.port(),
                    node.rack(),
                    state,
                    leads(node, partitions),
                    holds(node, partitions));
        }
        print(table);
        return Exit.OK;
    }

    /// With the fenced ones where the cluster can tell them.
    private static List<Node> nodes(Admin admin) throws Exception {
        List<Node> nodes;
        try {
            nodes = new ArrayList<>(await(admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true))
                    .nodes()));
        } catch (UnsupportedVersionException _) {
            // An older cluster: it names the nodes that are up.
            nodes = new ArrayList<>(await(admin.describeCluster().nodes()));
        }
        nodes.sort(Comparator.comparingInt(Node::id));
        return nodes;
    }

    private static long leads(Node node, List<TopicPartitionInfo> partitions) {
        return partitions.stream()
                .filter(p -> Topics.hasLeader(p) && p.leader().id() == node.id())
                .count();
    }

    private static long holds(Node node, List<TopicPartitionInfo> partitions) {
        return partitions.stream()
                .filter(p -> Topics.ids(p.replicas()).contains(node.id()))
                .count();
    }
}
