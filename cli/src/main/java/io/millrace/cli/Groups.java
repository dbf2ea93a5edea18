package io.millrace.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// What several commands ask about consumer groups.
final class Groups {

    private Groups() {}

    /// The group called `name`; a failure that helps when there is none.
    static ConsumerGroupDescription one(Admin admin, String name) throws Exception {
        @Nullable ConsumerGroupDescription found;
        try {
            found = AdminAction.await(
                            admin.describeConsumerGroups(List.of(name)).all())
                    .get(name);
        } catch (GroupIdNotFoundException _) {
            throw missing(name);
        }
        // Older clusters describe a group that is not there as dead.
        if (found == null || found.groupState() == GroupState.DEAD) throw missing(name);
        return found;
    }

    static Failure missing(String name) {
        return Failure.notFound("group " + name + " does not exist", "see: millrace group list");
    }

    /// Committed offsets of the group, in order of topic and partition.
    static Map<TopicPartition, Long> committed(Admin admin, String group) throws Exception {
        var committed = new TreeMap<TopicPartition, Long>(OffsetLookup.ORDER);
        AdminAction.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, at) -> {
                    if (at != null) committed.put(partition, at.offset());
                });
        return committed;
    }

    /// The end of each partition; one that is gone, or without a leader, is missing.
    static Map<TopicPartition, Long> ends(Admin admin, Set<TopicPartition> partitions) throws Exception {
        var topics = partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
        var led = Topics.existing(admin, topics).stream()
                .flatMap(topic -> topic.partitions().stream()
                        .filter(Topics::hasLeader)
                        .map(p -> new TopicPartition(topic.name(), p.partition())))
                .filter(partitions::contains)
                .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
        var answers = admin.listOffsets(led);
        var ends = new HashMap<TopicPartition, Long>();
        for (var partition : led.keySet()) {
            try {
                ends.put(
                        partition,
                        AdminAction.await(answers.partitionResult(partition)).offset());
            } catch (UnknownTopicOrPartitionException _) {
                // Deleted meanwhile.
            } catch (ApiException _) {
                // Its leader moved or is silent: the lag is unknown.
            }
        }
        return ends;
    }

    static String state(ConsumerGroupDescription group) {
        return group.groupState().name().toLowerCase(Locale.ROOT);
    }
}
