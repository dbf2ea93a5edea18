package io.millrace.broker;

import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.ControllerCommand.AllocateProducerIds;
import io.millrace.model.Promise;
import io.millrace.net.Loop;
import io.millrace.quorum.Quorum;
import java.util.ArrayDeque;
import org.apache.kafka.common.protocol.Errors;

/// Numbers for producers, taken from the controller a block at a time. One instance per loop.
///
/// A block that was taken is used by this process or by nobody: no number is ever given twice.
final class ProducerIds {

    private static final int MAX_WAITING = 10_000;

    /// What came of asking for a number.
    sealed interface Next {

        record Id(long producerId) implements Next {}

        record Refused(Errors code) implements Next {}
    }

    private final Quorum quorum;
    private final Loop loop;
    private final int nodeId;
    private final ArrayDeque<Promise<Next>> waiting = new ArrayDeque<>();
    private long nextId;
    private long endId;
    private boolean isAsking;

    ProducerIds(Quorum quorum, Loop loop, int nodeId) {
        this.quorum = quorum;
        this.loop = loop;
        this.nodeId = nodeId;
    }

    /// A number that nobody else gets. On this instance's loop.
    Promise<Next> next() {
        if (nextId < endId) return Promise.of(new Next.Id(nextId++));
        if (waiting.size() >= MAX_WAITING) return Promise.of(new Next.Refused(Errors.COORDINATOR_LOAD_IN_PROGRESS));
        var promise = new Promise<Next>();
        waiting.add(promise);
        ask();
        return promise;
    }

    private void ask() {
        if (isAsking) return;
        isAsking = true;
        quorum.ask(new AllocateProducerIds(nodeId), loop).then(answer -> {
            isAsking = false;
            if (answer instanceof ControllerAnswer.ProducerIds(long first, int count)) {
                nextId = first;
                endId = first + count;
                serve();
            } else {
                refuse();
            }
        });
    }

    private void serve() {
        while (!waiting.isEmpty() && nextId < endId) waiting.poll().complete(new Next.Id(nextId++));
        if (!waiting.isEmpty()) ask();
    }

    private void refuse() {
        var told = new ArrayDeque<>(waiting);
        waiting.clear();
        told.forEach(one -> one.complete(new Next.Refused(Errors.COORDINATOR_NOT_AVAILABLE)));
    }
}
