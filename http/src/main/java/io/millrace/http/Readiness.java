package io.millrace.http;

import java.util.List;

/// Whether a node can do its work, and if not, which of its parts it waits for.
///
/// @param waiting the parts that are not ready, in the order in which they become so; empty when all are
public record Readiness(List<String> waiting) {

    public static final Readiness READY = new Readiness(List.of());

    public Readiness {
        waiting = List.copyOf(waiting);
    }

    public boolean isReady() {
        return waiting.isEmpty();
    }

    /// As JSON: `{"ready":false,"waiting":["metadata"]}`.
    String json() {
        return "{\"ready\":%b,\"waiting\":%s}".formatted(isReady(), Json.list(waiting));
    }
}
