package io.millrace.broker;

import io.millrace.metadata.Endpoint;
import io.millrace.metadata.TopicName;
import io.millrace.model.Promise;
import java.util.Optional;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;

/// FindCoordinator, versions 0 to 6: the leader of the partition that keeps the records of a group. The first
/// question makes the topic of those partitions. Coordinators of other kinds do not exist here.
final class FindCoordinatorHandler implements Handler<FindCoordinatorRequestData, FindCoordinatorResponseData> {

    private static final int SEVERAL_KEYS = 4;
    private static final byte GROUP = 0;

    private final TopicMaker maker;

    FindCoordinatorHandler(TopicMaker maker) {
        this.maker = maker;
    }

    @Override
    public Promise<FindCoordinatorResponseData> handle(Call call, FindCoordinatorRequestData request) {
        return ready(call, request.keyType()).map(code -> {
            if (call.version() < SEVERAL_KEYS) return one(find(call, request.keyType(), request.key(), code));
            var response = new FindCoordinatorResponseData();
            for (var key : request.coordinatorKeys()) {
                response.coordinators().add(find(call, request.keyType(), key, code));
            }
            return response;
        });
    }

    /// `NONE` when the topic of this kind of coordinator is there.
    private Promise<Errors> ready(Call call, byte keyType) {
        var topic = topicOf(keyType);
        if (topic.isEmpty()) return Promise.of(Errors.INVALID_REQUEST);
        return maker.makeOffsets(call)
                .map(code -> code == Errors.NONE ? Errors.NONE : Errors.COORDINATOR_NOT_AVAILABLE);
    }

    private static Optional<String> topicOf(byte keyType) {
        return switch (keyType) {
            case GROUP -> Optional.of(TopicName.CONSUMER_OFFSETS);
            default -> Optional.empty();
        };
    }

    private Coordinator find(Call call, byte keyType, String key, Errors code) {
        if (code != Errors.NONE) return nobody(call, key, code);
        var now = call.image();
        var partition = topicOf(keyType)
                .flatMap(now::topic)
                .flatMap(topic -> topic.partition(
                        Groups.partitionOf(key, topic.partitions().size())));
        var leader = partition.flatMap(state -> now.node(state.leader()));
        var endpoint = leader.flatMap(node -> node.endpoint(call.connection().listener()));
        if (leader.isEmpty() || endpoint.isEmpty()) return nobody(call, key, Errors.COORDINATOR_NOT_AVAILABLE);
        return somebody(key, leader.get().id(), endpoint.get());
    }

    private static Coordinator somebody(String key, int node, Endpoint endpoint) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(node)
                .setHost(endpoint.host())
                .setPort(endpoint.port());
    }

    private static Coordinator nobody(Call call, String key, Errors code) {
        return new Coordinator()
                .setKey(key)
                .setErrorCode(call.told(code).code())
                .setNodeId(-1)
                .setHost("")
                .setPort(-1);
    }

    private static FindCoordinatorResponseData one(Coordinator coordinator) {
        return new FindCoordinatorResponseData()
                .setErrorCode(coordinator.errorCode())
                .setErrorMessage(Errors.forCode(coordinator.errorCode()).message())
                .setNodeId(coordinator.nodeId())
                .setHost(coordinator.host())
                .setPort(coordinator.port());
    }
}
