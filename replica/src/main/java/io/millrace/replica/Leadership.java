package io.millrace.replica;

import io.millrace.metadata.PartitionState;
import io.millrace.replica.AppendResult.Refused;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Who leads a partition, as this node knows it, and what follows for those who ask here.
///
/// @param nodeId this node
record Leadership(int nodeId, PartitionState state) {

    boolean isHere() {
        return state.leader() == nodeId;
    }

    int epoch() {
        return state.leaderEpoch();
    }

    /// Whether a reader who believes in `leaderEpoch` (-1: any) may ask here (KIP-320): NONE, or what to tell it.
    Errors wrongEpoch(int leaderEpoch) {
        if (!isHere()) return Errors.NOT_LEADER_OR_FOLLOWER;
        if (leaderEpoch >= 0 && leaderEpoch < epoch()) return Errors.FENCED_LEADER_EPOCH;
        if (leaderEpoch > epoch()) return Errors.UNKNOWN_LEADER_EPOCH;
        return Errors.NONE;
    }

    /// Why an append is refused; null when it is not.
    ///
    /// @param acks              -1: enough replicas must be in sync
    /// @param minInsyncReplicas how many are enough
    @Nullable
    Refused refusal(short acks, int minInsyncReplicas) {
        if (!isHere()) return new Refused(Errors.NOT_LEADER_OR_FOLLOWER, "another node leads this partition");
        int needed = acks == -1 ? minInsyncReplicas : 1;
        int inSync = state.inSync().size();
        if (inSync >= needed) return null;
        return new Refused(
                Errors.NOT_ENOUGH_REPLICAS,
                "%d replicas are in sync, min.insync.replicas is %d".formatted(inSync, needed));
    }
}
