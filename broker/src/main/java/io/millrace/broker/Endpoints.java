package io.millrace.broker;

import io.millrace.metadata.Endpoint;
import io.millrace.metadata.Node;
import java.util.Optional;

/// Which address of a node a client should use: the one of the listener through which it came.
final class Endpoints {

    private Endpoints() {}

    static Optional<Endpoint> of(Call call, Node node) {
        return node.endpoint(call.connection().listener());
    }
}
