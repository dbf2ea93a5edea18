package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.PartitionState;
import io.millrace.model.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Produce requests over two loops: the producer's connection is on loop 0, as are the even partitions of
/// `orders`. A frame that is released twice fails its story.
class ProduceHandlerTest {

    private static final short ALL = -1;

    @TempDir
    Path dir;

    private final Lent frame = new Lent(ByteBuffer.allocate(0));

    @SuppressWarnings("NullAway.Init")
    private Ground ground;

    @SuppressWarnings("NullAway.Init")
    private Caller producer;

    @SuppressWarnings("NullAway.Init")
    private Call call;

    @BeforeEach
    void begin() throws IOException {
        ground = new Ground(dir, 2);
        producer = new Caller(ground.loops.getFirst());
        call = ground.call(ApiKeys.PRODUCE, 13, producer, frame);
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private PartitionProduceData batchFor(int partition, int valueBytes) {
        return batchFor(partition, ground.batch(valueBytes));
    }

    private static PartitionProduceData batchFor(int partition, ByteBuffer batch) {
        return new PartitionProduceData().setIndex(partition).setRecords(MemoryRecords.readableRecords(batch));
    }

    private static TopicProduceData orders(PartitionProduceData... batches) {
        return new TopicProduceData().setTopicId(Ground.ORDERS).setPartitionData(List.of(batches));
    }

    private Promise<ProduceResponseData> produce(int acks, TopicProduceData... topics) {
        var request = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(1000);
        for (var topic : topics) request.topicData().add(topic);
        return new ProduceHandler(ground.shards).handle(call, request);
    }

    /// Partition, code and base offset of every answer, as the client reads them.
    private static List<String> told(Promise<ProduceResponseData> answer, int version) {
        var told = new ArrayList<String>();
        for (var topic : Calls.written(answer, version).responses()) {
            for (var one : topic.partitionResponses()) {
                told.add("%d: %s at %d".formatted(one.index(), Errors.forCode(one.errorCode()), one.baseOffset()));
            }
        }
        return told;
    }

    private List<Long> ends() {
        return ground.shards.all().stream()
                .flatMap(shard -> shard.partitions().stream())
                .map(partition -> partition.logEndOffset())
                .toList();
    }

    @Test
    void whoWaitsForTheLeaderIsAnsweredWhenTheBatchIsWritten() {
        ground.createOrders(1);
        var answer = produce(1, orders(batchFor(0, 10)));
        assertFalse(answer.isDone() || frame.isReleased(), "the turn is not over");
        ground.settle();
        assertEquals(List.of("0: NONE at 0"), told(answer, 13));
        assertTrue(frame.isReleased());
        assertFalse(call.wantsNoAnswer());
    }

    @Test
    void whoWaitsForAllIsAnsweredWhenTheBatchIsCommitted() {
        ground.createOrders(1);
        var answer = produce(ALL, orders(batchFor(0, 10)));
        assertFalse(answer.isDone() || frame.isReleased());
        ground.settle();
        assertEquals(List.of("0: NONE at 0"), told(answer, 13));
        assertEquals(1, ground.orders(0).highWatermark());
        assertTrue(frame.isReleased());
    }

    @Test
    void whoDoesNotWaitIsNotAnswered() {
        ground.createOrders(1);
        var answer = produce(0, orders(batchFor(0, 10)));
        assertTrue(answer.isDone() && call.wantsNoAnswer());
        assertFalse(frame.isReleased(), "the log has not written the bytes yet");
        ground.settle();
        assertTrue(frame.isReleased());
        assertEquals(List.of(1L), ends());
        assertEquals("", producer.closedBecause);
    }

    @Test
    void aRefusalThatNobodyWaitsForClosesTheConnection() {
        ground.createOrders(1, "max.message.bytes", "1000");
        var answer = produce(0, orders(batchFor(0, 1000)));
        assertTrue(answer.isDone() && frame.isReleased());
        assertEquals("a batch sent with acks=0 was refused", producer.closedBecause);
    }

    @Test
    void aRefusalByTheDiskIsToldALittleLaterSinceItWouldBeTheSameAgain() throws IOException {
        Files.writeString(dir.resolve("orders-0"), "no folder");
        ground.createOrders(1);
        var answer = produce(1, orders(batchFor(0, 10)));
        ground.pass(249);
        assertTrue(frame.isReleased());
        assertFalse(answer.isDone());
        ground.pass(1);
        assertEquals(List.of("0: KAFKA_STORAGE_ERROR at -1"), told(answer, 13));
    }

    @Test
    void aPartitionThatTheDiskRefusesDelaysNoOther() throws IOException {
        Files.writeString(dir.resolve("orders-0"), "no folder");
        ground.createOrders(2);
        var answer = produce(1, orders(batchFor(0, 10), batchFor(1, 10)));
        ground.settle();
        assertEquals(List.of("0: KAFKA_STORAGE_ERROR at -1", "1: NONE at 0"), told(answer, 13));
    }

    @Test
    void everyPartitionIsVisitedOnItsLoopAndAnsweredInItsPlace() {
        ground.createOrders(4);
        ground.append(3, 1, 1);
        var answer =
                produce(1, orders(batchFor(3, 10), batchFor(0, 10), batchFor(1, 10), batchFor(2, 10), batchFor(9, 10)));
        assertEquals(1, ground.loops.get(1).waiting(), "one message for all its partitions");
        while (ground.loops.get(0).turn()) {}
        assertFalse(answer.isDone() || frame.isReleased(), "loop 1 still has the bytes");
        ground.settle();
        assertEquals(
                List.of(
                        "3: NONE at 2",
                        "0: NONE at 0",
                        "1: NONE at 0",
                        "2: NONE at 0",
                        "9: UNKNOWN_TOPIC_OR_PARTITION at -1"),
                told(answer, 13));
        assertTrue(frame.isReleased());
    }

    @Test
    void aTopicMayBeNamedTwice() {
        ground.createOrders(2);
        var answer = produce(1, orders(batchFor(0, 10), batchFor(1, 10)), orders(batchFor(0, 20)));
        ground.settle();
        assertEquals(List.of("0: NONE at 0", "1: NONE at 0", "0: NONE at 1"), told(answer, 13));
        assertEquals(List.of(2L, 1L), ends());
        assertTrue(frame.isReleased());
    }

    @Test
    void aBatchThatIsTooLargeIsRefusedAndTheOthersAreKept() {
        ground.createOrders(2, "max.message.bytes", "1000");
        var answer = produce(ALL, orders(batchFor(0, 1000), batchFor(1, 10)));
        ground.settle();
        assertEquals(List.of("0: MESSAGE_TOO_LARGE at -1", "1: NONE at 0"), told(answer, 13));
        var message = answer.value().responses().iterator().next().partitionResponses();
        assertTrue(String.valueOf(message.getFirst().errorMessage()).contains("max.message.bytes of topic orders"));
        assertEquals(
                1,
                ground.metrics.value("millrace_request_errors_total", "api", "Produce", "error", "MESSAGE_TOO_LARGE"));
        assertTrue(frame.isReleased());
    }

    @Test
    void whatIsNoBatchIsRefused() {
        ground.createOrders(1);
        var answer = produce(
                1,
                orders(
                        new PartitionProduceData().setIndex(0).setRecords(null),
                        batchFor(0, ByteBuffer.allocate(100)),
                        batchFor(0, ground.batch(10).putInt(17, 4711))));
        ground.settle();
        assertEquals(
                List.of("0: INVALID_RECORD at -1", "0: INVALID_RECORD at -1", "0: CORRUPT_MESSAGE at -1"),
                told(answer, 13));
        assertEquals(List.of(0L), ends());
        assertTrue(frame.isReleased());
    }

    @Test
    void aTopicThatNobodyKnowsIsRefusedInTheWordsOfTheVersion() {
        var byId = produce(
                1,
                new TopicProduceData()
                        .setTopicId(new Uuid(9, 9))
                        .setPartitionData(List.of(batchFor(0, 10), batchFor(1, 10))));
        ground.settle();
        assertEquals(List.of("0: UNKNOWN_TOPIC_ID at -1", "1: UNKNOWN_TOPIC_ID at -1"), told(byId, 13));
        assertTrue(frame.isReleased());

        var other = new Lent(ByteBuffer.allocate(0));
        call = ground.call(ApiKeys.PRODUCE, 12, producer, other);
        var byName = produce(1, new TopicProduceData().setName("nothing").setPartitionData(List.of(batchFor(0, 10))));
        ground.settle();
        assertEquals(List.of("0: UNKNOWN_TOPIC_OR_PARTITION at -1"), told(byName, 12));
        assertTrue(other.isReleased());
    }

    @Test
    void acksThatDoNotExistAreRefusedAndTheBytesNeverTaken() {
        ground.createOrders(1);
        assertEquals(List.of("0: INVALID_REQUIRED_ACKS at -1"), told(produce(2, orders(batchFor(0, 10))), 13));
        assertEquals(List.of("0: INVALID_REQUIRED_ACKS at -1"), told(produce(-2, orders(batchFor(0, 10))), 13));
        assertEquals(List.of(), told(produce(1), 13));
        assertFalse(call.isFrameTaken(), "the door gives them back");
        assertEquals(List.of(0L), ends());
    }

    @Test
    void aPartitionThatIsStillOpeningIsWaitedFor() {
        ground.create("orders", Ground.ORDERS, 2);
        var answer = produce(1, orders(batchFor(0, 10), batchFor(1, 10)));
        ground.settleLoops();
        assertFalse(answer.isDone() || frame.isReleased());
        ground.settle();
        assertEquals(List.of("0: NONE at 0", "1: NONE at 0"), told(answer, 13));
        assertTrue(frame.isReleased());
    }

    @Test
    void aPartitionThatMovesTellsWhoWaits() {
        ground.createOrders(1);
        var answer = produce(ALL, orders(batchFor(0, 10)));
        ground.change(new PartitionChanged(
                Ground.ORDERS, 0, new PartitionState(List.of(7), List.of(7), PartitionState.NO_LEADER, 1, 1)));
        ground.settle();
        assertTrue(answer.isDone() && frame.isReleased());
        assertEquals(List.of("0: NOT_LEADER_OR_FOLLOWER at -1"), told(again(), 13));
    }

    private Promise<ProduceResponseData> again() {
        call = ground.call(ApiKeys.PRODUCE, 13, producer, new Lent(ByteBuffer.allocate(0)));
        return produce(ALL, orders(batchFor(0, 10)));
    }

    @Test
    void aLoopThatHasEndedGivesTheBytesBack() {
        ground.createOrders(3);
        ground.loops.get(1).hasEnded = true;
        var answer = produce(1, orders(batchFor(0, 10), batchFor(1, 10)));
        ground.settle();
        assertEquals(List.of("0: NONE at 0", "1: NOT_LEADER_OR_FOLLOWER at -1"), told(answer, 13));
        assertTrue(frame.isReleased());

        var other = new Lent(ByteBuffer.allocate(0));
        call = ground.call(ApiKeys.PRODUCE, 13, producer, other);
        assertEquals(List.of("1: NOT_LEADER_OR_FOLLOWER at -1"), told(produce(1, orders(batchFor(1, 10))), 13));
        assertTrue(other.isReleased());
    }
}
