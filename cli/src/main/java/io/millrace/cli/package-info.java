/// # cli: ask a running cluster, print, exit with a number
///
/// One program with a command per file: the options of a command are the fields of its class, `run` or `ask` is what
/// it does. Everything it knows of a cluster it asks through the public Producer, Consumer and Admin of kafka-clients,
/// so it works against every broker that speaks Kafka's protocol.
///
/// - **Knows** flags, tables, JSON, exit codes, and the file format of a log ([LogDump], [LogVerify]).
/// - **Does not know** any room of the server.
/// - **Called by** people and scripts, through [Main].
/// - **Thread** a command runs on one thread and may block; only [Interrupts] runs on another.
///
/// Read [Main] first, then [Action], then any command.
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
