package io.millrace.metadata;

import io.millrace.metadata.ControllerAnswer.CreatedTopic;
import io.millrace.metadata.ControllerAnswer.TopicsCreated;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.NewTopic;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.Placement.Placed;
import io.millrace.metadata.Placement.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The rules of making topics. Codes and messages are Kafka's.
final class TopicCreation {

    /// New partitions that one command may ask for.
    static final int MAX_PARTITIONS = 10_000;

    private final ConfigChanges configs;

    TopicCreation(ConfigChanges configs) {
        this.configs = configs;
    }

    Decided create(ClusterImage image, CreateTopics command) {
        var placement = new Placement(image, command.seed());
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<CreatedTopic>();
        var names = command.topics().stream().map(NewTopic::name).toList();
        var repeated = Repeated.in(names);
        boolean tooMany = asked(command) > MAX_PARTITIONS;
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

    private Optional<ConfigRules.Objection> objection(ClusterImage image, NewTopic asked, Collection<String> made) {
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

    private static Optional<ConfigRules.Objection> objection(Errors code, String message) {
        return Optional.of(new ConfigRules.Objection(code, message));
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
}
