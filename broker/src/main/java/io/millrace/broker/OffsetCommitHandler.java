package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.Committed;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Commit;
import io.millrace.coordinator.group.GroupCommand.Position;
import io.millrace.coordinator.group.GroupCommand.Who;
import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.Topic;
import io.millrace.model.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/// OffsetCommit, versions 2 to 10. Positions are kept for partitions that exist; the others are answered here.
final class OffsetCommitHandler implements Handler<OffsetCommitRequestData, OffsetCommitResponseData> {

    /// From this version on a client knows that a group can be missing.
    private static final int GROUP_MAY_BE_MISSING = 9;

    /// From this version on topics are named by id.
    private static final int TOPIC_IDS = 10;

    private final GroupShards groups;

    OffsetCommitHandler(GroupShards groups) {
        this.groups = groups;
    }

    @Override
    public Promise<OffsetCommitResponseData> handle(Call call, OffsetCommitRequestData request) {
        boolean byId = call.version() >= TOPIC_IDS;
        var response = new OffsetCommitResponseData();
        var positions = new ArrayList<Position>();
        var asked = new ArrayList<OffsetCommitResponsePartition>();
        var now = call.image();
        for (var topic : request.topics()) {
            response.topics().add(check(call, topic, known(now, topic, byId), positions, asked));
        }
        if (positions.isEmpty()) return Promise.of(response);

        var who = new Who(request.memberId(), request.groupInstanceId());
        var unknownIs = call.version() >= GROUP_MAY_BE_MISSING ? Errors.GROUP_ID_NOT_FOUND : Errors.ILLEGAL_GENERATION;
        return groups.ask(
                        call.here(),
                        request.groupId(),
                        token -> new Commit(
                                token,
                                request.groupId(),
                                request.generationIdOrMemberEpoch(),
                                who,
                                positions,
                                unknownIs,
                                request.retentionTimeMs()))
                .map(answer -> fill(call, response, asked, answer));
    }

    private static Optional<Topic> known(ClusterImage image, OffsetCommitRequestTopic topic, boolean byId) {
        return byId ? image.topic(topic.topicId()) : image.topic(topic.name());
    }

    /// Answers what cannot be kept; what can is added to `positions`, and its place in the response to `asked`.
    private static OffsetCommitResponseTopic check(
            Call call,
            OffsetCommitRequestTopic topic,
            Optional<Topic> known,
            List<Position> positions,
            List<OffsetCommitResponsePartition> asked) {
        var response = new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
        boolean byId = call.version() >= TOPIC_IDS;
        var missing = byId && known.isEmpty() ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        for (var partition : topic.partitions()) {
            int index = partition.partitionIndex();
            var place = new OffsetCommitResponsePartition().setPartitionIndex(index);
            response.partitions().add(place);
            if (known.isEmpty() || known.get().partition(index).isEmpty()) {
                place.setErrorCode(call.told(missing).code());
            } else {
                positions.add(position(known.get(), partition));
                asked.add(place);
            }
        }
        return response;
    }

    private static Position position(Topic topic, OffsetCommitRequestPartition partition) {
        return new Position(
                topic.name(),
                topic.id(),
                partition.partitionIndex(),
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                partition.committedMetadata());
    }

    private static OffsetCommitResponseData fill(
            Call call,
            OffsetCommitResponseData response,
            List<OffsetCommitResponsePartition> asked,
            GroupAnswer answer) {
        switch (answer) {
            case Committed committed -> {
                for (int i = 0; i < asked.size(); i++) {
                    var code = committed.partitions().get(i).code();
                    asked.get(i).setErrorCode(call.told(code).code());
                }
            }
            case Refused refused -> asked.forEach(place -> place.setErrorCode(GroupCodes.told(call, refused.code())));
            default -> throw GroupCodes.unexpected(answer);
        }
        return response;
    }
}
