package io.millrace.cli;

import picocli.CommandLine.Command;

/// `millrace prepare`: named here so that the help is complete. The launcher script does it by itself.
@Command(
        name = "prepare",
        description = "Make the start-up caches of the node and the commands now, say in a container image.",
        footer = {
            "",
            "Nobody needs it: the first start without caches makes them behind itself, some seconds later.",
            "They fit one JDK, its options and these jars, and are kept beside the program, else in ~/.cache/millrace."
        })
final class Prepare extends Action {

    @Override
    int run() throws Failure {
        throw new Failure(
                Exit.USAGE,
                "this program only asks running clusters; the launcher script bin/millrace makes caches",
                "run: bin/millrace prepare");
    }
}
