package io.millrace.metadata;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What comes of a [ControllerCommand]. Items stand in the order in which they were asked; one bad item does not
/// fail the others.
public sealed interface ControllerAnswer {

    /// Nothing was done, and `code` tells whether to try again.
    record Refused(Errors code, String message) implements ControllerAnswer {}

    /// It is done, and there is nothing to tell.
    record Done() implements ControllerAnswer {}

    record TopicsCreated(List<CreatedTopic> topics) implements ControllerAnswer {}

    /// @param topic   as it is now, or would be; null when `code` is an error
    /// @param configs the topic's explicit settings
    record CreatedTopic(
            String name,
            Errors code,
            @Nullable String message,
            @Nullable Topic topic,
            Map<String, String> configs) {}

    record TopicsDeleted(List<DeletedTopic> topics) implements ControllerAnswer {}

    /// @param name null when the topic was asked for by an id that nobody knows
    /// @param id   `Uuid.ZERO_UUID` when the topic was asked for by a name that nobody knows
    record DeletedTopic(
            @Nullable String name,
            Uuid id,
            Errors code,
            @Nullable String message) {}

    record PartitionsCreated(List<GrownTopic> topics) implements ControllerAnswer {}

    record GrownTopic(String name, Errors code, @Nullable String message) {}

    record ConfigsAltered(List<AlteredConfigs> resources) implements ControllerAnswer {}

    record AlteredConfigs(
            ConfigResource of, Errors code, @Nullable String message) {}

    /// The ids from `first` up to, not including, `first + count`.
    record ProducerIds(long first, int count) implements ControllerAnswer {}
}
