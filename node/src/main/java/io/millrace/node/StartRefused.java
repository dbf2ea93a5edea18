package io.millrace.node;

/// The node cannot start, and its message says in a sentence why and what to do.
final class StartRefused extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean isUsage;

    StartRefused(String sentence, Throwable cause) {
        super(sentence, cause);
        this.isUsage = false;
    }

    private StartRefused(String sentence, boolean isUsage) {
        super(sentence);
        this.isUsage = isUsage;
    }

    static StartRefused because(String sentence) {
        return new StartRefused(sentence, false);
    }

    /// What was asked for is wrong, whatever the state of the machine.
    static StartRefused usage(String sentence) {
        return new StartRefused(sentence, true);
    }

    boolean isUsage() {
        return isUsage;
    }
}
