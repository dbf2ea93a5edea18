package io.millrace.cli;

import org.jspecify.annotations.Nullable;

/// A command cannot go on. Carries what the user reads and the exit code; never shown with a stack trace unless asked.
final class Failure extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exit;
    private final @Nullable String hint;

    /// @param exit one of [Exit]
    /// @param hint what to do next, as one line; null when there is nothing to add
    Failure(int exit, String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.exit = exit;
        this.hint = hint;
    }

    Failure(int exit, String message, @Nullable String hint) {
        this(exit, message, hint, null);
    }

    static Failure usage(String message) {
        return new Failure(Exit.USAGE, message, null);
    }

    static Failure notFound(String message, @Nullable String hint) {
        return new Failure(Exit.NOT_FOUND, message, hint);
    }

    int exit() {
        return exit;
    }

    @Nullable
    String hint() {
        return hint;
    }
}
