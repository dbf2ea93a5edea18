package io.millrace.metadata;

import java.util.Map;

/// What is true of the cluster as a whole.
///
/// @param clusterId      empty before the cluster begins
/// @param nextProducerId the first producer id that nobody has
/// @param features       levels of the features in use, by name
public record ClusterFacts(String clusterId, long nextProducerId, Map<String, Short> features) {

    static final ClusterFacts NONE = new ClusterFacts("", 0, Map.of());

    public ClusterFacts {
        features = Map.copyOf(features);
    }
}
