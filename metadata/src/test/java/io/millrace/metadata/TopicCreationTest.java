package io.millrace.metadata;

import static io.millrace.metadata.Asked.id;
import static io.millrace.metadata.Asked.topic;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.ControllerAnswer.CreatedTopic;
import io.millrace.metadata.ControllerAnswer.TopicsCreated;
import io.millrace.metadata.ControllerCommand.Assignment;
import io.millrace.metadata.ControllerCommand.ConfigEntry;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.NewTopic;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class TopicCreationTest {

    private static final TopicDefaults DEFAULTS = new TopicDefaults(4, -1);

    private final Asked cluster = Asked.withNodes(1, 2, 3);

    @Test
    void aTopicIsMadeAsAsked() {
        var made = create(topic("orders", 3, 2));
        assertEquals(Errors.NONE, made.code());
        assertNull(made.message());

        var topic = cluster.image().topic("orders").orElseThrow();
        assertEquals(topic, made.topic());
        assertEquals(id("orders"), topic.id());
        assertEquals(List.of(List.of(1, 2), List.of(2, 3), List.of(3, 1)), replicas(topic));
        assertEquals(
                new PartitionState(List.of(1, 2), List.of(1, 2), 1, 0, 0),
                topic.partitions().get(0));
    }

    @Test
    void theClusterFillsInWhatATopicLeavesOpen() {
        assertNotNull(create(topic("orders", -1, -1)).topic());
        var topic = cluster.image().topic("orders").orElseThrow();
        assertEquals(4, topic.partitions().size());
        assertEquals(3, topic.partitions().get(0).replicas().size());

        var alone = Asked.withNodes(5);
        alone.ask(new CreateTopics(List.of(topic("orders", -1, -1)), DEFAULTS, -7, false));
        assertEquals(
                List.of(5),
                alone.image().topic("orders").orElseThrow().partitions().get(0).replicas());

        alone.ask(new CreateTopics(List.of(topic("bills", -1, -1)), new TopicDefaults(2, 1), 0, false));
        assertEquals(2, alone.image().topic("bills").orElseThrow().partitions().size());
    }

    @Test
    void theSeedSaysWhereTheRoundBegins() {
        for (int seed : new int[] {1, -2, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            var decided = cluster.decide(new CreateTopics(List.of(topic("orders", 1, 1)), DEFAULTS, seed, true));
            var made = ((TopicsCreated) decided.answer()).topics().get(0).topic();
            assertNotNull(made);
            assertEquals(
                    List.of(1 + Math.floorMod(seed, 3)),
                    made.partitions().get(0).replicas());
        }
    }

    @Test
    void wrongNumbersAreRefusedAsByKafka() {
        assertRefused(
                Errors.INVALID_REPLICATION_FACTOR,
                "Replication factor must be larger than 0, or -1 to use the default value.",
                topic("orders", 1, 0));
        assertRefused(
                Errors.INVALID_PARTITIONS,
                "Number of partitions was set to an invalid non-positive value.",
                topic("orders", 0, 1));
        assertRefused(
                Errors.INVALID_PARTITIONS,
                "Number of partitions was set to an invalid non-positive value.",
                topic("orders", -2, 1));
        assertRefused(
                Errors.INVALID_REPLICATION_FACTOR,
                "Unable to replicate the partition 4 time(s): The target replication factor of 4 cannot be reached"
                        + " because only 3 broker(s) are registered.",
                topic("orders", 1, 4));
        assertTrue(cluster.image().topics().isEmpty());
    }

    @Test
    void aClusterWithoutNodesMakesNoTopics() {
        var none = new Asked();
        var answer = (TopicsCreated) none.ask(new CreateTopics(List.of(topic("orders", 1, 1)), DEFAULTS, 0, false));
        assertEquals(Errors.INVALID_REPLICATION_FACTOR, answer.topics().get(0).code());
    }

    @Test
    void wrongNamesAreRefusedAsByKafka() {
        assertRefused(Errors.INVALID_TOPIC_EXCEPTION, "Topic name is invalid: '..' is not allowed", topic("..", 1, 1));
        assertRefused(
                Errors.INVALID_REQUEST,
                "Creation of internal topic __cluster_metadata is prohibited.",
                topic("__cluster_metadata", 1, 1));
        create(topic("a.b", 1, 1));
        assertRefused(
                Errors.INVALID_TOPIC_EXCEPTION, "Topic 'a_b' collides with existing topic: a.b", topic("a_b", 1, 1));
        assertRefused(Errors.TOPIC_ALREADY_EXISTS, "Topic 'a.b' already exists.", topic("a.b", 1, 1));
    }

    @Test
    void namesOfOneCommandCollideToo() {
        var answer = createAll(topic("a.b", 1, 1), topic("a_b", 1, 1));
        assertEquals(List.of(Errors.NONE, Errors.INVALID_TOPIC_EXCEPTION), codes(answer));
    }

    @Test
    void oneBadTopicDoesNotFailTheOthers() {
        var answer = createAll(topic("good", 1, 1), topic("b a d", 1, 1), topic("fine", 1, 1));
        assertEquals(List.of(Errors.NONE, Errors.INVALID_TOPIC_EXCEPTION, Errors.NONE), codes(answer));
        assertEquals(2, cluster.image().topics().size());
    }

    @Test
    void aTopicAskedTwiceIsRefusedOnce() {
        var answer = createAll(topic("twice", 1, 1), topic("once", 1, 1), topic("twice", 2, 1));
        assertEquals(
                List.of("once", "twice"),
                answer.topics().stream().map(CreatedTopic::name).toList());
        assertEquals("Duplicate topic name.", answer.topics().get(1).message());
        assertTrue(cluster.image().topic("twice").isEmpty());
    }

    @Test
    void onlyLookingChangesNothing() {
        var decided = cluster.decide(new CreateTopics(List.of(topic("orders", 3, 2)), DEFAULTS, 0, true));
        assertEquals(List.of(), decided.records());
        assertEquals(
                Errors.NONE, ((TopicsCreated) decided.answer()).topics().get(0).code());
    }

    @Test
    void tooManyPartitionsAtOnceAreRefused() {
        var answer = createAll(topic("some", 9_999, 1), topic("more", 2, 1));
        assertEquals(List.of(Errors.POLICY_VIOLATION, Errors.POLICY_VIOLATION), codes(answer));
        assertEquals(
                "Excessively large number of partitions per request.",
                answer.topics().get(0).message());
        assertEquals(Errors.NONE, create(topic("many", 10_000, 1)).code());
    }

    @Test
    void aClientMaySayWherePartitionsGo() {
        assertEquals(
                Errors.NONE,
                create(told(-1, -1, new Assignment(1, List.of(2, 3)), new Assignment(0, List.of(3, 1))))
                        .code());
        assertEquals(
                List.of(List.of(3, 1), List.of(2, 3)),
                replicas(cluster.image().topic("told").orElseThrow()));
    }

    @Test
    void wrongAssignmentsAreRefusedAsByKafka() {
        var on1 = new Assignment(0, List.of(1));
        assertRefused(
                Errors.INVALID_REQUEST,
                "A manual partition assignment was specified, but replication factor was not set to -1.",
                told(-1, 1, on1));
        assertRefused(
                Errors.INVALID_REQUEST,
                "A manual partition assignment was specified, but numPartitions was not set to -1.",
                told(1, -1, on1));
        assertRefused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "Found multiple manual partition assignments for partition 0",
                told(-1, -1, on1, on1));
        assertRefused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "partitions should be a consecutive 0-based integer sequence",
                told(-1, -1, on1, new Assignment(2, List.of(1))));
        assertRefused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "partitions should be a consecutive 0-based integer sequence",
                told(-1, -1, new Assignment(-1, List.of(1))));
        assertRefused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "The manual partition assignment includes an empty replica list.",
                told(-1, -1, new Assignment(0, List.of())));
        assertRefused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "The manual partition assignment includes broker 9, but no such broker is registered.",
                told(-1, -1, new Assignment(0, List.of(1, 9))));
        assertRefused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "The manual partition assignment includes the broker 2 more than once.",
                told(-1, -1, new Assignment(0, List.of(2, 2))));
        assertRefused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "The manual partition assignment includes a partition with 2 replica(s), but this is not consistent"
                        + " with previous partitions, which have 1 replica(s).",
                told(-1, -1, on1, new Assignment(1, List.of(1, 2))));
    }

    @Test
    void settingsAreCheckedAndKept() {
        var made = create(
                configured(new ConfigEntry("retention.ms", "1000"), new ConfigEntry("cleanup.policy", "compact")));
        assertEquals(Map.of("retention.ms", "1000", "cleanup.policy", "compact"), made.configs());
        assertEquals(made.configs(), cluster.image().config(ConfigResource.topic("configured")));
    }

    @Test
    void wrongSettingsAreRefusedAsByKafka() {
        assertRefused(
                Errors.INVALID_CONFIG,
                "Unknown topic config name: retention.mss; did you mean retention.ms?",
                configured(new ConfigEntry("retention.mss", "1")));
        assertRefused(
                Errors.INVALID_CONFIG,
                "Null value not supported for topic configs: a,b",
                configured(new ConfigEntry("a", null), new ConfigEntry("b", null)));
        var wrong = create(configured(new ConfigEntry("retention.ms", "soon")));
        assertEquals(Errors.INVALID_CONFIG, wrong.code());
        assertTrue(
                String.valueOf(wrong.message()).startsWith("Invalid value for configuration retention.ms: 'soon'"),
                wrong::toString);
    }

    private CreatedTopic create(NewTopic topic) {
        return createAll(topic).topics().get(0);
    }

    private TopicsCreated createAll(NewTopic... topics) {
        return (TopicsCreated) cluster.ask(new CreateTopics(List.of(topics), DEFAULTS, 0, false));
    }

    private void assertRefused(Errors code, String message, NewTopic topic) {
        assertEquals(new CreatedTopic(topic.name(), code, message, null, Map.of()), create(topic));
    }

    private static NewTopic told(int partitions, int factor, Assignment... assignments) {
        return new NewTopic("told", id("told"), partitions, factor, List.of(assignments), List.of());
    }

    private static NewTopic configured(ConfigEntry... entries) {
        return new NewTopic("configured", id("configured"), 1, 1, List.of(), Arrays.asList(entries));
    }

    private static List<Errors> codes(TopicsCreated answer) {
        return answer.topics().stream().map(CreatedTopic::code).toList();
    }

    private static List<List<Integer>> replicas(Topic topic) {
        return IntStream.range(0, topic.partitions().size())
                .mapToObj(i -> topic.partitions().get(i).replicas())
                .toList();
    }
}
