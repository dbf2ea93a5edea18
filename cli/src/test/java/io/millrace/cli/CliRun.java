package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// One command run in this process, as a script would run it: no terminal, its own streams.
record CliRun(int exit, String out, String err) {

    static CliRun of(Map<String, String> environment, byte[] input, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var around = Surroundings.of(new ByteArrayInputStream(input), out, err, environment);
        int exit = Main.run(around, args);
        return new CliRun(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static CliRun of(String... args) {
        return of(Map.of(), new byte[0], args);
    }

    List<String> lines() {
        return out.lines().toList();
    }

    /// Fails with everything that was printed when the exit code is another.
    CliRun exits(int expected) {
        assertEquals(expected, exit, () -> "stdout:\n" + out + "stderr:\n" + err);
        return this;
    }
}
