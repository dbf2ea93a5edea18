package io.millrace.cli;

import picocli.CommandLine.Command;

/// `millrace log ...`
@Command(
        name = "log",
        description = "Look into the log files of a broker, without the broker.",
        subcommands = {LogDump.class, LogVerify.class})
final class LogCommands {}
