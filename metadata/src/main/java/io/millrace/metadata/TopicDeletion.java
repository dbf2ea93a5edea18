package io.millrace.metadata;

import io.millrace.metadata.ControllerAnswer.DeletedTopic;
import io.millrace.metadata.ControllerAnswer.TopicsDeleted;
import io.millrace.metadata.ControllerCommand.DeleteTopics;
import io.millrace.metadata.ControllerCommand.TopicRef;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// The rules of deleting topics, by name or by id. Codes and messages are Kafka's.
final class TopicDeletion {

    private TopicDeletion() {}

    static Decided delete(ClusterImage image, DeleteTopics command) {
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<DeletedTopic>();
        var repeated = Repeated.in(command.topics());
        var deleted = new HashSet<Uuid>();
        for (var ref : command.topics()) {
            if (repeated.contains(ref)) continue;
            var result = delete(image, ref, deleted);
            if (result.code() == Errors.NONE) {
                deleted.add(result.id());
                records.add(new TopicDeleted(result.id()));
            }
            results.add(result);
        }
        for (var ref : repeated) {
            results.add(
                    switch (ref) {
                        case TopicRef.ByName(var name) ->
                            new DeletedTopic(name, Uuid.ZERO_UUID, Errors.INVALID_REQUEST, "Duplicate topic name.");
                        case TopicRef.ById(var id) ->
                            new DeletedTopic(null, id, Errors.INVALID_REQUEST, "Duplicate topic id.");
                    });
        }
        return new Decided(records, new TopicsDeleted(List.copyOf(results)));
    }

    private static DeletedTopic delete(ClusterImage image, TopicRef ref, Set<Uuid> deleted) {
        var topic = switch (ref) {
            case TopicRef.ByName(var name) -> image.topic(name).orElse(null);
            case TopicRef.ById(var id) -> image.topic(id).orElse(null);
        };
        if (topic != null && deleted.contains(topic.id()))
            return new DeletedTopic(
                    topic.name(),
                    topic.id(),
                    Errors.INVALID_REQUEST,
                    "The provided topic name maps to an ID that was already supplied.");
        if (topic != null) return new DeletedTopic(topic.name(), topic.id(), Errors.NONE, null);
        return switch (ref) {
            case TopicRef.ByName(var name) ->
                new DeletedTopic(
                        name,
                        Uuid.ZERO_UUID,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION.message());
            case TopicRef.ById(var id)
            when id.equals(Uuid.ZERO_UUID) ->
                new DeletedTopic(null, id, Errors.INVALID_REQUEST, "Neither topic name nor id were specified.");
            case TopicRef.ById(var id) ->
                new DeletedTopic(null, id, Errors.UNKNOWN_TOPIC_ID, Errors.UNKNOWN_TOPIC_ID.message());
        };
    }
}
