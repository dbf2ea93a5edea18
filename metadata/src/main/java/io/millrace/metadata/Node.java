package io.millrace.metadata;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// A node of the cluster as it registered.
///
/// @param id          never negative
/// @param incarnation drawn anew by every start of the process
/// @param rack        where it stands, empty when that was not said
/// @param fenced      a fenced node leads nothing and is given no replicas
public record Node(int id, Uuid incarnation, String rack, List<Endpoint> endpoints, boolean fenced) {

    public Node {
        endpoints = List.copyOf(endpoints);
    }

    public Optional<Endpoint> endpoint(String listener) {
        return endpoints.stream().filter(e -> e.listener().equals(listener)).findFirst();
    }
}
