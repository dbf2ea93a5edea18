package io.millrace.metadata;

import java.util.List;

/// Who keeps a partition, and who leads it.
///
/// @param replicas       the nodes that keep it, the preferred leader first
/// @param inSync         those of them that have everything below the high watermark
/// @param leader         a node of `inSync`, or [#NO_LEADER]
/// @param leaderEpoch    grows with every change of leader, and with every restart of the leader
/// @param partitionEpoch grows with every change of this state
public record PartitionState(
        List<Integer> replicas, List<Integer> inSync, int leader, int leaderEpoch, int partitionEpoch) {

    public static final int NO_LEADER = -1;

    public PartitionState {
        replicas = List.copyOf(replicas);
        inSync = List.copyOf(inSync);
    }

    /// A new partition: its first replica leads, all are in sync.
    public static PartitionState begin(List<Integer> replicas) {
        return new PartitionState(replicas, replicas, replicas.getFirst(), 0, 0);
    }

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    /// The same leader under its next epoch.
    public PartitionState nextEpoch() {
        return new PartitionState(replicas, inSync, leader, leaderEpoch + 1, partitionEpoch + 1);
    }
}
