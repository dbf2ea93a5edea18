package io.millrace.log;

import java.io.IOException;

/// What came of opening a partition's log.
public sealed interface Opened {

    /// The log is whole and ready.
    record Ready(Log log) implements Opened {}

    /// The log cannot be used; its files were left as they are.
    record Failed(IOException cause) implements Opened {}
}
