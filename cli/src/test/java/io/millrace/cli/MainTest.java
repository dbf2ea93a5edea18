package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The command line itself: help, mistakes, exit codes. No broker.
class MainTest {

    /// A port that refuses: it was ours, and nobody listens there now.
    private static String refusing() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void theHelpNamesEveryCommandAndExitCode() {
        var help = CliRun.of("--help").exits(Exit.OK).out();
        for (var command :
                List.of("start", "topic", "produce", "consume", "group", "cluster", "config", "log", "version")) {
            assertTrue(help.lines().anyMatch(line -> line.startsWith("  " + command + " ")), command);
        }
        for (var code : List.of("0", "1", "2", "3", "4", "130")) {
            assertTrue(help.lines().anyMatch(line -> line.matches(" +" + code + " +\\S.*")), code);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topic create",
                "topic list",
                "topic describe",
                "topic alter",
                "topic delete",
                "produce",
                "consume",
                "group list",
                "group describe",
                "group reset-offsets",
                "group delete",
                "cluster describe",
                "config list",
                "config get",
                "config set",
                "config unset",
                "log dump",
                "log verify",
                "version",
                "start"
            })
    void everyCommandHasHelpThatFitsAScreen(String command) {
        var words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.add("--help");
        var run = CliRun.of(words.toArray(String[]::new)).exits(Exit.OK);
        assertTrue(run.out().startsWith("Usage: millrace " + command), run.out());
        assertEquals(
                List.of(),
                run.lines().stream().filter(line -> line.length() > 120).toList());

        words.addFirst("help");
        words.removeLast();
        assertEquals(
                run.out(),
                CliRun.of(words.toArray(String[]::new)).exits(Exit.OK).out());
    }

    @Test
    void nothingIsAQuestionForHelp() {
        var run = CliRun.of().exits(Exit.USAGE);
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("Usage: millrace"), run.err());
    }

    @ParameterizedTest
    @CsvSource({
        "topik, did you mean: topic",
        "topic creat x, did you mean: create",
        "topic create x --partitons 3, did you mean: --partitions",
        "consume x --form earliest, did you mean: --from",
        "topic, 'say what to do: create, list, describe, alter, delete'",
        "topic create, Missing required parameter: 'NAME'",
        "topic create x --partitions many, 'is not an int'",
        "topic create x --partitions 0, --partitions must be at least 1",
        "topic create x y, is one argument too many",
        "topic create x --config novalue, should be in KEY=VALUE format",
        "topic alter x, nothing to change",
        "topic list --timeout soon, is not a duration",
        "topic list --timeout 0s, is not between",
        "topic list --bootstrap a:b, is not HOST:PORT",
        "produce x --acks 2, is none of all",
        "produce x --compression rar, is none of none",
        "produce x --format xml, no format is called 'xml'",
        "produce x --header novalue, is not KEY=VALUE",
        "produce x v --file f, cannot be mixed",
        "produce x --rate 0, --rate must be above 0",
        "consume x --from never, is not a place in a topic",
        "consume x --follow --until latest, cannot be mixed",
        "consume x --group g --from 5, group reset-offsets g",
        "consume x --group g --partition 1, cannot be mixed",
        "consume x --json --keys, are for text",
        "consume x --isolation none, neither read_committed",
        "group reset-offsets g, say where to",
        "group reset-offsets g --to latest --shift 1, say where to",
        "group reset-offsets g --to latest --partition 0, exactly one --topic",
        "config list, specify one of these",
        "config list --topic a --group b, mutually exclusive",
        "start --data d, bin/millrace start --data d",
    })
    void mistakesAreNamedWithExitCode2(String words, String said) {
        var run = CliRun.of(words.split(" ", -1)).exits(Exit.USAGE);
        assertTrue(run.err().contains(said), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
        assertEquals("", run.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topic list",
                "topic create a",
                "topic delete a --yes",
                "produce a v",
                "consume a",
                "group list",
                "group describe g",
                "cluster describe",
                "config get a --topic b"
            })
    void noBrokerIsExitCode3AndSaysHowToStartOne(String words) throws IOException {
        var environment = Map.of("MILLRACE_BOOTSTRAP", refusing());
        var run = CliRun.of(environment, new byte[0], words.split(" ", -1)).exits(Exit.UNREACHABLE);
        assertTrue(run.err().contains("cannot connect to " + environment.get("MILLRACE_BOOTSTRAP")), run.err());
        assertTrue(run.err().contains("millrace start"), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
    }

    @Test
    void aPortThatNeverAnswersIsExitCode3() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var run = CliRun.of(
                            "topic", "list", "--timeout", "600ms", "--bootstrap", "127.0.0.1:" + silent.getLocalPort())
                    .exits(Exit.UNREACHABLE);
            assertTrue(run.err().contains("within 0.6 s"), run.err());
        }
    }

    @Test
    void theFlagGoesBeforeTheEnvironment() throws IOException {
        var flag = refusing();
        var run = CliRun.of(
                Map.of("MILLRACE_BOOTSTRAP", "127.0.0.1:1"), new byte[0], "topic", "list", "--bootstrap", flag);
        assertTrue(run.exits(Exit.UNREACHABLE).err().contains(flag), run.err());
    }

    @Test
    void versionIsFineWithoutACluster() throws IOException {
        var run = CliRun.of("version", "--json", "--bootstrap", refusing()).exits(Exit.OK);
        var tree = JsonTree.object(run.out());
        assertTrue(String.valueOf(tree.get("millrace")).matches("\\d+\\.\\d+.*"), run.out());
        assertTrue(tree.containsKey("cluster"));
        assertEquals(null, tree.get("cluster"));
        assertTrue(CliRun.of("--version").exits(Exit.OK).out().startsWith("millrace "));
    }

    @Test
    void stackTracesAreOnlyForThoseWhoAsk() throws IOException {
        var words = List.of("topic", "list", "--debug", "--bootstrap", refusing());
        var run = CliRun.of(words.toArray(String[]::new)).exits(Exit.UNREACHABLE);
        assertTrue(run.err().contains("\tat "), run.err());
    }

    @Test
    void clientPropertiesAreReadAndBadOnesNamed(@TempDir Path folder) throws IOException {
        var missing = CliRun.of(
                "topic", "list", "--command-config", folder.resolve("no").toString());
        assertTrue(missing.exits(Exit.USAGE).err().contains("no such file"), missing.err());

        var file = Files.writeString(
                folder.resolve("client"), "security.protocol=SOMETHING\nbootstrap.servers=" + refusing());
        var refused = CliRun.of("topic", "list", "--command-config", file.toString());
        refused.exits(Exit.UNREACHABLE);
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var bootstrap = "127.0.0.1:" + silent.getLocalPort();
            var run = CliRun.of("topic", "list", "--bootstrap", bootstrap, "--command-config", file.toString());
            assertTrue(run.exits(Exit.USAGE).err().contains("security.protocol"), run.err());
        }
    }

    @Test
    void aReaderThatHasGoneIsNoFailureAFullDiskIs() {
        assertEquals(Exit.OK, withOutput("Broken pipe"));
        assertEquals(Exit.FAILED, withOutput("No space left on device"));
    }

    private static int withOutput(String failure) {
        var out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(failure);
            }
        };
        var around = Surroundings.of(InputStream.nullInputStream(), out, OutputStream.nullOutputStream(), Map.of());
        return Main.run(around, "--help");
    }
}
