package io.millrace.broker;

import io.millrace.metadata.ControllerAnswer.CreatedTopic;
import io.millrace.metadata.ControllerAnswer.TopicsCreated;
import io.millrace.metadata.ControllerCommand.Assignment;
import io.millrace.metadata.ControllerCommand.ConfigEntry;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.NewTopic;
import io.millrace.model.Promise;
import io.millrace.quorum.Quorum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;

/// CreateTopics, versions 2 to 7. Answered when the topics are committed and can be used here.
final class CreateTopicsHandler implements Handler<CreateTopicsRequestData, CreateTopicsResponseData> {

    private final Quorum quorum;
    private final TopicMaker maker;
    private final ConfigView configs;

    CreateTopicsHandler(Quorum quorum, TopicMaker maker, ConfigView configs) {
        this.quorum = quorum;
        this.maker = maker;
        this.configs = configs;
    }

    @Override
    public Promise<CreateTopicsResponseData> handle(Call call, CreateTopicsRequestData request) {
        var twice = namedTwice(request);
        var results = new HashMap<String, CreatableTopicResult>();
        var wanted = new ArrayList<NewTopic>();
        for (var topic : request.topics()) {
            if (twice.contains(topic.name())) {
                results.put(topic.name(), refused(call, topic.name(), Errors.INVALID_REQUEST, "Duplicate topic name."));
            } else if (hasPartitionTwice(topic)) {
                results.put(
                        topic.name(),
                        refused(
                                call,
                                topic.name(),
                                Errors.INVALID_REPLICA_ASSIGNMENT,
                                "A partition is assigned more than once."));
            } else {
                wanted.add(newTopic(topic));
            }
        }
        if (wanted.isEmpty()) return Promise.of(answer(request, results));
        return quorum.ask(
                        new CreateTopics(
                                wanted, maker.defaults(), call.image().topics().size(), request.validateOnly()),
                        call.here().loop())
                .flatMap(answer -> {
                    if (!(answer instanceof TopicsCreated(var created))) {
                        wanted.forEach(topic -> results.put(
                                topic.name(),
                                refused(call, topic.name(), Errors.NOT_CONTROLLER, "no quorum right now")));
                        return Promise.of(answer(request, results));
                    }
                    created.forEach(one -> results.put(one.name(), result(call, one)));
                    if (request.validateOnly()) return Promise.of(answer(request, results));
                    var ids = created.stream()
                            .filter(one -> one.topic() != null)
                            .map(one -> one.topic().id())
                            .toList();
                    return maker.whenUsable(call.here(), ids).map(_ -> answer(request, results));
                });
    }

    private static Set<String> namedTwice(CreateTopicsRequestData request) {
        var seen = new HashSet<String>();
        var twice = new HashSet<String>();
        for (var topic : request.topics()) if (!seen.add(topic.name())) twice.add(topic.name());
        return twice;
    }

    private static boolean hasPartitionTwice(CreatableTopic topic) {
        var seen = new HashSet<Integer>();
        for (var one : topic.assignments()) if (!seen.add(one.partitionIndex())) return true;
        return false;
    }

    private static NewTopic newTopic(CreatableTopic topic) {
        var assignments = topic.assignments().stream()
                .map(one -> new Assignment(one.partitionIndex(), one.brokerIds()))
                .toList();
        var configs = topic.configs().stream()
                .map(one -> new ConfigEntry(one.name(), one.value()))
                .toList();
        return new NewTopic(
                topic.name(),
                Uuid.randomUuid(),
                topic.numPartitions(),
                topic.replicationFactor(),
                assignments,
                configs);
    }

    private CreatableTopicResult result(Call call, CreatedTopic one) {
        var topic = one.topic();
        if (topic == null) return refused(call, one.name(), one.code(), one.message());
        return new CreatableTopicResult()
                .setName(one.name())
                .setTopicId(topic.id())
                .setNumPartitions(topic.partitions().size())
                .setReplicationFactor(
                        (short) topic.partitions().getFirst().replicas().size())
                .setConfigs(configs(call, one));
    }

    private List<CreatableTopicConfigs> configs(Call call, CreatedTopic one) {
        return configs.ofTopic(call.image(), one.configs()).stream()
                .map(entry -> new CreatableTopicConfigs()
                        .setName(entry.key().name())
                        .setValue(entry.text())
                        .setReadOnly(false)
                        .setConfigSource(entry.source().id())
                        .setIsSensitive(false))
                .toList();
    }

    private static CreatableTopicResult refused(
            Call call, String name, Errors code, @org.jspecify.annotations.Nullable String message) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(call.told(code).code())
                .setErrorMessage(message)
                .setNumPartitions(-1)
                .setReplicationFactor((short) -1);
    }

    private static CreateTopicsResponseData answer(
            CreateTopicsRequestData request, Map<String, CreatableTopicResult> results) {
        var all = new CreatableTopicResultCollection(results.size());
        for (var topic : request.topics()) {
            var result = results.remove(topic.name());
            if (result != null) all.add(result);
        }
        return new CreateTopicsResponseData().setTopics(all);
    }
}
