package io.millrace.broker;

import io.millrace.coordinator.group.CommittedOffset;
import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.PositionOf;
import io.millrace.coordinator.group.GroupAnswer.Positions;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Fetch;
import io.millrace.coordinator.group.TopicPartitions;
import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.Topic;
import io.millrace.model.Promise;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// OffsetFetch, versions 1 to 10. Everything is answered in the form for several groups; until version 7 there is
/// one, and its answer is put into the old form.
///
/// There are no offsets of open transactions yet, so all offsets are stable.
final class OffsetFetchHandler implements Handler<OffsetFetchRequestData, OffsetFetchResponseData> {

    /// From this version on a group can be refused as a whole.
    private static final int GROUP_CODE = 2;

    private static final int SEVERAL_GROUPS = 8;

    /// From this version on topics are named by id.
    private static final int TOPIC_IDS = 10;

    private static final long NO_OFFSET = -1;

    private final GroupShards groups;

    OffsetFetchHandler(GroupShards groups) {
        this.groups = groups;
    }

    @Override
    public Promise<OffsetFetchResponseData> handle(Call call, OffsetFetchRequestData request) {
        int version = call.version();
        if (version < SEVERAL_GROUPS)
            return fetch(call, oneGroup(request), version).map(group -> oldForm(group, version));

        var fetched = new ArrayList<Promise<OffsetFetchResponseGroup>>(
                request.groups().size());
        for (var group : request.groups()) fetched.add(fetch(call, group, version));
        return Promise.all(fetched).map(OffsetFetchHandler::newForm);
    }

    private static OffsetFetchRequestGroup oneGroup(OffsetFetchRequestData request) {
        var group = new OffsetFetchRequestGroup().setGroupId(request.groupId());
        if (request.topics() == null) return group.setTopics(null);
        for (var topic : request.topics()) {
            group.topics()
                    .add(new OffsetFetchRequestTopics()
                            .setName(topic.name())
                            .setPartitionIndexes(topic.partitionIndexes()));
        }
        return group;
    }

    private Promise<OffsetFetchResponseGroup> fetch(Call call, OffsetFetchRequestGroup group, int version) {
        boolean byId = version >= TOPIC_IDS;
        var now = call.image();
        var topics = group.topics() == null ? null : asked(now, group.topics(), byId);
        return groups.ask(call.here(), group.groupId(), token -> new Fetch(token, group.groupId(), topics))
                .map(answer -> response(call, now, group, answer));
    }

    /// What is asked by an id that nobody knows is not asked.
    private static List<TopicPartitions> asked(
            ClusterImage image, List<OffsetFetchRequestTopics> topics, boolean byId) {
        var asked = new ArrayList<TopicPartitions>(topics.size());
        for (var topic : topics) {
            var known = byId ? image.topic(topic.topicId()) : image.topic(topic.name());
            if (byId && known.isEmpty()) continue;
            var id = known.map(Topic::id).orElse(Uuid.ZERO_UUID);
            asked.add(new TopicPartitions(
                    known.map(Topic::name).orElse(topic.name()), id, List.copyOf(topic.partitionIndexes())));
        }
        return asked;
    }

    private static OffsetFetchResponseGroup response(
            Call call, ClusterImage image, OffsetFetchRequestGroup group, GroupAnswer answer) {
        boolean byId = call.version() >= TOPIC_IDS;
        var response = new OffsetFetchResponseGroup().setGroupId(group.groupId());
        return switch (answer) {
            case Positions positions
            when group.topics() == null -> response.setTopics(everything(image, positions.partitions(), byId));
            case Positions positions ->
                response.setTopics(inOrder(
                        call, image, group.topics(), positions.partitions().iterator()));
            case Refused refused ->
                response.setErrorCode(GroupCodes.told(call, refused.code())).setTopics(unknown(group));
            default -> throw GroupCodes.unexpected(answer);
        };
    }

    private static List<OffsetFetchResponseTopics> inOrder(
            Call call, ClusterImage image, List<OffsetFetchRequestTopics> topics, Iterator<PositionOf> positions) {
        boolean byId = call.version() >= TOPIC_IDS;
        var all = new ArrayList<OffsetFetchResponseTopics>(topics.size());
        for (var topic : topics) {
            var response = new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
            boolean unknown = byId && image.topic(topic.topicId()).isEmpty();
            for (int index : topic.partitionIndexes()) {
                response.partitions()
                        .add(
                                unknown
                                        ? partition(index, null)
                                                .setErrorCode(call.told(Errors.UNKNOWN_TOPIC_ID)
                                                        .code())
                                        : partition(index, positions.next().offset()));
            }
            all.add(response);
        }
        return all;
    }

    /// Positions of a topic that was made anew since are not its own.
    private static List<OffsetFetchResponseTopics> everything(
            ClusterImage image, List<PositionOf> positions, boolean byId) {
        var byName = new LinkedHashMap<String, OffsetFetchResponseTopics>();
        for (var position : positions) {
            var offset = position.offset();
            var id = image.topic(position.topic()).map(Topic::id).orElse(Uuid.ZERO_UUID);
            if (offset == null || !offset.mayBeOf(id) || (byId && id.equals(Uuid.ZERO_UUID))) continue;
            byName.computeIfAbsent(
                            position.topic(),
                            name -> new OffsetFetchResponseTopics()
                                    .setName(name)
                                    .setTopicId(id))
                    .partitions()
                    .add(partition(position.partition(), offset));
        }
        return new ArrayList<>(byName.values());
    }

    private static List<OffsetFetchResponseTopics> unknown(OffsetFetchRequestGroup group) {
        var all = new ArrayList<OffsetFetchResponseTopics>();
        if (group.topics() == null) return all;
        for (var topic : group.topics()) {
            var response = new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
            for (int index : topic.partitionIndexes()) response.partitions().add(partition(index, null));
            all.add(response);
        }
        return all;
    }

    private static OffsetFetchResponsePartitions partition(int index, @Nullable CommittedOffset offset) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(index)
                .setCommittedOffset(offset == null ? NO_OFFSET : offset.offset())
                .setCommittedLeaderEpoch(offset == null ? -1 : offset.leaderEpoch())
                .setMetadata(offset == null ? "" : offset.metadata());
    }

    private static OffsetFetchResponseData newForm(List<OffsetFetchResponseGroup> groups) {
        for (var group : groups) {
            if (group.errorCode() != Errors.NONE.code()) group.setTopics(List.of());
        }
        return new OffsetFetchResponseData().setGroups(groups);
    }

    /// Version 1 has no code for the group, so each partition carries it.
    private static OffsetFetchResponseData oldForm(OffsetFetchResponseGroup group, int version) {
        var response = new OffsetFetchResponseData().setErrorCode(group.errorCode());
        boolean refused = group.errorCode() != Errors.NONE.code();
        if (refused && version >= GROUP_CODE) return response;
        for (var topic : group.topics()) {
            var old = new OffsetFetchResponseTopic().setName(topic.name());
            for (var partition : topic.partitions()) {
                old.partitions()
                        .add(new OffsetFetchResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setCommittedOffset(partition.committedOffset())
                                .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                                .setMetadata(partition.metadata())
                                .setErrorCode(refused ? group.errorCode() : partition.errorCode()));
            }
            response.topics().add(old);
        }
        return response;
    }
}
