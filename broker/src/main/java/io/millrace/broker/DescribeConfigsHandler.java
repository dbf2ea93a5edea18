package io.millrace.broker;

import io.millrace.metadata.ConfigResource;
import io.millrace.metadata.TopicName;
import io.millrace.model.Promise;
import io.millrace.model.config.Catalogue;
import io.millrace.model.config.ConfigKey;
import io.millrace.model.config.Described;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.Errors;

/// DescribeConfigs, versions 1 to 4: every setting of a resource, its value, and who gave it.
final class DescribeConfigsHandler implements Handler<DescribeConfigsRequestData, DescribeConfigsResponseData> {

    private static final byte BROKER_LOGGER = 8;

    private final ConfigView configs;
    private final int nodeId;

    DescribeConfigsHandler(ConfigView configs, int nodeId) {
        this.configs = configs;
        this.nodeId = nodeId;
    }

    @Override
    public Promise<DescribeConfigsResponseData> handle(Call call, DescribeConfigsRequestData request) {
        return Promise.of(new DescribeConfigsResponseData()
                .setResults(request.resources().stream()
                        .map(resource -> result(call, request, resource))
                        .toList()));
    }

    private DescribeConfigsResult result(
            Call call, DescribeConfigsRequestData request, DescribeConfigsResource resource) {
        var of = AlterConfigsHandlers.resource(resource.resourceType(), resource.resourceName());
        if (of.isEmpty()) {
            return refused(
                    call,
                    resource,
                    Errors.INVALID_REQUEST,
                    resource.resourceType() == BROKER_LOGGER
                            ? "log levels cannot be looked at over the network"
                            : "resources of type %d have no settings".formatted(resource.resourceType()));
        }
        return switch (of.get().kind()) {
            case TOPIC -> topic(call, request, resource);
            case BROKER -> broker(call, request, resource);
            case GROUP ->
                resource.resourceName().isEmpty()
                        ? refused(call, resource, Errors.INVALID_REQUEST, "Group name must not be empty")
                        : told(request, resource, configs.ofGroup(call.image(), resource.resourceName()));
            case CLIENT_METRICS ->
                resource.resourceName().isEmpty()
                        ? refused(call, resource, Errors.INVALID_REQUEST, "Client metrics subscription name is empty")
                        : told(request, resource, configs.ofClientMetrics(call.image(), resource.resourceName()));
        };
    }

    private DescribeConfigsResult topic(
            Call call, DescribeConfigsRequestData request, DescribeConfigsResource resource) {
        var name = resource.resourceName();
        var objection = TopicName.objection(name);
        if (objection.isPresent()) {
            return refused(call, resource, Errors.INVALID_TOPIC_EXCEPTION, objection.get());
        }
        if (call.image().topic(name).isEmpty()) {
            return refused(
                    call, resource, Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.UNKNOWN_TOPIC_OR_PARTITION.message());
        }
        var own = call.image().config(ConfigResource.topic(name));
        return told(request, resource, configs.ofTopic(call.image(), own));
    }

    private DescribeConfigsResult broker(
            Call call, DescribeConfigsRequestData request, DescribeConfigsResource resource) {
        if (resource.resourceName().isEmpty()) {
            return told(request, resource, configs.ofAllBrokers(call.image()));
        }
        if (!resource.resourceName().equals(Integer.toString(nodeId))) {
            return refused(
                    call,
                    resource,
                    Errors.INVALID_REQUEST,
                    "Unexpected broker id, expected %d or empty string, but received %s"
                            .formatted(nodeId, resource.resourceName()));
        }
        return told(request, resource, configs.ofBroker(call.image()));
    }

    private static DescribeConfigsResult told(
            DescribeConfigsRequestData request, DescribeConfigsResource resource, List<Described> all) {
        var keys = resource.configurationKeys();
        var wanted = keys == null || keys.isEmpty() ? null : new HashSet<>(keys);
        return new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName())
                .setConfigs(all.stream()
                        .filter(one ->
                                wanted == null || wanted.contains(one.key().name()))
                        .map(one -> entry(request, resource, one))
                        .toList());
    }

    private static DescribeConfigsResourceResult entry(
            DescribeConfigsRequestData request, DescribeConfigsResource resource, Described one) {
        var name = one.key().name();
        boolean isReadOnly =
                resource.resourceType() == ConfigResource.Kind.BROKER.code() && !Catalogue.isChangeable(name);
        var entry = new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(one.text())
                .setReadOnly(isReadOnly)
                .setIsSensitive(false)
                .setConfigSource(one.source().id())
                .setConfigType(type(one.key().type()));
        if (request.includeSynonyms()) {
            entry.setSynonyms(one.layers().stream()
                    .map(layer -> new DescribeConfigsSynonym()
                            .setName(layer.name())
                            .setValue(layer.text())
                            .setSource(layer.source().id()))
                    .toList());
        }
        if (request.includeDocumentation())
            entry.setDocumentation(one.key().about().doc());
        return entry;
    }

    private static byte type(ConfigKey.Type type) {
        return switch (type) {
            case BOOLEAN -> 1;
            case STRING -> 2;
            case INT -> 3;
            case SHORT -> 4;
            case LONG -> 5;
            case DOUBLE -> 6;
            case LIST -> 7;
        };
    }

    private static DescribeConfigsResult refused(
            Call call, DescribeConfigsResource resource, Errors code, String message) {
        return new DescribeConfigsResult()
                .setErrorCode(call.told(code).code())
                .setErrorMessage(message)
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
    }
}
