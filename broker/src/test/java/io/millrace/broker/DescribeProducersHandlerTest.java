package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.PartitionState;
import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescribeProducersHandlerTest {

    @TempDir
    Path dir;

    @SuppressWarnings("NullAway.Init")
    private Ground ground;

    @BeforeEach
    void begin() throws IOException {
        ground = new Ground(dir, 2);
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private PartitionResponse ask(String topic, int partition) {
        var request = new DescribeProducersRequestData();
        request.topics().add(new TopicRequest().setName(topic).setPartitionIndexes(List.of(partition)));
        var caller = new Caller(ground.loops.getFirst());
        var call = ground.call(ApiKeys.DESCRIBE_PRODUCERS, 0, caller, new Lent(ByteBuffer.allocate(0)));
        var answer = new DescribeProducersHandler(new PartitionLookup(ground.shards)).handle(call, request);
        ground.settle();
        return Calls.written(answer, 0).topics().getFirst().partitions().getFirst();
    }

    private void writeAs(long producerId, int partition) {
        var batch = new BatchBuilder()
                .add(LogRecord.of(ground.clock.wallMs(), null, ByteBuffer.allocate(1)))
                .producer(producerId, (short) 3, 0)
                .build();
        ground.orders(partition).append(batch, (short) 1, () -> {});
        ground.settle();
    }

    @Test
    void producersAreToldOnWhicheverLoop() {
        ground.createOrders(2);
        writeAs(77, 1);
        assertEquals(List.of(), ask("orders", 0).activeProducers());
        var producer = ask("orders", 1).activeProducers().getFirst();
        assertEquals(List.of(77L, 3), List.of(producer.producerId(), producer.producerEpoch()));
    }

    @Test
    void everyReplicaMayBeAsked() {
        ground.createOrders(1);
        writeAs(77, 0);
        ground.change(
                new PartitionChanged(Ground.ORDERS, 0, new PartitionState(List.of(8, 7), List.of(8, 7), 8, 1, 1)));
        assertEquals(77, ask("orders", 0).activeProducers().getFirst().producerId());
    }

    @Test
    void topicsOfTheBrokersOwnMayBeAskedFor() {
        ground.create("__consumer_offsets", Ground.ORDERS, 1);
        ground.settle();
        assertEquals(Errors.NONE.code(), ask("__consumer_offsets", 0).errorCode());
    }

    @Test
    void aPartitionThatIsOfflineHasNothingToSay() {
        ground.createOrders(1);
        ground.shard(0).leave();
        assertEquals(Errors.KAFKA_STORAGE_ERROR.code(), ask("orders", 0).errorCode());
    }

    @Test
    void whatIsNotThereIsRefused() {
        ground.createOrders(1);
        assertEquals(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), ask("nothing", 0).errorCode());
        assertEquals(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), ask("orders", 4).errorCode());
        assertEquals(Errors.INVALID_TOPIC_EXCEPTION.code(), ask("a b", 0).errorCode());
    }
}
