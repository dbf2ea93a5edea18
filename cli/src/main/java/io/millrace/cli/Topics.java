package io.millrace.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// What several commands ask about topics.
final class Topics {

    private Topics() {}

    /// The topics of `names` that exist, by name. One that is deleted meanwhile is left out.
    static List<TopicDescription> existing(Admin admin, Collection<String> names) throws Exception {
        var found = new ArrayList<TopicDescription>();
        for (var answer : admin.describeTopics(names).topicNameValues().values()) {
            try {
                found.add(AdminAction.await(answer));
            } catch (UnknownTopicOrPartitionException _) {
                // Not there (any more): the caller sees it by its absence.
            }
        }
        found.sort(Comparator.comparing(TopicDescription::name));
        return found;
    }

    /// The topic called `name`; a failure that helps when there is none.
    static TopicDescription one(Admin admin, String name) throws Exception {
        var found = existing(admin, List.of(name));
        if (found.isEmpty()) throw missing(name, names(admin));
        return found.getFirst();
    }

    /// For who wants to see, change or delete a topic.
    ///
    /// @param all the topics that do exist
    static Failure missing(String name, Collection<String> all) {
        return missing(name, all, "list the topics with: millrace topic list");
    }

    /// For who wants to write to a topic.
    ///
    /// @param all the topics that do exist
    static Failure notMade(String name, Collection<String> all) {
        return missing(name, all, "create it with: millrace topic create " + name);
    }

    private static Failure missing(String name, Collection<String> all, String otherwise) {
        return Failure.notFound(
                "topic " + name + " does not exist",
                Nearest.to(name, all).map(near -> "did you mean: " + near).orElse(otherwise));
    }

    /// The partitions of `topic` that `wanted` names, in order; all of them when it is empty.
    static Set<TopicPartition> partitions(TopicDescription topic, Set<Integer> wanted) throws Failure {
        int count = topic.partitions().size();
        for (int partition : wanted) {
            if (partition < 0 || partition >= count) throw noPartition(topic.name(), partition, count);
        }
        return topic.partitions().stream()
                .map(TopicPartitionInfo::partition)
                .filter(partition -> wanted.isEmpty() || wanted.contains(partition))
                .map(partition -> new TopicPartition(topic.name(), partition))
                .collect(Collectors.toCollection(() -> new TreeSet<>(OffsetLookup.ORDER)));
    }

    /// @param count how many partitions the topic has
    static Failure noPartition(String name, int partition, int count) {
        var numbered = count == 1 ? "number 0" : "numbers 0 to " + (count - 1);
        return Failure.notFound(
                "topic %s has no partition %d; it has %s, %s"
                        .formatted(name, partition, Sizes.count(count, "partition"), numbered),
                "see them with: millrace topic describe " + name);
    }

    static Collection<String> names(Admin admin) throws Exception {
        return AdminAction.await(admin.listTopics().names());
    }

    /// Replicas of the first partition: what a topic is created with, all over.
    static int replicas(TopicDescription topic) {
        return topic.partitions().isEmpty()
                ? 0
                : topic.partitions().getFirst().replicas().size();
    }

    static boolean hasLeader(TopicPartitionInfo partition) {
        return partition.leader() != null && !partition.leader().isEmpty();
    }

    static List<Integer> ids(Collection<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    /// `1,2,3`
    static String shown(Collection<Integer> ids) {
        return ids.isEmpty()
                ? "-"
                : String.join(",", ids.stream().map(String::valueOf).toList());
    }
}
