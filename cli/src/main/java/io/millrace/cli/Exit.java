package io.millrace.cli;

/// The exit codes of every command. They are documented in `--help` and never change their meaning.
final class Exit {

    static final int OK = 0;

    /// The cluster refused or failed what was asked, or a check found damage.
    static final int FAILED = 1;

    /// The command line or the input does not make sense.
    static final int USAGE = 2;

    /// No connection, or no answer in time.
    static final int UNREACHABLE = 3;

    /// The topic, group, setting or file does not exist.
    static final int NOT_FOUND = 4;

    /// Ended by Ctrl-C.
    static final int INTERRUPTED = 130;

    private Exit() {}
}
