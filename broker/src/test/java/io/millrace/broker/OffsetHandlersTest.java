package io.millrace.broker;

import static io.millrace.broker.Calls.ask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class OffsetHandlersTest {

    private final MemoryShard shard = new MemoryShard();
    private final OffsetCommitHandler commit = new OffsetCommitHandler(shard);
    private final OffsetFetchHandler fetch = new OffsetFetchHandler(shard);
    private final OffsetDeleteHandler delete = new OffsetDeleteHandler(shard);

    private static OffsetCommitRequestData committing(long offset) {
        var partitions = List.of(
                new OffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(offset)
                        .setCommittedLeaderEpoch(3)
                        .setCommittedMetadata("note"),
                new OffsetCommitRequestPartition().setPartitionIndex(9).setCommittedOffset(offset));
        var unknown = List.of(new OffsetCommitRequestPartition().setPartitionIndex(0));
        return new OffsetCommitRequestData()
                .setGroupId("g")
                .setTopics(List.of(
                        new OffsetCommitRequestTopic()
                                .setName("nowhere")
                                .setTopicId(new Uuid(8, 8))
                                .setPartitions(unknown),
                        new OffsetCommitRequestTopic()
                                .setName("orders")
                                .setTopicId(Calls.ORDERS)
                                .setPartitions(partitions)));
    }

    @Test
    void positionsOfPartitionsThatExistAreKeptInEveryVersion() {
        for (int version = 2; version <= 10; version++) {
            var request = committing(version);
            if (version >= 10) request.topics().forEach(topic -> topic.setName(""));
            var answer = ask(commit, version, request);
            var missing = version >= 10 ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
            assertEquals(
                    List.of(missing.code()),
                    answer.topics().get(0).partitions().stream()
                            .map(OffsetCommitResponsePartition::errorCode)
                            .toList());
            assertEquals(
                    List.of(Errors.NONE.code(), Errors.UNKNOWN_TOPIC_OR_PARTITION.code()),
                    answer.topics().get(1).partitions().stream()
                            .map(OffsetCommitResponsePartition::errorCode)
                            .toList());
            assertEquals(version, fetchedBy(version));
        }
    }

    private long fetchedBy(int version) {
        if (version < 8) {
            var request = new OffsetFetchRequestData()
                    .setGroupId("g")
                    .setTopics(List.of(
                            new OffsetFetchRequestTopic().setName("orders").setPartitionIndexes(List.of(0, 1))));
            var partitions = ask(fetch, version, request).topics().getFirst().partitions();
            assertEquals(-1, partitions.get(1).committedOffset());
            assertEquals("", partitions.get(1).metadata());
            assertEquals("note", partitions.get(0).metadata());
            return partitions.get(0).committedOffset();
        }
        var topics = List.of(
                new OffsetFetchRequestTopics()
                        .setName(version < 10 ? "nowhere" : "")
                        .setTopicId(new Uuid(8, 8))
                        .setPartitionIndexes(List.of(0)),
                new OffsetFetchRequestTopics()
                        .setName(version < 10 ? "orders" : "")
                        .setTopicId(Calls.ORDERS)
                        .setPartitionIndexes(List.of(0, 1)));
        var request = new OffsetFetchRequestData()
                .setGroups(List.of(
                        new OffsetFetchRequestGroup().setGroupId("g").setTopics(topics),
                        new OffsetFetchRequestGroup().setGroupId("g").setTopics(null),
                        new OffsetFetchRequestGroup().setGroupId("nobody").setTopics(topics)));
        var groups = ask(fetch, version, request).groups();
        var unknown = groups.get(0).topics().get(0).partitions().getFirst();
        assertEquals(version < 10 ? Errors.NONE.code() : Errors.UNKNOWN_TOPIC_ID.code(), unknown.errorCode());
        var all = groups.get(1).topics();
        assertEquals(1, all.size());
        assertEquals("orders", all.getFirst().name());
        assertEquals(Calls.ORDERS, all.getFirst().topicId());
        assertEquals(-1, groups.get(2).topics().get(1).partitions().get(0).committedOffset());
        var known = groups.get(0).topics().get(1).partitions();
        assertEquals(3, known.get(0).committedLeaderEpoch());
        assertEquals(-1, known.get(1).committedOffset());
        return known.get(0).committedOffset();
    }

    @Test
    void everythingOfAGroupCanBeFetchedInTheOldFormToo() {
        ask(commit, 8, committing(5));
        var request = new OffsetFetchRequestData().setGroupId("g").setTopics(null);
        for (int version = 2; version <= 7; version++) {
            var topic = ask(fetch, version, request).topics().getFirst();
            assertEquals("orders", topic.name());
            assertEquals(5, topic.partitions().getFirst().committedOffset());
        }
    }

    @Test
    void aRefusedFetchIsToldWhereItsVersionHasRoom() {
        shard.refuses = Errors.NOT_COORDINATOR;
        var old = new OffsetFetchRequestData()
                .setGroupId("g")
                .setTopics(
                        List.of(new OffsetFetchRequestTopic().setName("orders").setPartitionIndexes(List.of(0))));
        var first = ask(fetch, 1, old);
        assertEquals(
                Errors.NOT_COORDINATOR.code(),
                first.topics().getFirst().partitions().getFirst().errorCode());
        var second = ask(fetch, 5, old);
        assertEquals(Errors.NOT_COORDINATOR.code(), second.errorCode());
        assertTrue(second.topics().isEmpty());
        var several = new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestGroup().setGroupId("g").setTopics(null)));
        assertEquals(
                Errors.NOT_COORDINATOR.code(),
                ask(fetch, 8, several).groups().getFirst().errorCode());
    }

    @Test
    void aGenerationOfAMissingGroupIsNamedByWhatTheVersionKnows() {
        var request = committing(5).setGenerationIdOrMemberEpoch(3).setMemberId("m");
        assertEquals(Errors.ILLEGAL_GENERATION.code(), codeOfOrders(8, request));
        assertEquals(Errors.GROUP_ID_NOT_FOUND.code(), codeOfOrders(9, request));
        shard.refuses = Errors.NOT_ENOUGH_REPLICAS;
        assertEquals(Errors.COORDINATOR_NOT_AVAILABLE.code(), codeOfOrders(9, request));
    }

    private short codeOfOrders(int version, OffsetCommitRequestData request) {
        return ask(commit, version, request)
                .topics()
                .get(1)
                .partitions()
                .getFirst()
                .errorCode();
    }

    @Test
    void positionsAreForgotten() {
        ask(commit, 8, committing(5));
        var request = new OffsetDeleteRequestData().setGroupId("g");
        request.topics()
                .add(new OffsetDeleteRequestTopic()
                        .setName("orders")
                        .setPartitions(List.of(
                                new OffsetDeleteRequestPartition().setPartitionIndex(0),
                                new OffsetDeleteRequestPartition().setPartitionIndex(9))));
        var partitions = ask(delete, 0, request).topics().find("orders").partitions();
        assertEquals(Errors.NONE.code(), partitions.find(0).errorCode());
        assertEquals(
                Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), partitions.find(9).errorCode());

        assertEquals(
                Errors.GROUP_ID_NOT_FOUND.code(),
                ask(delete, 0, request.duplicate().setGroupId("nobody")).errorCode());
        assertEquals(
                Errors.INVALID_GROUP_ID.code(),
                ask(delete, 0, request.duplicate().setGroupId("")).errorCode());
    }
}
