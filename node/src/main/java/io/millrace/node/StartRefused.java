package io.millrace.node;

import org.jspecify.annotations.Nullable;

/// The node cannot start, and its message says in a sentence why and what to do.
final class StartRefused extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean isUsage;

    StartRefused(String sentence, Throwable cause) {
        this(sentence, cause, false);
    }

    private StartRefused(String sentence, @Nullable Throwable cause, boolean isUsage) {
        super(sentence, cause);
        this.isUsage = isUsage;
    }

    static StartRefused because(String sentence) {
        return new StartRefused(sentence, null, false);
    }

    /// What was asked for is wrong, whatever the state of the machine.
    static StartRefused usage(String sentence) {
        return new StartRefused(sentence, null, true);
    }

    static StartRefused usage(String sentence, Throwable cause) {
        return new StartRefused(sentence, cause, true);
    }

    boolean isUsage() {
        return isUsage;
    }
}
