package io.millrace.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Our broker, started as people start it: by the launcher of the unpacked distribution.
record Millrace() implements Make {

    /// `bin/millrace` of the distribution, or of a source checkout.
    static Path launcher() {
        var launcher = Path.of(System.getProperty("acceptance.millrace", "../dist/target/millrace/bin/millrace"))
                .toAbsolutePath()
                .normalize();
        if (!Files.isExecutable(launcher)) {
            throw new IllegalStateException(launcher + " is not there: build the module dist first (mvn verify)");
        }
        return launcher;
    }

    @Override
    public void prepare(Layout layout) {
        // A first start makes all it needs.
    }

    @Override
    public List<String> command(Layout layout) {
        var command = new ArrayList<>(
                List.of(launcher().toString(), "start", "--data", layout.data().toString()));
        if (layout.detour().isThere()) {
            layout.listeners().forEach((name, value) -> command.addAll(List.of("--set", name + "=" + value)));
        } else {
            command.addAll(List.of("--listen", layout.bootstrap()));
        }
        command.addAll(List.of("--http", "127.0.0.1:" + layout.httpPort()));
        layout.settings().forEach((name, value) -> command.addAll(List.of("--set", name + "=" + value)));
        return command;
    }

    @Override
    public Map<String, String> environment() {
        // A cache that the build could not make is not made behind the tests.
        return Map.of("MILLRACE_AOT_AFTER", "3600");
    }
}
