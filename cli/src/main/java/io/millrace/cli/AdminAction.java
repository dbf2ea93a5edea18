package io.millrace.cli;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A command that asks the cluster through its Admin API.
abstract class AdminAction extends Action {

    @Mixin
    final Connect connect = new Connect();

    @Option(names = "--json", description = "Print one JSON document instead of text.")
    boolean json;

    @Override
    final int run() throws Exception {
        check();
        try (var admin = connect.admin(surroundings())) {
            return ask(admin);
        }
    }

    /// Refuses options that do not make sense, before a connection is made.
    void check() throws Failure {}

    /// Asks, prints, and returns one of [Exit].
    abstract int ask(Admin admin) throws Exception;

    @Override
    final Failure explain(Exception thrown) {
        return Explain.cluster(thrown, connect.shown(surroundings()), connect.timeout());
    }

    /// Waits for an answer; what the cluster refused is thrown as it is, without its wrapping.
    static <T> T await(KafkaFuture<T> answer) throws Exception {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /// Prints one JSON document.
    final void print(Object tree) {
        out().line(Json.of(tree));
    }

    final void print(Table table) {
        table.print(out(), surroundings().mayStyle());
    }
}
