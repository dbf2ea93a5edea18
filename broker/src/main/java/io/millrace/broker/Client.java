package io.millrace.broker;

import io.millrace.net.Connection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the door remembers of one connection, on its loop: what to undo when it closes, and what waits its turn.
final class Client {

    private static final int LOOK_UPS_AT_A_TIME = 2;

    private final Set<Runnable> undone = new HashSet<>();
    private @Nullable Turnstile lookUps;

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

    /// Through which this client's look-ups in logs go, so that one client leaves file threads to the others.
    Turnstile lookUps() {
        if (lookUps == null) {
            lookUps = new Turnstile(LOOK_UPS_AT_A_TIME);
            onClose(lookUps::shut);
        }
        return lookUps;
    }

    void closed() {
        var all = List.copyOf(undone);
        undone.clear();
        all.forEach(Runnable::run);
    }
}
