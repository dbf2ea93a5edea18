package io.millrace.cli;

import picocli.CommandLine.Command;

/// `millrace config ...`
@Command(
        name = "config",
        description = "Show and change the settings of topics, brokers and groups.",
        subcommands = {ConfigList.class, ConfigGet.class, ConfigSet.class, ConfigUnset.class})
final class ConfigCommands {}
