package io.millrace.broker;

import io.millrace.metadata.ConfigResource;
import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.ControllerAnswer.AlteredConfigs;
import io.millrace.metadata.ControllerAnswer.ConfigsAltered;
import io.millrace.metadata.ControllerCommand;
import io.millrace.metadata.ControllerCommand.AlterConfigs;
import io.millrace.metadata.ControllerCommand.ConfigEdit;
import io.millrace.metadata.ControllerCommand.ConfigEdits;
import io.millrace.metadata.ControllerCommand.ConfigEntry;
import io.millrace.metadata.ControllerCommand.NewConfigs;
import io.millrace.metadata.ControllerCommand.Op;
import io.millrace.metadata.ControllerCommand.ReplaceConfigs;
import io.millrace.model.Promise;
import io.millrace.quorum.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// IncrementalAlterConfigs (0 to 1), which changes single settings, and AlterConfigs (0 to 2), which replaces them
/// all.
final class AlterConfigsHandlers {

    private final Quorum quorum;
    private final int nodeId;

    AlterConfigsHandlers(Quorum quorum, int nodeId) {
        this.quorum = quorum;
        this.nodeId = nodeId;
    }

    /// What became of one resource, as both APIs tell it.
    private record Outcome(
            byte type, String name, Errors code, @Nullable String message) {}

    Promise<IncrementalAlterConfigsResponseData> incremental(Call call, IncrementalAlterConfigsRequestData request) {
        var refused = new ArrayList<Outcome>();
        var edits = new ArrayList<ConfigEdits>();
        for (var resource : request.resources()) {
            var of = resource(resource.resourceType(), resource.resourceName());
            var unknownOp = resource.configs().stream()
                    .filter(config -> op(config).isEmpty())
                    .findFirst();
            if (of.isEmpty()) {
                refused.add(unknownKind(resource.resourceType(), resource.resourceName()));
            } else if (isAnotherBroker(of.get())) {
                refused.add(anotherBroker(of.get()));
            } else if (unknownOp.isPresent()) {
                refused.add(new Outcome(
                        resource.resourceType(),
                        resource.resourceName(),
                        Errors.INVALID_REQUEST,
                        "operation %d on %s is unknown"
                                .formatted(
                                        unknownOp.get().configOperation(),
                                        unknownOp.get().name())));
            } else {
                edits.add(new ConfigEdits(
                        of.get(),
                        resource.configs().stream()
                                .map(config ->
                                        new ConfigEdit(config.name(), op(config).orElseThrow(), config.value()))
                                .toList()));
            }
        }
        return ask(call, new AlterConfigs(edits, request.validateOnly()), of(edits), refused)
                .map(outcomes -> new IncrementalAlterConfigsResponseData()
                        .setResponses(outcomes.stream()
                                .map(one -> new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                                        .setErrorCode(call.told(one.code()).code())
                                        .setErrorMessage(one.message())
                                        .setResourceType(one.type())
                                        .setResourceName(one.name()))
                                .toList()));
    }

    Promise<AlterConfigsResponseData> replace(Call call, AlterConfigsRequestData request) {
        var refused = new ArrayList<Outcome>();
        var configs = new ArrayList<NewConfigs>();
        for (var resource : request.resources()) {
            var of = resource(resource.resourceType(), resource.resourceName());
            if (of.isEmpty()) {
                refused.add(unknownKind(resource.resourceType(), resource.resourceName()));
            } else if (isAnotherBroker(of.get())) {
                refused.add(anotherBroker(of.get()));
            } else {
                configs.add(new NewConfigs(
                        of.get(),
                        resource.configs().stream()
                                .map(config -> new ConfigEntry(config.name(), config.value()))
                                .toList()));
            }
        }
        var resources = configs.stream().map(NewConfigs::of).toList();
        return ask(call, new ReplaceConfigs(configs, request.validateOnly()), resources, refused)
                .map(outcomes -> new AlterConfigsResponseData()
                        .setResponses(outcomes.stream()
                                .map(one -> new AlterConfigsResourceResponse()
                                        .setErrorCode(call.told(one.code()).code())
                                        .setErrorMessage(one.message())
                                        .setResourceType(one.type())
                                        .setResourceName(one.name()))
                                .toList()));
    }

    private Promise<List<Outcome>> ask(
            Call call, ControllerCommand command, List<ConfigResource> resources, List<Outcome> refused) {
        if (resources.isEmpty()) return Promise.of(refused);
        return quorum.ask(command, call.here().loop()).map(answer -> {
            var outcomes = new ArrayList<>(refused);
            altered(answer, resources)
                    .forEach(one -> outcomes.add(
                            new Outcome((byte) one.of().kind().code(), one.of().name(), one.code(), one.message())));
            return outcomes;
        });
    }

    private static List<AlteredConfigs> altered(ControllerAnswer answer, List<ConfigResource> resources) {
        if (answer instanceof ConfigsAltered(var altered)) return altered;
        return resources.stream()
                .map(of -> new AlteredConfigs(of, Errors.NOT_CONTROLLER, "there is no quorum right now"))
                .toList();
    }

    private static List<ConfigResource> of(List<ConfigEdits> edits) {
        return edits.stream().map(ConfigEdits::of).toList();
    }

    /// A broker's settings are changed by asking that broker, or for all brokers at once.
    private boolean isAnotherBroker(ConfigResource of) {
        return of.kind() == ConfigResource.Kind.BROKER
                && !of.name().isEmpty()
                && !of.name().equals(Integer.toString(nodeId));
    }

    private Outcome anotherBroker(ConfigResource of) {
        return new Outcome(
                (byte) of.kind().code(),
                of.name(),
                Errors.INVALID_REQUEST,
                "Unexpected broker id, expected %d or empty string, but received %s".formatted(nodeId, of.name()));
    }

    private static Outcome unknownKind(byte type, String name) {
        return new Outcome(type, name, Errors.INVALID_REQUEST, "resources of type %d have no settings".formatted(type));
    }

    /// Nothing when no resource of this type carries settings.
    static Optional<ConfigResource> resource(byte type, String name) {
        for (var kind : ConfigResource.Kind.values()) {
            if (kind.code() == type) return Optional.of(new ConfigResource(kind, name));
        }
        return Optional.empty();
    }

    private static Optional<Op> op(AlterableConfig config) {
        return switch (config.configOperation()) {
            case 0 -> Optional.of(Op.SET);
            case 1 -> Optional.of(Op.DELETE);
            case 2 -> Optional.of(Op.APPEND);
            case 3 -> Optional.of(Op.SUBTRACT);
            default -> Optional.empty();
        };
    }
}
