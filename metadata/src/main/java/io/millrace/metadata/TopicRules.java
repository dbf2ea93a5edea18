package io.millrace.metadata;

import io.millrace.metadata.ControllerAnswer.CreatedTopic;
import io.millrace.metadata.ControllerAnswer.DeletedTopic;
import io.millrace.metadata.ControllerAnswer.GrownTopic;
import io.millrace.metadata.ControllerAnswer.PartitionsCreated;
import io.millrace.metadata.ControllerAnswer.TopicsCreated;
import io.millrace.metadata.ControllerAnswer.TopicsDeleted;
import io.millrace.metadata.ControllerCommand.CreatePartitions;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.DeleteTopics;
import io.millrace.metadata.ControllerCommand.MorePartitions;
import io.millrace.metadata.ControllerCommand.NewTopic;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import io.millrace.metadata.ControllerCommand.TopicRef;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import io.millrace.metadata.Placement.Placed;
import io.millrace.metadata.Placement.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The rules of topics: making, growing and deleting them. Codes and messages are Kafka's.
///
/// An item that is asked twice in one command is answered once, with a refusal.
final class TopicRules {

    /// New partitions that one command may ask for.
    private static final int MAX_PARTITIONS_PER_COMMAND = 10_000;

    private final ConfigChanges configs;

    TopicRules(ConfigChanges configs) {
        this.configs = configs;
    }

    Decided create(ClusterImage image, CreateTopics command) {
        var placement = new Placement(image, command.seed());
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<CreatedTopic>();
        var names = command.topics().stream().map(NewTopic::name).toList();
        var repeated = repeated(names);
        boolean tooMany = asked(command) > MAX_PARTITIONS_PER_COMMAND;
        var made = new ArrayList<String>();
        for (var asked : command.topics()) {
            if (repeated.contains(asked.name())) continue;
            var name = asked.name();
            if (tooMany) {
                results.add(
                        refused(name, Errors.POLICY_VIOLATION, "Excessively large number of partitions per request."));
                continue;
            }
            var objection = objection(image, asked, made);
            if (objection.isPresent()) {
                results.add(
                        refused(name, objection.get().code(), objection.get().message()));
                continue;
            }
            switch (place(asked, command.defaults(), placement)) {
                case Refused(var code, var message) -> results.add(refused(name, code, message));
                case Placed(var partitions) -> {
                    var topic = new Topic(name, asked.id(), partitions);
                    var settings = ConfigChanges.texts(asked.configs());
                    addRecords(topic, settings, records);
                    made.add(name);
                    results.add(new CreatedTopic(name, Errors.NONE, null, topic, Map.copyOf(settings)));
                }
            }
        }
        repeated.forEach(name -> results.add(refused(name, Errors.INVALID_REQUEST, "Duplicate topic name.")));
        return new Decided(command.validateOnly() ? List.of() : records, new TopicsCreated(List.copyOf(results)));
    }

    private static void addRecords(Topic topic, Map<String, String> settings, List<MetadataRecord> records) {
        records.add(new TopicCreated(topic.id(), topic.name()));
        var resource = ConfigResource.topic(topic.name());
        settings.forEach((name, value) -> records.add(new ConfigSet(resource, name, value)));
        for (int i = 0; i < topic.partitions().size(); i++) {
            records.add(new PartitionPlaced(topic.id(), i, topic.partitions().get(i)));
        }
    }

    private static CreatedTopic refused(String name, Errors code, @Nullable String message) {
        return new CreatedTopic(name, code, message, null, Map.of());
    }

    /// How many partitions the command asks for, counted as asked and not as granted.
    private static long asked(CreateTopics command) {
        long sum = 0;
        for (var topic : command.topics()) {
            if (!topic.assignments().isEmpty()) sum += topic.assignments().size();
            else sum += topic.partitions() == -1 ? command.defaults().partitions() : Math.max(0, topic.partitions());
        }
        return sum;
    }

    private Optional<ConfigChanges.Objection> objection(ClusterImage image, NewTopic asked, Collection<String> made) {
        var name = asked.name();
        var wrong = TopicName.objection(name);
        if (wrong.isPresent()) return objection(Errors.INVALID_TOPIC_EXCEPTION, wrong.get());
        if (name.equals(TopicName.CLUSTER_METADATA))
            return objection(Errors.INVALID_REQUEST, "Creation of internal topic " + name + " is prohibited.");
        if (image.topic(name).isPresent())
            return objection(Errors.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        var other = colliding(image, name, made);
        if (other.isPresent())
            return objection(
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "Topic '" + name + "' collides with existing topic: " + other.get());
        return configs.objection(ConfigResource.topic(name), asked.configs());
    }

    private static Optional<String> colliding(ClusterImage image, String name, Collection<String> made) {
        if (name.indexOf('.') < 0 && name.indexOf('_') < 0) return Optional.empty();
        for (var topic : image.topics()) {
            if (TopicName.collide(name, topic.name())) return Optional.of(topic.name());
        }
        return made.stream().filter(other -> TopicName.collide(name, other)).findFirst();
    }

    private static Optional<ConfigChanges.Objection> objection(Errors code, String message) {
        return Optional.of(new ConfigChanges.Objection(code, message));
    }

    private static Placement.Result place(NewTopic asked, TopicDefaults defaults, Placement placement) {
        if (!asked.assignments().isEmpty()) return placeAsTold(asked, placement);
        if (asked.replicationFactor() < -1 || asked.replicationFactor() == 0)
            return new Refused(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        if (asked.partitions() < -1 || asked.partitions() == 0)
            return new Refused(
                    Errors.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        int partitions = asked.partitions() == -1 ? defaults.partitions() : asked.partitions();
        int factor = asked.replicationFactor() == -1 ? defaults.replicationFactor() : asked.replicationFactor();
        return placement.spread(partitions, factor == -1 ? placement.usualFactor() : factor);
    }

    private static Placement.Result placeAsTold(NewTopic asked, Placement placement) {
        if (asked.replicationFactor() != -1)
            return new Refused(
                    Errors.INVALID_REQUEST,
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        if (asked.partitions() != -1)
            return new Refused(
                    Errors.INVALID_REQUEST,
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        var byIndex = new ArrayList<@Nullable List<Integer>>();
        for (int i = 0; i < asked.assignments().size(); i++) byIndex.add(null);
        for (var assignment : asked.assignments()) {
            int index = assignment.partition();
            if (index < 0 || index >= byIndex.size())
                return new Refused(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "partitions should be a consecutive 0-based integer sequence");
            if (byIndex.get(index) != null)
                return new Refused(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "Found multiple manual partition assignments for partition " + index);
            byIndex.set(index, assignment.replicas());
        }
        var replicas = new ArrayList<List<Integer>>();
        for (var some : byIndex) replicas.add(some == null ? List.of() : some);
        return placement.asTold(replicas, 0, Placement.ANY_FACTOR);
    }

    Decided delete(ClusterImage image, DeleteTopics command) {
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<DeletedTopic>();
        var repeated = repeated(command.topics());
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

    Decided grow(ClusterImage image, CreatePartitions command) {
        var placement = new Placement(image, command.seed());
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<GrownTopic>();
        var repeated =
                repeated(command.topics().stream().map(MorePartitions::topic).toList());
        boolean tooMany = additional(image, command) > MAX_PARTITIONS_PER_COMMAND;
        for (var asked : command.topics()) {
            if (repeated.contains(asked.topic())) continue;
            if (tooMany) {
                results.add(new GrownTopic(
                        asked.topic(),
                        Errors.POLICY_VIOLATION,
                        "Excessively large number of additional partitions per request."));
                continue;
            }
            results.add(grow(image, asked, placement, records));
        }
        repeated.forEach(name -> results.add(new GrownTopic(name, Errors.INVALID_REQUEST, "Duplicate topic name.")));
        return new Decided(command.validateOnly() ? List.of() : records, new PartitionsCreated(List.copyOf(results)));
    }

    private static GrownTopic grow(
            ClusterImage image, MorePartitions asked, Placement placement, List<MetadataRecord> records) {
        var topic = image.topic(asked.topic()).orElse(null);
        if (topic == null)
            return new GrownTopic(
                    asked.topic(), Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.UNKNOWN_TOPIC_OR_PARTITION.message());
        return switch (morePartitions(topic, asked, placement)) {
            case Refused(var code, var message) -> new GrownTopic(topic.name(), code, message);
            case Placed(var partitions) -> {
                int first = topic.partitions().size();
                for (int i = 0; i < partitions.size(); i++) {
                    records.add(new PartitionPlaced(topic.id(), first + i, partitions.get(i)));
                }
                yield new GrownTopic(topic.name(), Errors.NONE, null);
            }
        };
    }

    private static Placement.Result morePartitions(Topic topic, MorePartitions asked, Placement placement) {
        int now = topic.partitions().size();
        if (asked.count() == now)
            return new Refused(Errors.INVALID_PARTITIONS, "Topic already has " + now + " partition(s).");
        if (asked.count() < now)
            return new Refused(
                    Errors.INVALID_PARTITIONS,
                    "The topic %s currently has %d partition(s); %d would not be an increase."
                            .formatted(topic.name(), now, asked.count()));
        // Who coordinates a group follows from the number of these partitions: growing would lose every offset.
        if (topic.isInternal())
            return new Refused(
                    Errors.INVALID_REQUEST,
                    "The number of partitions of the internal topic " + topic.name() + " is fixed.");
        int additional = asked.count() - now;
        int factor = topic.partitions().getFirst().replicas().size();
        var told = asked.assignments();
        if (told == null) return placement.spread(additional, factor);
        if (told.size() != additional)
            return new Refused(
                    Errors.INVALID_REPLICA_ASSIGNMENT,
                    "Attempted to add %d additional partition(s), but only %d assignment(s) were specified."
                            .formatted(additional, told.size()));
        return placement.asTold(told, now, factor);
    }

    private static long additional(ClusterImage image, CreatePartitions command) {
        long sum = 0;
        for (var asked : command.topics()) {
            int now = image.topic(asked.topic())
                    .map(topic -> topic.partitions().size())
                    .orElse(0);
            if (asked.count() > now) sum += asked.count() - now;
        }
        return sum;
    }

    private static <T> Set<T> repeated(Collection<T> asked) {
        var seen = new HashSet<T>();
        var repeated = new LinkedHashSet<T>();
        for (var item : asked) {
            if (!seen.add(item)) repeated.add(item);
        }
        return repeated;
    }
}
