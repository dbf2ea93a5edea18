package io.millrace.node;

import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What must be closed, the last opened first. One thing that fails to close does not keep the others open.
final class Undo implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    private final ArrayDeque<AutoCloseable> open = new ArrayDeque<>();

    /// Closes `it` when this is closed.
    <T extends AutoCloseable> T later(T it) {
        open.push(it);
        return it;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            var last = open.pop();
            try {
                last.close();
            } catch (Exception e) {
                LOG.error("{} could not be closed", last, e);
            }
        }
    }
}
