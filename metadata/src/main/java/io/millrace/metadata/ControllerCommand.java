package io.millrace.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Everything that can be asked of the controller. What depends on chance or on settings of the asking node is
/// an argument.
public sealed interface ControllerCommand {

    /// A new cluster begins; refused when one has begun already. Answer: [ControllerAnswer.Done].
    record CreateCluster(String clusterId) implements ControllerCommand {}

    /// A node starts, or says that it changed. A new incarnation begins new epochs of what the node leads.
    /// Answer: [ControllerAnswer.Done].
    record RegisterNode(int id, Uuid incarnation, String rack, List<Endpoint> endpoints) implements ControllerCommand {

        public RegisterNode {
            endpoints = List.copyOf(endpoints);
        }
    }

    /// Answer: [ControllerAnswer.TopicsCreated], one item per topic.
    ///
    /// @param defaults     for topics that leave it to the cluster
    /// @param seed         where the round over the nodes begins, any number
    /// @param validateOnly only say what would come of it
    record CreateTopics(List<NewTopic> topics, TopicDefaults defaults, int seed, boolean validateOnly)
            implements ControllerCommand {

        public CreateTopics {
            topics = List.copyOf(topics);
        }
    }

    /// @param id                a fresh random one
    /// @param partitions        1 or more; -1 leaves it to the cluster, or to `assignments`
    /// @param replicationFactor 1 or more; -1 leaves it to the cluster, or to `assignments`
    /// @param assignments       where each partition goes; empty when the controller chooses
    record NewTopic(
            String name,
            Uuid id,
            int partitions,
            int replicationFactor,
            List<Assignment> assignments,
            List<ConfigEntry> configs) {

        public NewTopic {
            assignments = List.copyOf(assignments);
            configs = List.copyOf(configs);
        }
    }

    /// @param replicas node ids, the preferred leader first
    record Assignment(int partition, List<Integer> replicas) {

        public Assignment {
            replicas = List.copyOf(replicas);
        }
    }

    /// @param value null where a client sent null
    record ConfigEntry(String name, @Nullable String value) {}

    /// @param partitions        of a topic that does not say
    /// @param replicationFactor of a topic that does not say; -1 stands for "as many nodes as there are, 3 at most"
    record TopicDefaults(int partitions, int replicationFactor) {}

    /// Answer: [ControllerAnswer.TopicsDeleted], one item per topic.
    record DeleteTopics(List<TopicRef> topics) implements ControllerCommand {

        public DeleteTopics {
            topics = List.copyOf(topics);
        }
    }

    /// A topic as a client names it.
    sealed interface TopicRef {

        record ByName(String name) implements TopicRef {}

        record ById(Uuid id) implements TopicRef {}
    }

    /// Answer: [ControllerAnswer.PartitionsCreated], one item per topic.
    record CreatePartitions(List<MorePartitions> topics, int seed, boolean validateOnly) implements ControllerCommand {

        public CreatePartitions {
            topics = List.copyOf(topics);
        }
    }

    /// @param count       how many partitions there shall be, old and new
    /// @param assignments node ids per new partition; null when the controller chooses
    record MorePartitions(String topic, int count, @Nullable List<List<Integer>> assignments) {

        public MorePartitions {
            assignments = assignments == null ? null : List.copyOf(assignments);
        }
    }

    /// Changes single settings. Answer: [ControllerAnswer.ConfigsAltered], one item per resource.
    record AlterConfigs(List<ConfigEdits> resources, boolean validateOnly) implements ControllerCommand {

        public AlterConfigs {
            resources = List.copyOf(resources);
        }
    }

    record ConfigEdits(ConfigResource of, List<ConfigEdit> edits) {

        public ConfigEdits {
            edits = List.copyOf(edits);
        }
    }

    /// @param value ignored by [Op#DELETE]; items between commas for [Op#APPEND] and [Op#SUBTRACT]
    record ConfigEdit(String name, Op op, @Nullable String value) {}

    /// What to do with one setting.
    enum Op {
        SET,
        DELETE,
        APPEND,
        SUBTRACT
    }

    /// Sets these settings and removes all others. Answer: [ControllerAnswer.ConfigsAltered], one item per resource.
    record ReplaceConfigs(List<NewConfigs> resources, boolean validateOnly) implements ControllerCommand {

        public ReplaceConfigs {
            resources = List.copyOf(resources);
        }
    }

    record NewConfigs(ConfigResource of, List<ConfigEntry> settings) {

        public NewConfigs {
            settings = List.copyOf(settings);
        }
    }

    /// Gives a node a block of producer ids that nobody had before. Answer: [ControllerAnswer.ProducerIds].
    record AllocateProducerIds(int node) implements ControllerCommand {}
}
