package io.millrace.acceptance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Record batches by hand: made, sent and fetched without a client's producer or consumer in between.
final class Batches {

    /// The last version of Fetch and of Produce that names topics by name.
    static final int FETCH_BY_NAME = 12;

    static final int PRODUCE_BY_NAME = 12;

    private Batches() {}

    /// A batch of uncompressed records with these values, without keys.
    static MemoryRecords plain(String... values) {
        var records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++)
            records[i] = new SimpleRecord(
                    System.currentTimeMillis(), values[i].getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    static ProduceRequestData produce(String topic, int partition, BaseRecords records) {
        var data = new PartitionProduceData().setIndex(partition).setRecords(records);
        var topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData().setName(topic).setPartitionData(List.of(data)));
        return new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000).setTopicData(topics);
    }

    /// The one partition's part of an answer.
    static PartitionProduceResponse only(ProduceResponseData answer) {
        return answer.responses().iterator().next().partitionResponses().getFirst();
    }

    static PartitionProduceResponse send(Rpc rpc, String topic, int partition, BaseRecords records) throws IOException {
        ProduceResponseData answer = rpc.call(ApiKeys.PRODUCE, PRODUCE_BY_NAME, produce(topic, partition, records));
        return only(answer);
    }

    /// A fetch of one partition outside of any session.
    static FetchRequestData fetch(String topic, int partition, long offset, int maxWaitMs, int maxBytes) {
        return new FetchRequestData()
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(1)
                .setMaxBytes(maxBytes)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(new FetchPartition()
                                .setPartition(partition)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(maxBytes)))));
    }

    static FetchResponseData.PartitionData only(FetchResponseData answer) {
        return answer.responses().getFirst().partitions().getFirst();
    }

    /// Every batch in partitions 0 to `partitions`, as it lies in the log.
    static List<RecordBatch> read(BrokerProcess broker, String topic, int partitions) throws IOException {
        var batches = new ArrayList<RecordBatch>();
        try (var rpc = Rpc.connect(broker)) {
            for (int partition = 0; partition < partitions; partition++) {
                long offset = 0;
                while (true) {
                    var request = fetch(topic, partition, offset, 0, 1 << 20);
                    FetchResponseData answer = rpc.call(ApiKeys.FETCH, FETCH_BY_NAME, request);
                    var part = only(answer);
                    if (part.errorCode() != Errors.NONE.code())
                        throw new AssertionError(Errors.forCode(part.errorCode()));
                    long before = offset;
                    for (var batch : ((MemoryRecords) part.records()).batches()) {
                        batch.ensureValid();
                        batches.add(batch);
                        offset = batch.nextOffset();
                    }
                    if (offset == before) break;
                }
            }
        }
        return batches;
    }
}
