package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.Promise;
import io.millrace.net.Answer;
import io.millrace.wire.MalformedRequest;
import io.millrace.wire.Request;
import io.millrace.wire.RequestTooLarge;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whole frames, to the door of a node with one loop.
class KafkaDoorTest {

    private static final String TAKEN = "millrace_parsed_requests_bytes";
    private static final String TOO_LARGE = "millrace_requests_too_large_total";

    @TempDir
    Path dir;

    @SuppressWarnings("NullAway.Init")
    private Ground ground;

    @SuppressWarnings("NullAway.Init")
    private Caller client;

    @SuppressWarnings("NullAway.Init")
    private KafkaDoor door;

    @BeforeEach
    void begin() throws IOException {
        ground = new Ground(dir, 1);
        client = new Caller(ground.loops.getFirst());
        door = new KafkaDoor(ground.table(), ground.shards, ground.clock, ground.metrics, ground.memory);
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private static Lent frame(ApiKeys api, int version, ApiMessage body) {
        var header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion((short) version)
                .setClientId("app");
        var head = MessageUtil.toByteBufferAccessor(header, api.requestHeaderVersion((short) version));
        var rest = MessageUtil.toByteBufferAccessor(body, (short) version);
        var bytes =
                ByteBuffer.allocate(head.buffer().remaining() + rest.buffer().remaining());
        return new Lent(bytes.put(head.buffer()).put(rest.buffer()).flip());
    }

    private Promise<Answer> ask(Lent frame) {
        return door.onFrame(client, frame);
    }

    private String refused(ApiKeys api, int version, ApiMessage body) {
        var frame = frame(api, version, body);
        var thrown = assertThrows(RequestTooLarge.class, () -> ask(frame));
        assertTrue(frame.isReleased());
        assertEquals(1, ground.metrics.value(TOO_LARGE, "api", api.name));
        assertEquals(0, ground.metrics.value(TAKEN));
        return String.valueOf(thrown.getMessage());
    }

    private static MetadataRequestData topics(int count, String suffix) {
        var topics = new ArrayList<MetadataRequestTopic>();
        for (int i = 0; i < count; i++) topics.add(new MetadataRequestTopic().setName("t" + i + suffix));
        return new MetadataRequestData().setTopics(topics).setAllowAutoTopicCreation(false);
    }

    private static FetchRequestData waiting(int partitions) {
        var wanted = new ArrayList<FetchPartition>();
        for (int i = 0; i < partitions; i++) {
            wanted.add(new FetchPartition().setPartition(i).setPartitionMaxBytes(1 << 20));
        }
        return new FetchRequestData()
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setMaxWaitMs(60_000)
                .setTopics(List.of(new FetchTopic().setTopicId(Ground.ORDERS).setPartitions(wanted)));
    }

    @Test
    void aRequestHoldsMemoryUntilItIsAnswered() {
        ground.createOrders(1);
        var frame = frame(ApiKeys.FETCH, 18, waiting(1));
        var answer = ask(frame);
        assertTrue(frame.isReleased());
        assertFalse(answer.isDone());
        assertTrue(ground.metrics.value(TAKEN) > 0);
        ground.pass(60_000);
        assertTrue(answer.isDone());
        assertEquals(0, ground.metrics.value(TAKEN));

        ask(frame(ApiKeys.FETCH, 18, waiting(1)));
        client.goAway();
        assertEquals(0, ground.metrics.value(TAKEN), "nobody waits any more");
    }

    @Test
    void requestsOtherThanProduceMayHaveEightMebibytes() {
        var message = refused(ApiKeys.METADATA, 12, topics(300, "x".repeat(30_000)));
        assertTrue(message.startsWith("a request of API Metadata of 9"), message);
        assertTrue(message.endsWith("other requests than Produce may have 8388608"), message);

        var records = MemoryRecords.readableRecords(ByteBuffer.allocate(9 << 20));
        var produce = new ProduceRequestData().setAcks((short) 1);
        produce.topicData()
                .add(new TopicProduceData()
                        .setTopicId(Ground.ORDERS)
                        .setPartitionData(List.of(new PartitionProduceData().setRecords(records))));
        assertTrue(ask(frame(ApiKeys.PRODUCE, 13, produce)).isDone());
    }

    @Test
    void aRequestMayNotTakeMoreThanThereIs() {
        var message = refused(ApiKeys.METADATA, 12, topics(10_000, ""));
        assertEquals("a request of API Metadata version 12: it takes more than 1048576 bytes of memory", message);
    }

    @Test
    void requestsMayNotTakeMoreTogether() {
        ground.createOrders(1);
        ask(frame(ApiKeys.FETCH, 18, waiting(1)));
        ask(frame(ApiKeys.METADATA, 12, topics(1_500, "")));
        long before = ground.metrics.value(TAKEN);
        ground.memory.take((1 << 20) - before - 1000);
        var frame = frame(ApiKeys.METADATA, 12, topics(100, ""));
        var thrown = assertThrows(RequestTooLarge.class, () -> ask(frame));
        assertTrue(String.valueOf(thrown.getMessage()).endsWith("all requests may take 1048576"), thrown.getMessage());
        assertTrue(frame.isReleased());
        ground.memory.give((1 << 20) - before - 1000);
        assertTrue(ask(frame(ApiKeys.METADATA, 12, topics(100, ""))).isDone());
    }

    @Test
    void aFetchThatHasNoMemoryToWaitIsAnsweredAtOnce() {
        ground.createOrders(10);
        var request = waiting(10);
        long toRead = Request.read(frame(ApiKeys.FETCH, 18, request).bytes())
                .parse(Long.MAX_VALUE, () -> 0)
                .heapBytes();
        long others = (1 << 20) - toRead - 100;
        assertTrue(ground.memory.take(others));
        assertTrue(ask(frame(ApiKeys.FETCH, 18, request)).isDone());
        assertEquals(others, ground.metrics.value(TAKEN));

        ground.memory.give(10_000);
        assertFalse(ask(frame(ApiKeys.FETCH, 18, request)).isDone());
    }

    @Test
    void whatIsNoRequestIsRefusedAndItsBytesGivenBack() {
        var unknown = frame(ApiKeys.VOTE, 0, ApiKeys.VOTE.messageType.newRequest());
        assertThrows(MalformedRequest.class, () -> ask(unknown));
        assertTrue(unknown.isReleased());
        var noise = new Lent(ByteBuffer.allocate(5));
        assertThrows(MalformedRequest.class, () -> ask(noise));
        assertTrue(noise.isReleased());
        assertEquals(0, ground.metrics.value(TAKEN));
    }

    /// Answers with many equal keys take quadratic time, or worse, to put together.
    @Test
    void whoNamesOneThingVeryOftenIsRefused() {
        int often = Repeats.MOST + 1;
        var ids = new MetadataRequestData().setTopics(new ArrayList<>());
        var records = new DeleteRecordsTopic().setName("orders");
        var offsets = new OffsetDeleteRequestTopic().setName("orders");
        var names = new ArrayList<String>();
        for (int i = 0; i < often; i++) {
            ids.topics().add(new MetadataRequestTopic().setName(null).setTopicId(new Uuid(9, i)));
            records.partitions().add(new DeleteRecordsPartition().setPartitionIndex(5));
            offsets.partitions().add(new OffsetDeleteRequestPartition().setPartitionIndex(5));
            names.add("orders");
        }
        assertTrue(refused(ApiKeys.METADATA, 12, ids).startsWith("it names what is unknown more than 1000 times"));
        refused(ApiKeys.DELETE_RECORDS, 2, new DeleteRecordsRequestData().setTopics(List.of(records)));
        refused(ApiKeys.DELETE_TOPICS, 5, new DeleteTopicsRequestData().setTopicNames(names));
        var delete = new OffsetDeleteRequestData().setGroupId("g");
        delete.topics().add(offsets);
        refused(ApiKeys.OFFSET_DELETE, 0, delete);
        assertEquals("", client.closedBecause, "the loop closes it");
    }
}
