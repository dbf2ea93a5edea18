package io.millrace.metadata;

import io.millrace.metadata.ControllerAnswer.Done;
import io.millrace.metadata.ControllerAnswer.ProducerIds;
import io.millrace.metadata.ControllerAnswer.Refused;
import io.millrace.metadata.ControllerCommand.AllocateProducerIds;
import io.millrace.metadata.ControllerCommand.CreateCluster;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import io.millrace.metadata.MetadataRecord.ClusterCreated;
import io.millrace.metadata.MetadataRecord.NodeRegistered;
import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.MetadataRecord.ProducerIdsAllocated;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// The rules of clusters and their nodes.
final class NodeRules {

    private static final int PRODUCER_IDS_PER_BLOCK = 1000;

    private NodeRules() {}

    static Decided createCluster(ClusterImage image, CreateCluster command) {
        if (command.clusterId().isEmpty())
            return Decided.only(new Refused(Errors.INVALID_REQUEST, "The cluster id is empty."));
        if (!image.clusterId().isEmpty())
            return Decided.only(
                    new Refused(Errors.INVALID_REQUEST, "The cluster " + image.clusterId() + " has begun already."));
        return new Decided(List.of(new ClusterCreated(command.clusterId())), new Done());
    }

    /// A new incarnation never leads under an epoch from before its start: what it leads gets the next one.
    static Decided register(ClusterImage image, RegisterNode command) {
        if (command.id() < 0) return Decided.only(new Refused(Errors.INVALID_REQUEST, "Invalid negative broker ID."));
        var node = new Node(command.id(), command.incarnation(), command.rack(), command.endpoints(), false);
        var before = image.node(command.id()).orElse(null);
        if (node.equals(before)) return Decided.only(new Done());

        var records = new ArrayList<MetadataRecord>();
        records.add(new NodeRegistered(node));
        boolean restarted = before != null && !before.incarnation().equals(command.incarnation());
        if (restarted) {
            image.topics().stream()
                    .sorted(Comparator.comparing(Topic::id))
                    .forEach(topic -> nextEpochs(topic, command.id(), records));
        }
        return new Decided(records, new Done());
    }

    private static void nextEpochs(Topic topic, int leader, List<MetadataRecord> records) {
        for (int i = 0; i < topic.partitions().size(); i++) {
            var state = topic.partitions().get(i);
            if (state.leader() == leader) records.add(new PartitionChanged(topic.id(), i, state.nextEpoch()));
        }
    }

    static Decided allocateProducerIds(ClusterImage image, AllocateProducerIds command) {
        if (image.node(command.node()).isEmpty())
            return Decided.only(new Refused(
                    Errors.BROKER_ID_NOT_REGISTERED, "Broker ID " + command.node() + " is not currently registered"));
        long first = image.facts().nextProducerId();
        if (first > Long.MAX_VALUE - PRODUCER_IDS_PER_BLOCK)
            return Decided.only(new Refused(
                    Errors.UNKNOWN_SERVER_ERROR,
                    "Exhausted all producerIds as the next block's end producerId has exceeded the int64 type limit"));
        var record = new ProducerIdsAllocated(command.node(), first + PRODUCER_IDS_PER_BLOCK);
        return new Decided(List.of(record), new ProducerIds(first, PRODUCER_IDS_PER_BLOCK));
    }
}
