package io.millrace.broker;

import io.millrace.model.Promise;
import io.millrace.replica.Partition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResultCollection;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// DeleteRecords, versions 0 to 2: forget what lies before an offset.
///
/// A topic that is only compacted keeps its records: `POLICY_VIOLATION`, as Kafka has it.
final class DeleteRecordsHandler implements Handler<DeleteRecordsRequestData, DeleteRecordsResponseData> {

    private static final Logger LOG = LoggerFactory.getLogger(DeleteRecordsHandler.class);

    private final PartitionLookup lookup;

    DeleteRecordsHandler(PartitionLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public Promise<DeleteRecordsResponseData> handle(Call call, DeleteRecordsRequestData request) {
        var topics = new ArrayList<Promise<DeleteRecordsTopicResult>>();
        var names = new Repeats();
        for (var topic : request.topics()) {
            names.add(topic.name());
            var indexes = new Repeats();
            topic.partitions().forEach(partition -> indexes.add(partition.partitionIndex()));
        }
        for (var topic : request.topics()) {
            var parts = topic.partitions().stream()
                    .map(wanted -> delete(call, topic.name(), wanted))
                    .toList();
            topics.add(Promise.all(parts).map(all -> answer(topic.name(), all)));
        }
        return Promise.all(topics).map(all -> {
            var collected = new DeleteRecordsTopicResultCollection(all.size());
            all.forEach(collected::add);
            return new DeleteRecordsResponseData().setTopics(collected);
        });
    }

    private static DeleteRecordsTopicResult answer(String topic, List<DeleteRecordsPartitionResult> results) {
        var collected = new DeleteRecordsPartitionResultCollection(results.size());
        results.forEach(collected::add);
        return new DeleteRecordsTopicResult().setName(topic).setPartitions(collected);
    }

    private Promise<DeleteRecordsPartitionResult> delete(Call call, String topic, DeleteRecordsPartition wanted) {
        int index = wanted.partitionIndex();
        return lookup.ask(
                call,
                topic,
                index,
                (_, partition) -> Promise.of(delete(call, partition, wanted)),
                code -> refused(index, code));
    }

    private static DeleteRecordsPartitionResult delete(Call call, Partition partition, DeleteRecordsPartition wanted) {
        int index = wanted.partitionIndex();
        if (!partition.isLeader()) return refused(index, call.told(Errors.NOT_LEADER_OR_FOLLOWER));
        if (!partition.mayDeleteRecords()) return refused(index, call.told(Errors.POLICY_VIOLATION));
        try {
            return partition
                    .deleteBefore(wanted.offset())
                    .map(start -> new DeleteRecordsPartitionResult()
                            .setPartitionIndex(index)
                            .setLowWatermark(start))
                    .orElseGet(() -> refused(index, call.told(Errors.OFFSET_OUT_OF_RANGE)));
        } catch (IOException e) {
            LOG.warn("the records of {}-{} could not be deleted", partition.topic(), index, e);
            return refused(index, call.told(Errors.KAFKA_STORAGE_ERROR));
        }
    }

    private static DeleteRecordsPartitionResult refused(int index, Errors code) {
        return new DeleteRecordsPartitionResult()
                .setPartitionIndex(index)
                .setLowWatermark(-1)
                .setErrorCode(code.code());
    }
}
