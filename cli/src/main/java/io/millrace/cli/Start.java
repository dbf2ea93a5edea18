package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `millrace start`: named here so that the help is complete. The launcher script starts the node's own program.
@Command(name = "start", description = "Start one node: broker, metadata quorum and HTTP port in one process.")
final class Start extends Action {

    @Unmatched
    private List<String> rest = new ArrayList<>();

    @Override
    int run() throws Failure {
        throw new Failure(
                Exit.USAGE,
                "this program only asks running clusters; the launcher script bin/millrace starts nodes",
                String.join(" ", "run: bin/millrace start", String.join(" ", rest))
                        .strip());
    }
}
