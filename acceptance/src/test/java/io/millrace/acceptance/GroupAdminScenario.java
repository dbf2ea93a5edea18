package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What an administrator asks about consumer groups, with a live member in a process of its own.
@ExtendWith(SharedBroker.class)
class GroupAdminScenario {

    @Test
    void aLiveGroupIsDescribedAndLeftAlone(BrokerProcess broker) {
        var topic = Topics.create(broker, "described", 3);
        var group = Topics.name("described");
        try (var member = member(broker, topic, group, Map.of());
                var admin = Topics.admin(broker)) {
            member.awaitLine("owns");

            var described = describe(admin, group);
            assertEquals(GroupState.STABLE, described.groupState());
            assertEquals("range", described.partitionAssignor());
            assertEquals(broker.port(), described.coordinator().port());
            assertEquals(1, described.members().size());
            var only = described.members().iterator().next();
            assertEquals(3, only.assignment().topicPartitions().size());
            assertEquals("acceptance-member", only.clientId());
            assertTrue(only.host().contains("127.0.0.1"), only.host());
            assertEquals(ClassicGroupState.STABLE, classic(admin, group).state());
            assertEquals("consumer", classic(admin, group).protocol());

            var offsets = Map.of(new TopicPartition(topic, 0), at(1));
            assertInstanceOf(
                    UnknownMemberIdException.class,
                    AdminScenario.refusal(
                            admin.alterConsumerGroupOffsets(group, offsets).all()));
            assertInstanceOf(
                    GroupNotEmptyException.class,
                    AdminScenario.refusal(
                            admin.deleteConsumerGroups(List.of(group)).all()));
            var first = Set.of(new TopicPartition(topic, 0));
            assertInstanceOf(
                    GroupSubscribedToTopicException.class,
                    AdminScenario.refusal(admin.deleteConsumerGroupOffsets(group, first)
                            .partitionResult(first.iterator().next())));

            assertTrue(listed(admin, GroupState.STABLE).contains(group));
            assertFalse(listed(admin, GroupState.EMPTY).contains(group));
            member.say("close");
            member.succeeds();
            assertEquals(GroupState.EMPTY, describe(admin, group).groupState());
            assertTrue(listed(admin, GroupState.EMPTY).contains(group));
        }
    }

    @Test
    void offsetsOfAnEmptyGroupAreMovedAndTheGroupDeleted(BrokerProcess broker) {
        var topic = Topics.create(broker, "moved", 2);
        var group = Topics.name("moved");
        var zero = new TopicPartition(topic, 0);
        var one = new TopicPartition(topic, 1);
        try (var admin = Topics.admin(broker)) {
            Topics.get(admin.alterConsumerGroupOffsets(group, Map.of(zero, at(7), one, at(9)))
                    .all());
            assertEquals(Map.of(zero, at(7), one, at(9)), offsets(admin, group));
            Topics.get(admin.deleteConsumerGroupOffsets(group, Set.of(one)).all());
            assertEquals(Map.of(zero, at(7)), offsets(admin, group));
            Topics.get(admin.deleteConsumerGroups(List.of(group)).all());
            assertEquals(Map.of(), offsets(admin, group));
            assertInstanceOf(
                    GroupIdNotFoundException.class,
                    AdminScenario.refusal(
                            admin.deleteConsumerGroups(List.of(group)).all()));
            assertInstanceOf(
                    GroupIdNotFoundException.class,
                    AdminScenario.refusal(
                            admin.describeConsumerGroups(List.of(group)).all()));
        }
    }

    /// Offsets of a topic go with the topic.
    @Test
    void aDeletedTopicTakesItsOffsetsAlong(BrokerProcess broker) {
        var topic = Topics.create(broker, "short-lived", 1);
        var group = Topics.name("orphans");
        try (var admin = Topics.admin(broker)) {
            Topics.get(admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), at(3)))
                    .all());
            Topics.get(admin.deleteTopics(List.of(topic)).all());
            Await.until(
                    "offsets without the deleted topic",
                    () -> offsets(admin, group).isEmpty());
        }
    }

    @Test
    void membersAreRemoved(BrokerProcess broker) {
        var topic = Topics.create(broker, "removed", 2);
        var group = Topics.name("removed");
        try (var member = member(broker, topic, group, Map.of("client.group.instance.id", "chair"));
                var admin = Topics.admin(broker)) {
            member.awaitLine("owns");
            var chair = new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("chair")));
            Topics.get(admin.removeMembersFromConsumerGroup(group, chair).all());
            member.awaitLines(
                    "a second assignment, or its end",
                    _ -> member.lines("assigned").size() > 1
                            || !member.lines("failed").isEmpty());
        }
    }

    static OffsetAndMetadata at(long offset) {
        return new OffsetAndMetadata(offset);
    }

    private static Child member(BrokerProcess broker, String topic, String group, Map<String, String> more) {
        var settings = new TreeMap<>(Map.of("topic", topic, "group", group, "client.client.id", "acceptance-member"));
        settings.putAll(more);
        return JavaClient.V4_4.start("ConsumeProgram", broker, settings);
    }

    private static ConsumerGroupDescription describe(Admin admin, String group) {
        return Topics.of(Topics.get(admin.describeConsumerGroups(List.of(group)).all()), group);
    }

    private static ClassicGroupDescription classic(Admin admin, String group) {
        return Topics.of(Topics.get(admin.describeClassicGroups(List.of(group)).all()), group);
    }

    private static List<String> listed(Admin admin, GroupState state) {
        var options = ListGroupsOptions.forConsumerGroups().inGroupStates(Set.of(state));
        return Topics.get(admin.listGroups(options).all()).stream()
                .map(GroupListing::groupId)
                .toList();
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Admin admin, String group) {
        return Topics.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    }
}
