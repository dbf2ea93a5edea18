package io.millrace.net;

/// A failure that a test wants to see handled; without a trace, so that the log of the tests stays short.
@SuppressWarnings("serial")
final class Planned extends RuntimeException {

    Planned() {
        super("planned by the test", null, false, false);
    }
}
