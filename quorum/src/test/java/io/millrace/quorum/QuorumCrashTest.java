package io.millrace.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.Controller;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Method: other processes, which are killed while they work.
class QuorumCrashTest {

    @TempDir
    Path dir;

    private final HandLoop loop = new HandLoop();

    @Test
    void whatWasAnsweredOutlivesTheProcess() throws Exception {
        var made = new ArrayList<String>();
        for (int round = 0; round < 2; round++) {
            var child = child("one", "round-" + round);
            try (var out = child.inputReader(StandardCharsets.UTF_8)) {
                read(out, 200 + 150 * round, made);
                child.toHandle().destroyForcibly(); // what it has printed stays readable
                read(out, Integer.MAX_VALUE, made);
            }
            assertEquals(128 + 9, child.waitFor());
        }

        var quorum = start();
        var image = quorum.image();
        assertEquals("one", image.clusterId());
        assertTrue(made.size() >= 550, () -> "only " + made.size() + " were made");
        for (var name : made) assertTrue(image.topic(name).isPresent(), () -> name + " is lost");
        close(quorum);

        var again = start();
        assertEquals(image.records(), again.image().records());
        close(again);
    }

    @Test
    void aFailedStartLeavesNoThreadsThatKeepTheProcessAlive() throws Exception {
        var quorum = start();
        for (var cluster : List.of("one", "two")) {
            var child = child(cluster, "never");
            try {
                assertTrue(child.waitFor(50, TimeUnit.SECONDS), "a process that failed to start does not end");
                assertNotEquals(0, child.exitValue());
            } finally {
                child.destroyForcibly();
            }
        }
        close(quorum);
    }

    /// Adds the next `most` names that were printed, fewer when the output ends.
    private static void read(BufferedReader out, int most, List<String> made) throws IOException {
        int left = most;
        while (left > 0) {
            var line = out.readLine();
            if (line == null) return;
            if (!line.startsWith("made ")) continue;
            made.add(line.substring("made ".length()));
            left--;
        }
    }

    private Process child(String cluster, String names) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        QuorumChild.class.getName(),
                        dir.resolve("metadata").toString(),
                        cluster,
                        names)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private Quorum start() throws Exception {
        var log = new RatisMetadataLog(dir.resolve("metadata"), "one", 1);
        return loop.whileBlocked(() -> Quorum.start(
                log, new Controller(new AnyConfig()), "one", loop, new WallClock(), Duration.ofSeconds(60)));
    }

    private void close(Quorum quorum) throws Exception {
        loop.whileBlocked(() -> {
            quorum.close();
            return quorum;
        });
    }
}
