package io.millrace.cli;

import picocli.CommandLine.Command;

/// `millrace group ...`
@Command(
        name = "group",
        description = "List, describe, rewind and delete consumer groups.",
        subcommands = {GroupList.class, GroupDescribe.class, GroupResetOffsets.class, GroupDelete.class})
final class GroupCommands {}
