package io.millrace.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Two short days in the life of a node, so that the JVM learns which classes and methods it needs
/// (JEP 514, 515).
///
/// The first day begins on an empty folder, the second on what the first one left, as most starts do. The
/// client is a process of its own: a start maps whatever the cache holds, and a node needs no client.
final class Training {

    private Training() {}

    /// Returns when both days are over and nothing of them is left.
    static void run() throws StartRefused, InterruptedException {
        try {
            var folder = Files.createTempDirectory("millrace-training");
            try {
                day(folder);
                day(folder);
            } finally {
                Folders.deleteAll(folder);
            }
        } catch (IOException e) {
            throw new StartRefused("the training run failed: " + e.getMessage(), e);
        }
    }

    private static void day(Path folder) throws StartRefused, InterruptedException, IOException {
        var words = List.of("--data", folder.toString(), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0");
        try (var house = House.open(Flags.read(words).settings().texts(), new SystemClock())) {
            System.out.println(Start.announcement(house, System.nanoTime()));
            visit(house.ready().local());
        }
    }

    private static void visit(String bootstrap) throws StartRefused, InterruptedException, IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ProcessBuilder(
                java, "-cp", System.getProperty("java.class.path"), Visitor.class.getName(), bootstrap);
        int exit = command.inheritIO().start().waitFor();
        if (exit != 0) throw StartRefused.because("the training run failed: its client ended with " + exit);
    }
}
