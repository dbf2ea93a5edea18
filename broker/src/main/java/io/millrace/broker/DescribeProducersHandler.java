package io.millrace.broker;

import io.millrace.log.ProducerView;
import io.millrace.model.Promise;
import io.millrace.replica.Partition;
import java.util.ArrayList;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.Errors;

/// DescribeProducers, version 0: which producers a partition remembers. Every replica may be asked, not the leader
/// alone; a partition that is offline has nothing to say.
final class DescribeProducersHandler implements Handler<DescribeProducersRequestData, DescribeProducersResponseData> {

    private static final long NO_OPEN_TRANSACTION = -1;

    private final PartitionLookup lookup;

    DescribeProducersHandler(PartitionLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public Promise<DescribeProducersResponseData> handle(Call call, DescribeProducersRequestData request) {
        var topics = new ArrayList<Promise<TopicResponse>>();
        for (var topic : request.topics()) {
            var parts = topic.partitionIndexes().stream()
                    .map(index -> describe(call, topic.name(), index))
                    .toList();
            topics.add(Promise.all(parts)
                    .map(all -> new TopicResponse().setName(topic.name()).setPartitions(all)));
        }
        return Promise.all(topics).map(all -> new DescribeProducersResponseData().setTopics(all));
    }

    private Promise<PartitionResponse> describe(Call call, String topic, int index) {
        if (!TopicMaker.isValidName(topic)) {
            return Promise.of(refused(index, call.told(Errors.INVALID_TOPIC_EXCEPTION)));
        }
        return lookup.ask(
                call,
                topic,
                index,
                (_, partition) -> Promise.of(describe(call, partition)),
                code -> refused(index, code));
    }

    private static PartitionResponse describe(Call call, Partition partition) {
        int index = partition.id().index();
        if (partition.isOffline()) return refused(index, call.told(Errors.KAFKA_STORAGE_ERROR));
        return new PartitionResponse()
                .setPartitionIndex(index)
                .setActiveProducers(partition.producers().stream()
                        .map(DescribeProducersHandler::state)
                        .toList());
    }

    private static ProducerState state(ProducerView producer) {
        return new ProducerState()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.epoch())
                .setLastSequence(producer.lastSequence())
                .setLastTimestamp(producer.lastTimestampMs())
                .setCoordinatorEpoch(-1)
                .setCurrentTxnStartOffset(NO_OPEN_TRANSACTION);
    }

    private static PartitionResponse refused(int index, Errors code) {
        return new PartitionResponse()
                .setPartitionIndex(index)
                .setErrorCode(code.code())
                .setErrorMessage(code.message());
    }
}
