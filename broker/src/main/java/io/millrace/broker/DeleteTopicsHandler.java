package io.millrace.broker;

import io.millrace.metadata.ControllerAnswer.DeletedTopic;
import io.millrace.metadata.ControllerAnswer.TopicsDeleted;
import io.millrace.metadata.ControllerCommand.DeleteTopics;
import io.millrace.metadata.ControllerCommand.TopicRef;
import io.millrace.metadata.Topic;
import io.millrace.model.Promise;
import io.millrace.quorum.Quorum;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// DeleteTopics, versions 1 to 6: by name, from version 6 on by id too. Answered when every loop of this node has
/// let go of the topics, so that they may be made again at once.
final class DeleteTopicsHandler implements Handler<DeleteTopicsRequestData, DeleteTopicsResponseData> {

    private final Quorum quorum;
    private final TopicMaker maker;
    private final boolean isAllowed;

    /// @param isAllowed what `delete.topic.enable` says
    DeleteTopicsHandler(Quorum quorum, TopicMaker maker, boolean isAllowed) {
        this.quorum = quorum;
        this.maker = maker;
        this.isAllowed = isAllowed;
    }

    @Override
    public Promise<DeleteTopicsResponseData> handle(Call call, DeleteTopicsRequestData request) {
        var wanted = wanted(request);
        var repeats = new Repeats();
        wanted.forEach(ref -> repeats.add(name(call, ref)));
        if (request.topics().stream().anyMatch(DeleteTopicsHandler::isNamedTwice)) {
            return Promise.of(refused(call, wanted, Errors.INVALID_REQUEST));
        }
        if (!isAllowed) return Promise.of(refused(call, wanted, Errors.TOPIC_DELETION_DISABLED));
        return quorum.ask(new DeleteTopics(wanted), call.here().loop())
                .flatMap(answer -> maker.whenUsable(call.here(), List.of()).map(_ -> answer))
                .map(answer -> answer instanceof TopicsDeleted(var topics)
                        ? answer(call, topics)
                        : refused(call, wanted, Errors.NOT_CONTROLLER));
    }

    private static List<TopicRef> wanted(DeleteTopicsRequestData request) {
        var wanted = new ArrayList<TopicRef>();
        request.topicNames().forEach(name -> wanted.add(new TopicRef.ByName(name)));
        for (DeleteTopicState topic : request.topics()) {
            wanted.add(topic.name() == null ? new TopicRef.ById(topic.topicId()) : new TopicRef.ByName(topic.name()));
        }
        return wanted;
    }

    /// Null for an id that nobody knows.
    private static @Nullable String name(Call call, TopicRef ref) {
        return switch (ref) {
            case TopicRef.ByName(var name) -> name;
            case TopicRef.ById(var id) ->
                call.image().topic(id).map(Topic::name).orElse(null);
        };
    }

    /// By name or by id, not both.
    private static boolean isNamedTwice(DeleteTopicState topic) {
        return topic.name() != null && !topic.topicId().equals(Uuid.ZERO_UUID);
    }

    private static DeleteTopicsResponseData answer(Call call, List<DeletedTopic> topics) {
        var all = new DeletableTopicResultCollection(topics.size());
        for (var topic : topics) {
            all.add(new DeletableTopicResult()
                    .setName(topic.name())
                    .setTopicId(topic.id())
                    .setErrorCode(call.told(topic.code()).code())
                    .setErrorMessage(topic.message()));
        }
        return new DeleteTopicsResponseData().setResponses(all);
    }

    private static DeleteTopicsResponseData refused(Call call, List<TopicRef> wanted, Errors code) {
        return answer(
                call,
                wanted.stream()
                        .map(ref -> switch (ref) {
                            case TopicRef.ByName(var name) ->
                                new DeletedTopic(name, Uuid.ZERO_UUID, code, code.message());
                            case TopicRef.ById(var id) -> new DeletedTopic(null, id, code, code.message());
                        })
                        .toList());
    }
}
