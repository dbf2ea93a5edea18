package io.millrace.cli;

/// How bad a [Finding] is.
enum Severity {
    /// Worth knowing; normal under some circumstances, which the finding names.
    WARNING,
    /// Damage.
    ERROR
}
