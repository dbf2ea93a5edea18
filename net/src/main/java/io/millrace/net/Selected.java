package io.millrace.net;

/// What hangs at a key of the selector. Belongs to one loop.
abstract sealed class Selected permits Acceptor, SocketConnection {

    /// What the selector has said since the last [#onReady].
    private int readyOps;

    private boolean queued;

    /// Does what can be done now, a bounded amount of it.
    abstract void onReady(int ops);

    /// Notes `ops`; says whether this is to be put into the queue.
    final boolean note(int ops) {
        readyOps |= ops;
        boolean first = !queued;
        queued = true;
        return first;
    }

    /// Out of the queue: does its work.
    final void serve() {
        int ops = readyOps;
        readyOps = 0;
        queued = false;
        onReady(ops);
    }
}
