package io.millrace.broker;

import io.millrace.metadata.Topic;
import io.millrace.model.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopicCollection;
import org.apache.kafka.common.protocol.Errors;

/// DescribeTopicPartitions, version 0: topics by name, page by page (KIP-966).
final class DescribeTopicPartitionsHandler
        implements Handler<DescribeTopicPartitionsRequestData, DescribeTopicPartitionsResponseData> {

    private static final int MAX_PARTITIONS_PER_PAGE = 2_000;
    private static final int NO_OPERATIONS = Integer.MIN_VALUE;

    @Override
    public Promise<DescribeTopicPartitionsResponseData> handle(Call call, DescribeTopicPartitionsRequestData request) {
        var names = new TreeSet<String>();
        if (request.topics().isEmpty()) {
            call.image().topics().forEach(topic -> names.add(topic.name()));
        } else {
            request.topics().stream().map(TopicRequest::name).forEach(names::add);
        }
        var cursor = request.cursor();
        String firstTopic = cursor == null ? "" : cursor.topicName();
        int firstPartition = cursor == null ? 0 : cursor.partitionIndex();
        if (firstPartition < 0) return Promise.of(new DescribeTopicPartitionsResponseData());

        int left = Math.clamp(request.responsePartitionLimit(), 1, MAX_PARTITIONS_PER_PAGE);
        var answer = new DescribeTopicPartitionsResponseData();
        var topics = new DescribeTopicPartitionsResponseTopicCollection(names.size());
        for (var name : names.tailSet(firstTopic)) {
            if (left <= 0) {
                answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(0));
                break;
            }
            int from = name.equals(firstTopic) ? firstPartition : 0;
            var topic = call.image().topic(name);
            if (topic.isEmpty()) {
                topics.mustAdd(unknown(call, name));
                continue;
            }
            int count = topic.get().partitions().size();
            int end = Math.min(count, from + left);
            topics.mustAdd(known(topic.get(), from, end));
            left -= Math.max(0, end - from);
            if (end < count) {
                answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(end));
                break;
            }
        }
        return Promise.of(answer.setTopics(topics));
    }

    private static DescribeTopicPartitionsResponseTopic unknown(Call call, String name) {
        var code = TopicMaker.isValidName(name) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION;
        return new DescribeTopicPartitionsResponseTopic()
                .setErrorCode(call.told(code).code())
                .setName(name)
                .setTopicId(Uuid.ZERO_UUID)
                .setTopicAuthorizedOperations(NO_OPERATIONS);
    }

    private static DescribeTopicPartitionsResponseTopic known(Topic topic, int from, int end) {
        var partitions = new ArrayList<DescribeTopicPartitionsResponsePartition>();
        for (int i = from; i < end; i++) {
            var state = topic.partitions().get(i);
            partitions.add(new DescribeTopicPartitionsResponsePartition()
                    .setPartitionIndex(i)
                    .setErrorCode(state.leader() < 0 ? Errors.LEADER_NOT_AVAILABLE.code() : Errors.NONE.code())
                    .setLeaderId(state.leader())
                    .setLeaderEpoch(state.leaderEpoch())
                    .setReplicaNodes(state.replicas())
                    .setIsrNodes(state.inSync())
                    .setEligibleLeaderReplicas(List.of())
                    .setLastKnownElr(List.of())
                    .setOfflineReplicas(List.of()));
        }
        return new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.isInternal())
                .setPartitions(partitions)
                .setTopicAuthorizedOperations(NO_OPERATIONS);
    }
}
