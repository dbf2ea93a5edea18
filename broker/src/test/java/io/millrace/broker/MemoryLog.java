package io.millrace.broker;

import io.millrace.metadata.CatalogueRules;
import io.millrace.metadata.Controller;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import io.millrace.metadata.Endpoint;
import io.millrace.model.Promise;
import io.millrace.quorum.MetadataLog;
import io.millrace.quorum.Quorum;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A metadata log of one voter that agrees with itself at once.
final class MemoryLog implements MetadataLog {

    private @Nullable Reader reader;
    private long index;

    /// A quorum over such a log, of a cluster of node 7 alone and without topics.
    static Quorum quorum() throws IOException {
        var loop = new AtOnce();
        var controller = new Controller(new CatalogueRules());
        var quorum =
                Quorum.start(new MemoryLog(), controller, "the-cluster", loop, AtOnce.CLOCK, Duration.ofSeconds(10));
        var endpoints = List.of(new Endpoint(Calls.LISTENER, "example.org", 9092, "PLAINTEXT"));
        var _ = quorum.ask(new RegisterNode(7, Uuid.ONE_UUID, "", endpoints), loop)
                .value();
        return quorum;
    }

    @Override
    public void start(Reader first) {
        reader = first;
        first.leading(1);
    }

    @Override
    public Promise<Outcome> propose(byte[] entry, Executor loop) {
        var to = Objects.requireNonNull(reader);
        to.read(++index, entry);
        to.caughtUp();
        return Promise.of(new Committed(index));
    }

    @Override
    public int maxEntryBytes() {
        return 1 << 20;
    }

    @Override
    public void close() {}
}
