package io.millrace.metadata;

import io.millrace.metadata.ControllerAnswer.GrownTopic;
import io.millrace.metadata.ControllerAnswer.PartitionsCreated;
import io.millrace.metadata.ControllerCommand.CreatePartitions;
import io.millrace.metadata.ControllerCommand.MorePartitions;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.Placement.Placed;
import io.millrace.metadata.Placement.Refused;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// The rules of giving topics more partitions. Codes and messages are Kafka's.
final class TopicGrowth {

    private TopicGrowth() {}

    static Decided grow(ClusterImage image, CreatePartitions command) {
        var placement = new Placement(image, command.seed());
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<GrownTopic>();
        var repeated =
                Repeated.in(command.topics().stream().map(MorePartitions::topic).toList());
        boolean tooMany = additional(image, command) > TopicCreation.MAX_PARTITIONS;
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
}
