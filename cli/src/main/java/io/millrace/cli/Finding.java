package io.millrace.cli;

import java.nio.file.Path;

/// Something a check of a log found.
///
/// @param position bytes from the beginning of the file; -1 when it concerns the whole file
record Finding(Severity severity, Path file, long position, String what) {

    static Finding error(Path file, long position, String what) {
        return new Finding(Severity.ERROR, file, position, what);
    }

    static Finding warning(Path file, long position, String what) {
        return new Finding(Severity.WARNING, file, position, what);
    }
}
