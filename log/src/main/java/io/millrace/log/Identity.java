package io.millrace.log;

/// Whose data a folder holds: the cluster, and the node in it.
///
/// @param clusterId the cluster's id, as text
/// @param nodeId    the node's number, never negative
public record Identity(String clusterId, int nodeId) {

    public Identity {
        if (clusterId.isBlank()) throw new IllegalArgumentException("the cluster id is empty");
        if (nodeId < 0) throw new IllegalArgumentException("node id is negative: " + nodeId);
    }
}
