package io.millrace.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// librdkafka, in the form of Debian's `kcat`.
final class Kcat {

    private static final List<String> PLACES =
            List.of("/usr/bin/kcat", "/usr/local/bin/kcat", "/opt/homebrew/bin/kcat");

    private Kcat() {}

    static Child start(BrokerProcess broker, List<String> arguments) {
        return start(broker.bootstrap(), arguments);
    }

    static Child start(String bootstrap, List<String> arguments) {
        var program = PLACES.stream()
                .filter(place -> Files.isExecutable(Path.of(place)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("kcat is not installed: apt-get install kcat"));
        var command = new ArrayList<>(List.of(program, "-b", bootstrap));
        command.addAll(arguments);
        return Child.start("kcat " + String.join(" ", arguments), Path.of("."), command);
    }

    /// What it says, when it ends well.
    static List<String> run(BrokerProcess broker, String... arguments) {
        try (var kcat = start(broker, List.of(arguments))) {
            return kcat.succeeds().lines();
        }
    }
}
