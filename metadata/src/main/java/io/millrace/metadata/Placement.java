package io.millrace.metadata;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Where new partitions go: round robin over the nodes that are not fenced, or where a client wants them.
final class Placement {

    /// A client's first partition says how many replicas the others have.
    static final int ANY_FACTOR = -1;

    private static final int USUAL_FACTOR = 3;

    /// New partitions, or why there are none.
    sealed interface Result {}

    record Placed(List<PartitionState> partitions) implements Result {}

    record Refused(Errors code, String message) implements Result {}

    private final ClusterImage image;
    private final List<Integer> live;
    private int next;

    /// @param seed where the round begins, any number
    Placement(ClusterImage image, int seed) {
        this.image = image;
        this.live = image.nodes().stream()
                .filter(node -> !node.fenced())
                .map(Node::id)
                .sorted()
                .toList();
        this.next = live.isEmpty() ? 0 : Math.floorMod(seed, live.size());
    }

    /// As many replicas as there are nodes, 3 at most.
    int usualFactor() {
        return Math.clamp(live.size(), 1, USUAL_FACTOR);
    }

    /// Each partition begins one node further, so that leaders and replicas are spread evenly.
    Result spread(int count, int factor) {
        if (live.isEmpty()) return unable(factor, "All brokers are currently fenced.");
        if (factor > live.size())
            return unable(
                    factor,
                    "The target replication factor of %d cannot be reached because only %d broker(s) are registered."
                            .formatted(factor, live.size()));
        var partitions = new ArrayList<PartitionState>(count);
        for (int i = 0; i < count; i++) {
            var replicas = new ArrayList<Integer>(factor);
            for (int r = 0; r < factor; r++) replicas.add(live.get((next + r) % live.size()));
            next = (next + 1) % live.size();
            partitions.add(PartitionState.begin(replicas));
        }
        return new Placed(partitions);
    }

    /// @param first  the number of the first of these partitions
    /// @param factor how many replicas each must have, or [#ANY_FACTOR]
    Result asTold(List<List<Integer>> assignments, int first, int factor) {
        var partitions = new ArrayList<PartitionState>(assignments.size());
        int wanted = factor;
        for (var replicas : assignments) {
            var wrong = objection(replicas, wanted);
            if (wrong != null) return new Refused(Errors.INVALID_REPLICA_ASSIGNMENT, wrong);
            wanted = replicas.size();
            var inSync = replicas.stream().filter(live::contains).toList();
            if (inSync.isEmpty())
                return new Refused(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "All brokers specified in the manual partition assignment for partition %d are fenced or in controlled shutdown."
                                .formatted(first + partitions.size()));
            partitions.add(new PartitionState(replicas, inSync, inSync.getFirst(), 0, 0));
        }
        return new Placed(partitions);
    }

    private @Nullable String objection(List<Integer> replicas, int factor) {
        if (replicas.isEmpty()) return "The manual partition assignment includes an empty replica list.";
        var seen = new HashSet<Integer>();
        for (int id : replicas.stream().sorted().toList()) {
            if (image.node(id).isEmpty())
                return "The manual partition assignment includes broker " + id + ", but no such broker is registered.";
            if (!seen.add(id)) return "The manual partition assignment includes the broker " + id + " more than once.";
        }
        if (factor != ANY_FACTOR && replicas.size() != factor)
            return ("The manual partition assignment includes a partition with %d replica(s), but this is not consistent"
                            + " with previous partitions, which have %d replica(s).")
                    .formatted(replicas.size(), factor);
        return null;
    }

    private static Result unable(int factor, String why) {
        return new Refused(
                Errors.INVALID_REPLICATION_FACTOR, "Unable to replicate the partition " + factor + " time(s): " + why);
    }
}
