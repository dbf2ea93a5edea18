package io.millrace.node;

import io.millrace.http.Readiness;
import java.util.List;
import java.util.function.Supplier;

/// How far the start has come, for those who ask whether the node is ready.
final class Progress implements Supplier<Readiness> {

    private static final List<String> STAGES = List.of("folder", "metadata", "listeners", "partitions");

    private volatile Readiness now = new Readiness(STAGES);

    /// This stage has begun: those before it are done.
    void at(String stage) {
        now = new Readiness(STAGES.subList(STAGES.indexOf(stage), STAGES.size()));
    }

    void done() {
        now = Readiness.READY;
    }

    @Override
    public Readiness get() {
        return now;
    }
}
