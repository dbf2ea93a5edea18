package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.Forgotten;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Forget;
import io.millrace.coordinator.group.TopicPartitions;
import io.millrace.model.Promise;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartitionCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopicCollection;
import org.apache.kafka.common.protocol.Errors;

/// OffsetDelete, version 0.
final class OffsetDeleteHandler implements Handler<OffsetDeleteRequestData, OffsetDeleteResponseData> {

    private final GroupShards groups;

    OffsetDeleteHandler(GroupShards groups) {
        this.groups = groups;
    }

    @Override
    public Promise<OffsetDeleteResponseData> handle(Call call, OffsetDeleteRequestData request) {
        var group = request.groupId();
        if (group.isEmpty()) return Promise.of(refused(call, Errors.INVALID_GROUP_ID));

        var names = new Repeats();
        request.topics().forEach(topic -> names.add(topic.name()));
        var response = new OffsetDeleteResponseData()
                .setTopics(
                        new OffsetDeleteResponseTopicCollection(request.topics().size()));
        var topics = new ArrayList<TopicPartitions>();
        var asked = new ArrayList<OffsetDeleteResponsePartition>();
        var now = call.image();
        for (var topic : request.topics()) {
            var known = now.topic(topic.name());
            var places = new OffsetDeleteResponseTopic()
                    .setName(topic.name())
                    .setPartitions(new OffsetDeleteResponsePartitionCollection(
                            topic.partitions().size()));
            var indexes = new ArrayList<Integer>();
            var repeats = new Repeats();
            for (var partition : topic.partitions()) {
                int index = partition.partitionIndex();
                repeats.add(index);
                var place = new OffsetDeleteResponsePartition().setPartitionIndex(index);
                places.partitions().add(place);
                if (known.isEmpty() || known.get().partition(index).isEmpty()) {
                    place.setErrorCode(
                            call.told(Errors.UNKNOWN_TOPIC_OR_PARTITION).code());
                } else {
                    indexes.add(index);
                    asked.add(place);
                }
            }
            known.ifPresent(one -> topics.add(new TopicPartitions(one.name(), one.id(), indexes)));
            response.topics().add(places);
        }
        return groups.ask(call.here(), group, token -> new Forget(token, group, topics))
                .map(answer -> fill(call, response, asked, answer));
    }

    private static OffsetDeleteResponseData fill(
            Call call,
            OffsetDeleteResponseData response,
            List<OffsetDeleteResponsePartition> asked,
            GroupAnswer answer) {
        return switch (answer) {
            case Forgotten forgotten -> {
                for (int i = 0; i < asked.size(); i++) {
                    var code = forgotten.partitions().get(i).code();
                    asked.get(i).setErrorCode(call.told(code).code());
                }
                yield response;
            }
            case Refused refused -> refused(call, refused.code());
            default -> throw GroupCodes.unexpected(answer);
        };
    }

    private static OffsetDeleteResponseData refused(Call call, Errors code) {
        return new OffsetDeleteResponseData().setErrorCode(GroupCodes.told(call, code));
    }
}
