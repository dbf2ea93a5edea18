package io.millrace.sim;

/// The process or the machine died here: nothing that runs in it goes on. An `Error`, so that nobody takes it for a
/// disk that refuses, and without a stack trace, since it happens ten thousand times and says nothing.
public final class SimCrash extends Error {

    private static final long serialVersionUID = 1;

    /// @param where the operation at which it happened
    SimCrash(String where) {
        super(where, null, false, false);
    }
}
