package io.millrace.metadata;

import static io.millrace.metadata.Asked.id;
import static io.millrace.metadata.Asked.topic;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.ControllerAnswer.DeletedTopic;
import io.millrace.metadata.ControllerAnswer.GrownTopic;
import io.millrace.metadata.ControllerAnswer.PartitionsCreated;
import io.millrace.metadata.ControllerAnswer.TopicsDeleted;
import io.millrace.metadata.ControllerCommand.CreatePartitions;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.DeleteTopics;
import io.millrace.metadata.ControllerCommand.MorePartitions;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import io.millrace.metadata.ControllerCommand.TopicRef;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Growing and deleting topics.
class TopicLifeTest {

    private final Asked cluster = Asked.withNodes(1, 2);

    TopicLifeTest() {
        cluster.ask(new CreateTopics(
                List.of(topic("orders", 2, 1), topic("bills", 1, 2), topic(TopicName.CONSUMER_OFFSETS, 16, 1)),
                new TopicDefaults(4, -1),
                0,
                false));
    }

    @Test
    void topicsAreDeletedByNameAndById() {
        var answer = delete(new TopicRef.ByName("orders"), new TopicRef.ById(id("bills")));
        assertEquals(
                List.of(
                        new DeletedTopic("orders", id("orders"), Errors.NONE, null),
                        new DeletedTopic("bills", id("bills"), Errors.NONE, null)),
                answer);
        assertTrue(cluster.image().topic("orders").isEmpty());
        assertTrue(cluster.image().topic("bills").isEmpty());
    }

    @Test
    void unknownTopicsAreSaidSo() {
        var nobody = new Uuid(8, 8);
        assertEquals(
                List.of(
                        new DeletedTopic(
                                "nothing",
                                Uuid.ZERO_UUID,
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                "This server does not host this topic-partition."),
                        new DeletedTopic(
                                null, nobody, Errors.UNKNOWN_TOPIC_ID, "This server does not host this topic ID."),
                        new DeletedTopic(
                                null,
                                Uuid.ZERO_UUID,
                                Errors.INVALID_REQUEST,
                                "Neither topic name nor id were specified.")),
                delete(new TopicRef.ByName("nothing"), new TopicRef.ById(nobody), new TopicRef.ById(Uuid.ZERO_UUID)));
    }

    @Test
    void aTopicIsNotDeletedTwiceInOneCommand() {
        var answer = delete(
                new TopicRef.ByName("orders"),
                new TopicRef.ByName("orders"),
                new TopicRef.ByName("bills"),
                new TopicRef.ById(id("bills")));
        assertEquals(
                List.of(
                        new DeletedTopic("bills", id("bills"), Errors.NONE, null),
                        new DeletedTopic(
                                "bills",
                                id("bills"),
                                Errors.INVALID_REQUEST,
                                "The provided topic name maps to an ID that was already supplied."),
                        new DeletedTopic("orders", Uuid.ZERO_UUID, Errors.INVALID_REQUEST, "Duplicate topic name.")),
                answer);
        assertTrue(cluster.image().topic("orders").isPresent());
    }

    @Test
    void aTopicGrows() {
        assertEquals(new GrownTopic("orders", Errors.NONE, null), grow(new MorePartitions("orders", 5, null)));
        var topic = cluster.image().topic("orders").orElseThrow();
        assertEquals(5, topic.partitions().size());
        assertEquals(1, topic.partitions().get(4).replicas().size());
    }

    @Test
    void aClientMaySayWhereNewPartitionsGo() {
        assertEquals(
                Errors.NONE,
                grow(new MorePartitions("bills", 2, List.of(List.of(2, 1)))).code());
        assertEquals(
                new PartitionState(List.of(2, 1), List.of(2, 1), 2, 0, 0),
                cluster.image().topic("bills").orElseThrow().partitions().get(1));
    }

    @Test
    void wrongGrowthIsRefusedAsByKafka() {
        assertRefused(
                Errors.INVALID_PARTITIONS, "Topic already has 2 partition(s).", new MorePartitions("orders", 2, null));
        assertRefused(
                Errors.INVALID_PARTITIONS,
                "The topic orders currently has 2 partition(s); 1 would not be an increase.",
                new MorePartitions("orders", 1, null));
        assertRefused(
                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                "This server does not host this topic-partition.",
                new MorePartitions("nothing", 1, null));
        assertRefused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.",
                new MorePartitions("orders", 4, List.of(List.of(1))));
        assertRefused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "The manual partition assignment includes a partition with 2 replica(s), but this is not consistent"
                        + " with previous partitions, which have 1 replica(s).",
                new MorePartitions("orders", 3, List.of(List.of(1, 2))));
        assertRefused(
                Errors.POLICY_VIOLATION,
                "Excessively large number of additional partitions per request.",
                new MorePartitions("orders", 10_003, null));
        assertRefused(
                Errors.INVALID_REQUEST,
                "The number of partitions of the internal topic __consumer_offsets is fixed.",
                new MorePartitions(TopicName.CONSUMER_OFFSETS, 32, null));
    }

    @Test
    void onlyLookingChangesNothing() {
        var decided = cluster.decide(new CreatePartitions(List.of(new MorePartitions("orders", 5, null)), 0, true));
        assertEquals(List.of(), decided.records());
        assertEquals(
                Errors.NONE,
                ((PartitionsCreated) decided.answer()).topics().get(0).code());
    }

    private List<DeletedTopic> delete(TopicRef... topics) {
        return ((TopicsDeleted) cluster.ask(new DeleteTopics(List.of(topics)))).topics();
    }

    private GrownTopic grow(MorePartitions topic) {
        var answer = cluster.ask(new CreatePartitions(List.of(topic), 0, false));
        return ((PartitionsCreated) answer).topics().get(0);
    }

    private void assertRefused(Errors code, String message, MorePartitions asked) {
        assertEquals(new GrownTopic(asked.topic(), code, message), grow(asked));
    }
}
