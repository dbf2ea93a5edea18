package io.millrace.broker;

import io.millrace.model.Promise;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBrokerCollection;
import org.apache.kafka.common.protocol.Errors;

/// DescribeCluster, versions 0 to 2: the cluster's id and its nodes.
final class DescribeClusterHandler implements Handler<DescribeClusterRequestData, DescribeClusterResponseData> {

    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;
    private static final int FIRST_VERSION_WITH_CONTROLLERS = 1;

    @Override
    public Promise<DescribeClusterResponseData> handle(Call call, DescribeClusterRequestData request) {
        if (call.version() >= FIRST_VERSION_WITH_CONTROLLERS && request.endpointType() != BROKERS) {
            // Controllers are reached through brokers here; Kafka's brokers answer a question for them the same way.
            var code = request.endpointType() == CONTROLLERS
                    ? Errors.MISMATCHED_ENDPOINT_TYPE
                    : Errors.UNSUPPORTED_ENDPOINT_TYPE;
            return Promise.of(new DescribeClusterResponseData()
                    .setErrorCode(call.told(code).code())
                    .setErrorMessage(code.message()));
        }
        var brokers = new DescribeClusterBrokerCollection();
        int controller = -1;
        for (var node : call.image().nodes()) {
            if (node.fenced() && !request.includeFencedBrokers()) continue;
            var endpoint = Endpoints.of(call, node);
            if (endpoint.isEmpty()) continue;
            if (controller < 0 && !node.fenced()) controller = node.id();
            brokers.add(new DescribeClusterBroker()
                    .setBrokerId(node.id())
                    .setHost(endpoint.get().host())
                    .setPort(endpoint.get().port())
                    .setRack(node.rack().isEmpty() ? null : node.rack())
                    .setIsFenced(node.fenced()));
        }
        return Promise.of(new DescribeClusterResponseData()
                .setClusterId(call.image().clusterId())
                .setControllerId(controller)
                .setBrokers(brokers)
                .setClusterAuthorizedOperations(Integer.MIN_VALUE));
    }
}
