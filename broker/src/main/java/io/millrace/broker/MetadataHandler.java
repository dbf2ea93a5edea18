package io.millrace.broker;

import io.millrace.metadata.PartitionState;
import io.millrace.metadata.Topic;
import io.millrace.model.Promise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBrokerCollection;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopicCollection;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Metadata, versions 0 to 13: which nodes there are, and who leads what.
///
/// A topic that is asked for by name and does not exist is made first, where the client and the server allow it.
final class MetadataHandler implements Handler<MetadataRequestData, MetadataResponseData> {

    private static final int FIRST_VERSION_WITH_EMPTY_FOR_NONE = 1;
    private static final int FIRST_VERSION_WITH_CHOICE = 4;
    private static final int FIRST_VERSION_WITH_TOPIC_IDS = 10;
    private static final int NO_OPERATIONS = Integer.MIN_VALUE;

    private final TopicMaker maker;

    MetadataHandler(TopicMaker maker) {
        this.maker = maker;
    }

    @Override
    public Promise<MetadataResponseData> handle(Call call, MetadataRequestData request) {
        var wanted = request.topics();
        boolean wantsAll = wanted == null || (wanted.isEmpty() && call.version() < FIRST_VERSION_WITH_EMPTY_FOR_NONE);
        if (wantsAll) return Promise.of(answer(call, everything(call)));

        var unknown = new Repeats();
        for (var topic : wanted) {
            if (isById(topic) && call.image().topic(topic.topicId()).isEmpty()) unknown.add(null);
        }
        boolean mayCreate = call.version() < FIRST_VERSION_WITH_CHOICE || request.allowAutoTopicCreation();
        var missing = mayCreate ? missing(call, wanted) : Set.<String>of();
        if (missing.isEmpty()) return Promise.of(answer(call, named(call, wanted, Map.of())));
        return maker.make(call, missing).map(refused -> answer(call, named(call, wanted, refused)));
    }

    private static Set<String> missing(Call call, List<MetadataRequestTopic> wanted) {
        var missing = new LinkedHashSet<String>();
        for (var topic : wanted) {
            if (topic.name() != null
                    && !isById(topic)
                    && call.image().topic(topic.name()).isEmpty()) missing.add(topic.name());
        }
        return missing;
    }

    private MetadataResponseData answer(Call call, List<MetadataResponseTopic> topics) {
        var image = call.image();
        var brokers = new MetadataResponseBrokerCollection();
        int controller = -1;
        for (var node : image.nodes()) {
            if (node.fenced()) continue;
            var endpoint = Endpoints.of(call, node);
            if (endpoint.isEmpty()) continue;
            if (controller < 0) controller = node.id();
            brokers.add(new MetadataResponseBroker()
                    .setNodeId(node.id())
                    .setHost(endpoint.get().host())
                    .setPort(endpoint.get().port())
                    .setRack(node.rack().isEmpty() ? null : node.rack()));
        }
        var answered = new MetadataResponseTopicCollection(topics.size());
        topics.forEach(answered::mustAdd);
        return new MetadataResponseData()
                .setBrokers(brokers)
                .setClusterId(image.clusterId())
                .setControllerId(controller)
                .setClusterAuthorizedOperations(NO_OPERATIONS)
                .setTopics(answered);
    }

    private static List<MetadataResponseTopic> everything(Call call) {
        return call.image().topics().stream()
                .sorted(Comparator.comparing(Topic::name))
                .map(MetadataHandler::known)
                .toList();
    }

    private static List<MetadataResponseTopic> named(
            Call call, List<MetadataRequestTopic> wanted, Map<String, Errors> refused) {
        var answers = new ArrayList<MetadataResponseTopic>();
        var names = new HashSet<String>();
        var ids = new HashSet<Uuid>();
        for (var topic : wanted) {
            boolean byName = topic.name() != null && !isById(topic);
            if (byName ? names.add(topic.name()) : ids.add(topic.topicId())) answers.add(one(call, topic, refused));
        }
        return answers;
    }

    private static MetadataResponseTopic one(Call call, MetadataRequestTopic wanted, Map<String, Errors> refused) {
        var name = wanted.name();
        if (name == null || isById(wanted)) return byId(call, wanted.topicId());
        var topic = call.image().topic(name);
        if (topic.isPresent()) return known(topic.get());
        var why = refused.get(name);
        if (why != null) return unknown(call, name, why);
        return unknown(
                call,
                name,
                TopicMaker.isValidName(name) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION);
    }

    /// Clients that ask by id send an empty name, or none.
    private static boolean isById(MetadataRequestTopic wanted) {
        return !wanted.topicId().equals(Uuid.ZERO_UUID);
    }

    private static MetadataResponseTopic byId(Call call, Uuid id) {
        var topic = call.image().topic(id);
        if (topic.isPresent()) return known(topic.get());
        boolean isNoId = call.version() < FIRST_VERSION_WITH_TOPIC_IDS || id.equals(Uuid.ZERO_UUID);
        return unknown(call, null, isNoId ? Errors.INVALID_TOPIC_EXCEPTION : Errors.UNKNOWN_TOPIC_ID)
                .setTopicId(id);
    }

    private static MetadataResponseTopic unknown(Call call, @Nullable String name, Errors code) {
        return new MetadataResponseTopic()
                .setName(name)
                .setErrorCode(call.told(code).code())
                .setTopicAuthorizedOperations(NO_OPERATIONS);
    }

    private static MetadataResponseTopic known(Topic topic) {
        var partitions =
                new ArrayList<MetadataResponsePartition>(topic.partitions().size());
        for (int i = 0; i < topic.partitions().size(); i++) {
            partitions.add(partition(i, topic.partitions().get(i)));
        }
        return new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.isInternal())
                .setPartitions(partitions)
                .setTopicAuthorizedOperations(NO_OPERATIONS);
    }

    private static MetadataResponsePartition partition(int index, PartitionState state) {
        return new MetadataResponsePartition()
                .setPartitionIndex(index)
                .setErrorCode(state.leader() < 0 ? Errors.LEADER_NOT_AVAILABLE.code() : Errors.NONE.code())
                .setLeaderId(state.leader())
                .setLeaderEpoch(state.leaderEpoch())
                .setReplicaNodes(state.replicas())
                .setIsrNodes(state.inSync())
                .setOfflineReplicas(List.of());
    }
}
