package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignmentCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequestCollection;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a broker says to topics that cannot be made, changed, found or deleted.
@ExtendWith(SharedBroker.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopicErrorsScenario {

    private String topic = "";

    @BeforeAll
    void makeTopic(BrokerProcess broker) {
        topic = Topics.create(broker, "there.it.is", 2);
    }

    @TestFactory
    Stream<DynamicTest> topicsThatAreNotMade(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of("is there", Errors.TOPIC_ALREADY_EXISTS, rpc -> create(rpc, topic, 1, 1)),
                        Case.of("no name", Errors.INVALID_TOPIC_EXCEPTION, rpc -> create(rpc, "", 1, 1)),
                        Case.of("a dot", Errors.INVALID_TOPIC_EXCEPTION, rpc -> create(rpc, ".", 1, 1)),
                        Case.of("two dots", Errors.INVALID_TOPIC_EXCEPTION, rpc -> create(rpc, "..", 1, 1)),
                        Case.of("a blank", Errors.INVALID_TOPIC_EXCEPTION, rpc -> create(rpc, "a b", 1, 1)),
                        Case.of("a slash", Errors.INVALID_TOPIC_EXCEPTION, rpc -> create(rpc, "a/b", 1, 1)),
                        Case.of("an umlaut", Errors.INVALID_TOPIC_EXCEPTION, rpc -> create(rpc, "\u00e4", 1, 1)),
                        Case.of(
                                "250 letters",
                                Errors.INVALID_TOPIC_EXCEPTION,
                                rpc -> create(rpc, "x".repeat(250), 1, 1)),
                        Case.of("249 letters", Errors.NONE, rpc -> create(rpc, "x".repeat(249), 1, 1)),
                        Case.of(
                                "the same with _ for .",
                                Errors.INVALID_TOPIC_EXCEPTION,
                                rpc -> create(rpc, topic.replace('.', '_'), 1, 1)),
                        Case.of("no partitions", Errors.INVALID_PARTITIONS, rpc -> create(rpc, "none", 0, 1)),
                        Case.of("-2 partitions", Errors.INVALID_PARTITIONS, rpc -> create(rpc, "none", -2, 1)),
                        Case.of("no replicas", Errors.INVALID_REPLICATION_FACTOR, rpc -> create(rpc, "none", 1, 0)),
                        Case.of(
                                "more replicas than nodes",
                                Errors.INVALID_REPLICATION_FACTOR,
                                rpc -> create(rpc, "none", 1, 2)),
                        Case.of(
                                "unknown setting",
                                Errors.INVALID_CONFIG,
                                rpc -> create(rpc, "none", "no.such.setting", "1")),
                        Case.of("bad value", Errors.INVALID_CONFIG, rpc -> create(rpc, "none", "retention.ms", "x")),
                        Case.of(
                                "value out of range",
                                Errors.INVALID_CONFIG,
                                rpc -> create(rpc, "none", "segment.bytes", "3")),
                        Case.of(
                                "bad word",
                                Errors.INVALID_CONFIG,
                                rpc -> create(rpc, "none", "cleanup.policy", "forget")),
                        Case.of(
                                "setting without value",
                                Errors.INVALID_CONFIG,
                                rpc -> create(rpc, "none", "retention.ms", null)),
                        Case.of("unknown node", Errors.INVALID_REPLICA_ASSIGNMENT, rpc -> place(rpc, -1, 0, 4711)),
                        Case.of("node twice", Errors.INVALID_REPLICA_ASSIGNMENT, rpc -> place(rpc, -1, 0, 1, 1)),
                        Case.of(
                                "first partition missing",
                                Errors.INVALID_REPLICA_ASSIGNMENT,
                                rpc -> place(rpc, -1, 1, node(broker))),
                        Case.of(
                                "places and a number of partitions",
                                Errors.INVALID_REQUEST,
                                rpc -> place(rpc, 1, 0, node(broker)))));
    }

    /// One name twice in one request: neither is made.
    @Test
    void aTopicTwiceInARequestIsRefused(BrokerProcess broker) throws Exception {
        var name = Topics.name("twice");
        var topics = new CreatableTopicCollection();
        topics.mustAdd(topic(name, 1, 1));
        topics.mustAdd(topic(name, 1, 1));
        try (var rpc = Rpc.connect(broker)) {
            CreateTopicsResponseData answer = rpc.call(
                    ApiKeys.CREATE_TOPICS,
                    7,
                    new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(30_000));
            assertEquals(
                    List.of(Errors.INVALID_REQUEST),
                    answer.topics().stream()
                            .map(one -> Errors.forCode(one.errorCode()))
                            .distinct()
                            .toList());
            assertEquals(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), metadata(rpc, name));
        }
    }

    @TestFactory
    Stream<DynamicTest> topicsThatAreNotDeletedGrownOrTrimmed(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of(
                                "delete an unknown one",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> delete(rpc, new DeleteTopicState().setName("no-such-topic"))),
                        Case.of(
                                "delete an unknown id",
                                Errors.UNKNOWN_TOPIC_ID,
                                rpc -> delete(
                                        rpc,
                                        new DeleteTopicState().setName(null).setTopicId(Uuid.randomUuid()))),
                        Case.of(
                                "delete by name and id",
                                Errors.INVALID_REQUEST,
                                rpc -> delete(
                                        rpc,
                                        new DeleteTopicState().setName(topic).setTopicId(Uuid.randomUuid()))),
                        Case.of(
                                "grow an unknown one",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> grow(rpc, "no-such-topic", 3)),
                        Case.of("grow to what it has", Errors.INVALID_PARTITIONS, rpc -> grow(rpc, topic, 2)),
                        Case.of("shrink", Errors.INVALID_PARTITIONS, rpc -> grow(rpc, topic, 1)),
                        Case.of("grow to nothing", Errors.INVALID_PARTITIONS, rpc -> grow(rpc, topic, 0)),
                        Case.of(
                                "trim an unknown one",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> trim(rpc, "no-such-topic", 0, 0)),
                        Case.of(
                                "trim an unknown partition",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> trim(rpc, topic, 5, 0)),
                        Case.of("trim past the end", Errors.OFFSET_OUT_OF_RANGE, rpc -> trim(rpc, topic, 0, 1)),
                        Case.of("trim at -2", Errors.OFFSET_OUT_OF_RANGE, rpc -> trim(rpc, topic, 0, -2)),
                        Case.of("trim nothing", Errors.NONE, rpc -> trim(rpc, topic, 0, 0))));
    }

    @TestFactory
    Stream<DynamicTest> topicsThatAreNotFound(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of("metadata", Errors.NONE, rpc -> metadata(rpc, topic)),
                        Case.of(
                                "metadata of an unknown one",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> metadata(rpc, "no-such-topic")),
                        Case.of("metadata of a bad name", Errors.INVALID_TOPIC_EXCEPTION, rpc -> metadata(rpc, "a b")),
                        Case.of(
                                "metadata of an unknown id",
                                Errors.UNKNOWN_TOPIC_ID,
                                TopicErrorsScenario::metadataById),
                        Case.of(
                                "partitions of an unknown one",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> partitions(rpc, "no-such-topic")),
                        Case.of(
                                "partitions of a bad name",
                                Errors.INVALID_TOPIC_EXCEPTION,
                                rpc -> partitions(rpc, "a b")),
                        Case.of(
                                "producers of an unknown one",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> producers(rpc, "no-such-topic", 0)),
                        Case.of(
                                "producers of an unknown partition",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> producers(rpc, topic, 8)),
                        Case.of(
                                "producers of a bad name",
                                Errors.INVALID_TOPIC_EXCEPTION,
                                rpc -> producers(rpc, "a b", 0))));
    }

    private static CreatableTopic topic(String name, int partitions, int replicas) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) replicas);
    }

    private static short create(Rpc rpc, String name, int partitions, int replicas) throws Exception {
        return create(rpc, topic(name, partitions, replicas));
    }

    private static short create(Rpc rpc, String name, String setting, @Nullable String value) throws Exception {
        var settings = new CreatableTopicConfigCollection();
        settings.add(new CreatableTopicConfig().setName(setting).setValue(value));
        return create(rpc, topic(name, 1, 1).setConfigs(settings));
    }

    /// With replicas placed by hand.
    private static short place(Rpc rpc, int partitions, int index, Integer... nodes) throws Exception {
        var places = new CreatableReplicaAssignmentCollection();
        places.add(new CreatableReplicaAssignment().setPartitionIndex(index).setBrokerIds(List.of(nodes)));
        return create(rpc, topic("none", partitions, -1).setAssignments(places));
    }

    private static short create(Rpc rpc, CreatableTopic topic) throws Exception {
        var topics = new CreatableTopicCollection();
        topics.add(topic);
        var request = new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(30_000);
        CreateTopicsResponseData answer = rpc.call(ApiKeys.CREATE_TOPICS, 7, request);
        return answer.topics().iterator().next().errorCode();
    }

    private static int node(BrokerProcess broker) throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            MetadataResponseData answer =
                    rpc.call(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()));
            return answer.controllerId();
        }
    }

    private static short delete(Rpc rpc, DeleteTopicState topic) throws Exception {
        var request = new DeleteTopicsRequestData().setTopics(List.of(topic)).setTimeoutMs(30_000);
        DeleteTopicsResponseData answer = rpc.call(ApiKeys.DELETE_TOPICS, 6, request);
        return answer.responses().iterator().next().errorCode();
    }

    private static short grow(Rpc rpc, String name, int count) throws Exception {
        var topics = new CreatePartitionsTopicCollection();
        topics.add(new CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null));
        var request = new CreatePartitionsRequestData().setTopics(topics).setTimeoutMs(30_000);
        CreatePartitionsResponseData answer = rpc.call(ApiKeys.CREATE_PARTITIONS, 3, request);
        return answer.results().getFirst().errorCode();
    }

    private static short trim(Rpc rpc, String name, int partition, long offset) throws Exception {
        var asked = new DeleteRecordsPartition().setPartitionIndex(partition).setOffset(offset);
        var topic = new DeleteRecordsTopic().setName(name).setPartitions(List.of(asked));
        var request = new DeleteRecordsRequestData().setTopics(List.of(topic)).setTimeoutMs(30_000);
        DeleteRecordsResponseData answer = rpc.call(ApiKeys.DELETE_RECORDS, 2, request);
        return answer.topics().iterator().next().partitions().iterator().next().errorCode();
    }

    private static short metadata(Rpc rpc, String name) throws Exception {
        return metadata(rpc, new MetadataRequestTopic().setName(name));
    }

    private static short metadataById(Rpc rpc) throws Exception {
        return metadata(rpc, new MetadataRequestTopic().setName(null).setTopicId(Uuid.randomUuid()));
    }

    private static short metadata(Rpc rpc, MetadataRequestTopic topic) throws Exception {
        var request = new MetadataRequestData().setTopics(List.of(topic)).setAllowAutoTopicCreation(false);
        MetadataResponseData answer = rpc.call(ApiKeys.METADATA, 12, request);
        return answer.topics().iterator().next().errorCode();
    }

    private static short partitions(Rpc rpc, String name) throws Exception {
        var topic = new DescribeTopicPartitionsRequestData.TopicRequest().setName(name);
        var request = new DescribeTopicPartitionsRequestData().setTopics(List.of(topic));
        DescribeTopicPartitionsResponseData answer = rpc.call(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, request);
        return answer.topics().iterator().next().errorCode();
    }

    private static short producers(Rpc rpc, String name, int partition) throws Exception {
        var topics = new TopicRequestCollection();
        topics.add(new TopicRequest().setName(name).setPartitionIndexes(List.of(partition)));
        var request = new DescribeProducersRequestData().setTopics(topics);
        DescribeProducersResponseData answer = rpc.call(ApiKeys.DESCRIBE_PRODUCERS, 0, request);
        return answer.topics().getFirst().partitions().getFirst().errorCode();
    }
}
