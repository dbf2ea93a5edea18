package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a broker says to those who read at places, epochs and sessions that are not there.
@ExtendWith(SharedBroker.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FetchErrorsScenario {

    private static final int BYTES = 1 << 20;

    private String topic = "";
    private Uuid topicId = Uuid.ZERO_UUID;

    /// A topic with records from offset 2 to offset 5.
    @BeforeAll
    void makeTopic(BrokerProcess broker) throws Exception {
        topic = Topics.create(broker, "read", 1);
        try (var rpc = Rpc.connect(broker);
                var admin = Topics.admin(broker)) {
            assertEquals(
                    0,
                    Batches.send(rpc, topic, 0, Batches.plain("a", "b", "c", "d", "e"))
                            .errorCode());
            var cut = Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(2));
            Topics.get(admin.deleteRecords(cut).all());
            topicId = Topics.of(Topics.get(admin.describeTopics(List.of(topic)).allTopicNames()), topic)
                    .topicId();
        }
    }

    @TestFactory
    Stream<DynamicTest> fetchesThatFindNothing(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of("a good one", Errors.NONE, rpc -> fetch(rpc, topic, 0, 2)),
                        Case.of("at the end", Errors.NONE, rpc -> fetch(rpc, topic, 0, 5)),
                        Case.of("past the end", Errors.OFFSET_OUT_OF_RANGE, rpc -> fetch(rpc, topic, 0, 6)),
                        Case.of("before the start", Errors.OFFSET_OUT_OF_RANGE, rpc -> fetch(rpc, topic, 0, 1)),
                        Case.of("negative offset", Errors.OFFSET_OUT_OF_RANGE, rpc -> fetch(rpc, topic, 0, -1)),
                        Case.of(
                                "unknown topic",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> fetch(rpc, "no-such-topic", 0, 0)),
                        Case.of("unknown partition", Errors.UNKNOWN_TOPIC_OR_PARTITION, rpc -> fetch(rpc, topic, 3, 0)),
                        Case.of("by id", Errors.NONE, rpc -> fetchById(rpc, topicId, 0)),
                        Case.of("unknown id", Errors.UNKNOWN_TOPIC_ID, rpc -> fetchById(rpc, Uuid.randomUuid(), 0)),
                        Case.of(
                                "unknown partition by id",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> fetchById(rpc, topicId, 9)),
                        Case.of("an epoch to come", Errors.UNKNOWN_LEADER_EPOCH, rpc -> fetchInEpoch(rpc, 99)),
                        Case.of(
                                "an unknown session",
                                Errors.FETCH_SESSION_ID_NOT_FOUND,
                                rpc -> session(rpc, 123_456, 1).errorCode())));
    }

    /// A session returns only what changed, and refuses a step out of turn.
    @Test
    void aFetchSessionIsKept(BrokerProcess broker) throws Exception {
        var fresh = Topics.create(broker, "session", 2);
        try (var rpc = Rpc.connect(broker)) {
            var first = Batches.fetch(fresh, 0, 0, 0, BYTES).setSessionEpoch(0);
            first.topics().getFirst().setPartitions(List.of(at(0), at(1)));
            FetchResponseData opened = rpc.call(ApiKeys.FETCH, Batches.FETCH_BY_NAME, first);
            assertEquals(Errors.NONE, Errors.forCode(opened.errorCode()));
            int session = opened.sessionId();
            assertTrue(session != 0);
            assertEquals(2, opened.responses().getFirst().partitions().size());

            assertTrue(session(rpc, session, 1).responses().isEmpty());
            var _ = Batches.send(rpc, fresh, 1, Batches.plain("x"));
            var changed = session(rpc, session, 2).responses();
            assertEquals(1, changed.size());
            assertEquals(
                    List.of(1),
                    changed.getFirst().partitions().stream()
                            .map(p -> p.partitionIndex())
                            .toList());

            assertEquals(
                    Errors.INVALID_FETCH_SESSION_EPOCH,
                    Errors.forCode(session(rpc, session, 9).errorCode()));
            var forgotten = session(rpc, session, -1);
            assertEquals(Errors.NONE, Errors.forCode(forgotten.errorCode()));
            assertEquals(
                    Errors.FETCH_SESSION_ID_NOT_FOUND,
                    Errors.forCode(session(rpc, session, 3).errorCode()));
        }
    }

    @TestFactory
    Stream<DynamicTest> offsetsThatCannotBeListed(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of(
                                "earliest",
                                Errors.NONE,
                                rpc -> list(rpc, topic, 0, -2, -1).errorCode()),
                        Case.of(
                                "unknown topic",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> list(rpc, "no-such-topic", 0, -1, -1).errorCode()),
                        Case.of(
                                "unknown partition",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> list(rpc, topic, 4, -1, -1).errorCode()),
                        Case.of(
                                "an epoch to come",
                                Errors.UNKNOWN_LEADER_EPOCH,
                                rpc -> list(rpc, topic, 0, -1, 99).errorCode())));
    }

    @Test
    void listedOffsetsAreThoseOfTheLog(BrokerProcess broker) throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(2, list(rpc, topic, 0, -2, -1).offset());
            assertEquals(5, list(rpc, topic, 0, -1, -1).offset());
        }
    }

    @TestFactory
    Stream<DynamicTest> epochsThatHaveNoEnd(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of(
                                "the present one",
                                Errors.NONE,
                                rpc -> epochEnd(rpc, topic, 0, -1, 0).errorCode()),
                        Case.of(
                                "unknown topic",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> epochEnd(rpc, "no-such-topic", 0, -1, 0).errorCode()),
                        Case.of(
                                "unknown partition",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> epochEnd(rpc, topic, 7, -1, 0).errorCode()),
                        Case.of(
                                "an epoch to come",
                                Errors.UNKNOWN_LEADER_EPOCH,
                                rpc -> epochEnd(rpc, topic, 0, 99, 0).errorCode())));
    }

    @Test
    void thePresentEpochEndsWithTheLog(BrokerProcess broker) throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(5, epochEnd(rpc, topic, 0, -1, 0).endOffset());
            assertEquals(-1, epochEnd(rpc, topic, 0, -1, 50).endOffset());
        }
    }

    /// A batch larger than what the reader asked for comes whole, so that it can go on.
    @Test
    void aLargeFirstBatchComesWhole(BrokerProcess broker) throws Exception {
        var large = Topics.create(broker, "large", 1);
        try (var rpc = Rpc.connect(broker)) {
            var _ = Batches.send(rpc, large, 0, Batches.plain("x".repeat(50_000)));
            FetchResponseData answer =
                    rpc.call(ApiKeys.FETCH, Batches.FETCH_BY_NAME, Batches.fetch(large, 0, 0, 0, 100));
            assertTrue(Batches.only(answer).records().sizeInBytes() > 50_000);
        }
    }

    /// An empty fetch waits as long as it said, and is answered at once when something comes.
    @Test
    void aFetchWaitsForRecords(BrokerProcess broker) throws Exception {
        var quiet = Topics.create(broker, "quiet", 1);
        try (var reader = Rpc.connect(broker);
                var writer = Rpc.connect(broker)) {
            long beganNs = System.nanoTime();
            FetchResponseData empty =
                    reader.call(ApiKeys.FETCH, Batches.FETCH_BY_NAME, Batches.fetch(quiet, 0, 0, 400, BYTES));
            assertTrue(System.nanoTime() - beganNs >= 390_000_000, "answered before its time");
            assertEquals(0, Batches.only(empty).records().sizeInBytes());

            reader.send(ApiKeys.FETCH, Batches.FETCH_BY_NAME, Batches.fetch(quiet, 0, 0, 80_000, BYTES));
            var _ = Batches.send(writer, quiet, 0, Batches.plain("at last"));
            FetchResponseData full = reader.receive();
            assertFalse(Batches.only(full).records().sizeInBytes() == 0);
        }
    }

    private static FetchRequestData.FetchPartition at(int partition) {
        return new FetchRequestData.FetchPartition()
                .setPartition(partition)
                .setFetchOffset(0)
                .setPartitionMaxBytes(BYTES);
    }

    private static FetchResponseData session(Rpc rpc, int session, int epoch) throws Exception {
        var request =
                new FetchRequestData().setMaxBytes(BYTES).setSessionId(session).setSessionEpoch(epoch);
        return rpc.call(ApiKeys.FETCH, Batches.FETCH_BY_NAME, request);
    }

    private static short fetch(Rpc rpc, String topic, int partition, long offset) throws Exception {
        var request = Batches.fetch(topic, partition, offset, 0, BYTES);
        FetchResponseData answer = rpc.call(ApiKeys.FETCH, Batches.FETCH_BY_NAME, request);
        return Batches.only(answer).errorCode();
    }

    private static short fetchById(Rpc rpc, Uuid id, int partition) throws Exception {
        var request = Batches.fetch("", partition, 2, 0, BYTES);
        request.topics().getFirst().setTopicId(id);
        FetchResponseData answer = rpc.call(ApiKeys.FETCH, 17, request);
        return Batches.only(answer).errorCode();
    }

    private short fetchInEpoch(Rpc rpc, int epoch) throws Exception {
        var request = Batches.fetch(topic, 0, 2, 0, BYTES);
        request.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(epoch);
        FetchResponseData answer = rpc.call(ApiKeys.FETCH, Batches.FETCH_BY_NAME, request);
        return Batches.only(answer).errorCode();
    }

    private static ListOffsetsResponseData.ListOffsetsPartitionResponse list(
            Rpc rpc, String topic, int partition, long timestamp, int epoch) throws Exception {
        var asked = new ListOffsetsPartition()
                .setPartitionIndex(partition)
                .setTimestamp(timestamp)
                .setCurrentLeaderEpoch(epoch);
        var request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic().setName(topic).setPartitions(List.of(asked))));
        ListOffsetsResponseData answer = rpc.call(ApiKeys.LIST_OFFSETS, 7, request);
        return answer.topics().getFirst().partitions().getFirst();
    }

    private static EpochEndOffset epochEnd(Rpc rpc, String topic, int partition, int current, int epoch)
            throws Exception {
        var asked = new OffsetForLeaderPartition()
                .setPartition(partition)
                .setCurrentLeaderEpoch(current)
                .setLeaderEpoch(epoch);
        var topics = new OffsetForLeaderTopicCollection();
        topics.add(new OffsetForLeaderTopic().setTopic(topic).setPartitions(List.of(asked)));
        var request = new OffsetForLeaderEpochRequestData().setReplicaId(-1).setTopics(topics);
        OffsetForLeaderEpochResponseData answer = rpc.call(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, request);
        return answer.topics().iterator().next().partitions().getFirst();
    }
}
