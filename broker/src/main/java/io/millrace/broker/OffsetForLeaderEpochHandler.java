package io.millrace.broker;

import io.millrace.model.Promise;
import io.millrace.replica.Partition;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;

/// OffsetForLeaderEpoch, versions 2 to 4: where a leader epoch ended, so that readers notice a truncation (KIP-320).
final class OffsetForLeaderEpochHandler
        implements Handler<OffsetForLeaderEpochRequestData, OffsetForLeaderEpochResponseData> {

    private final PartitionLookup lookup;

    OffsetForLeaderEpochHandler(PartitionLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public Promise<OffsetForLeaderEpochResponseData> handle(Call call, OffsetForLeaderEpochRequestData request) {
        var topics = new ArrayList<Promise<OffsetForLeaderTopicResult>>();
        for (var topic : request.topics()) {
            var parts = topic.partitions().stream()
                    .map(wanted -> answer(call, topic.topic(), wanted))
                    .toList();
            topics.add(Promise.all(parts)
                    .map(all -> new OffsetForLeaderTopicResult()
                            .setTopic(topic.topic())
                            .setPartitions(all)));
        }
        return Promise.all(topics).map(OffsetForLeaderEpochHandler::answer);
    }

    private static OffsetForLeaderEpochResponseData answer(List<OffsetForLeaderTopicResult> topics) {
        var all = new OffsetForLeaderTopicResultCollection(topics.size());
        topics.forEach(all::add);
        return new OffsetForLeaderEpochResponseData().setTopics(all);
    }

    private Promise<EpochEndOffset> answer(Call call, String topic, OffsetForLeaderPartition wanted) {
        int index = wanted.partition();
        return lookup.ask(
                call,
                topic,
                index,
                (_, partition) -> Promise.of(answer(call, partition, wanted)),
                code -> refused(index, code));
    }

    private static EpochEndOffset answer(Call call, Partition partition, OffsetForLeaderPartition wanted) {
        var wrong = partition.wrongEpoch(wanted.currentLeaderEpoch());
        if (wrong != Errors.NONE) return refused(wanted.partition(), call.told(wrong));
        var end = partition.epochs().endOf(wanted.leaderEpoch(), partition.highWatermark());
        return new EpochEndOffset()
                .setPartition(wanted.partition())
                .setLeaderEpoch(end.epoch())
                .setEndOffset(end.endOffset());
    }

    private static EpochEndOffset refused(int index, Errors code) {
        return new EpochEndOffset().setPartition(index).setErrorCode(code.code());
    }
}
