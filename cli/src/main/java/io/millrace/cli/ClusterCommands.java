package io.millrace.cli;

import picocli.CommandLine.Command;

/// `millrace cluster ...`
@Command(
        name = "cluster",
        description = "Show the nodes of the cluster.",
        subcommands = {ClusterDescribe.class})
final class ClusterCommands {}
