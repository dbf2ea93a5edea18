package io.millrace.broker;

import io.millrace.net.Connection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the door remembers of one connection, on its loop: what to undo when it closes.
final class Client {

    private final Set<Runnable> undone = new HashSet<>();

    /// The client at the other end of `connection`.
    static Client of(Connection connection) {
        if (connection.attachment() instanceof Client known) return known;
        var client = new Client();
        connection.attach(client);
        return client;
    }

    /// Runs `undo` when the connection closes, unless [#forget] comes before.
    void onClose(Runnable undo) {
        undone.add(undo);
    }

    void forget(Runnable undo) {
        undone.remove(undo);
    }

    void closed() {
        var all = List.copyOf(undone);
        undone.clear();
        all.forEach(Runnable::run);
    }
}
