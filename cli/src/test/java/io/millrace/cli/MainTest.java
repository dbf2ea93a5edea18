package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
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
        for (var command : List.of(
                "start", "prepare", "topic", "produce", "consume", "group", "cluster", "config", "log", "version")) {
            assertTrue(help.lines().anyMatch(line -> line.startsWith("  " + command + " ")), command);
        }
        for (var code : List.of("0", "1", "2", "3", "4", "69", "130", "143")) {
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
                "topic delete-records",
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
                "start",
                "prepare"
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
        "topik, unknown command 'topik'; did you mean topic? See millrace --help",
        "topic creat x, unknown command 'creat'; did you mean create? See millrace topic --help",
        "topic create x --partitons 3, did you mean --partitions? See millrace topic create --help",
        "topic create x --bogus, unknown option '--bogus'; see millrace topic create --help",
        "consume x --form earliest, did you mean --from?",
        "topic, 'say what to do: create, list, describe, alter, delete-records, delete'",
        "topic create, missing required parameter: 'NAME'; see millrace topic create --help",
        "topic create x --partitions many, 'is not an int'",
        "topic create x --partitions 0, --partitions must be at least 1",
        "topic create x y, is one argument too many",
        "topic create x --config novalue, should be in KEY=VALUE format",
        "topic alter x, nothing to change",
        "topic delete-records x, missing required option",
        "topic delete-records x --before never, is not a place in a topic",
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
        "config list, 'config list: one of these is needed: --topic=NAME, --broker=ID, --group=NAME'",
        "foo, unknown command 'foo'; see millrace --help",
        "config list --topic a --group b, mutually exclusive",
        "start --data d, bin/millrace start --data d",
        "prepare, run: bin/millrace prepare",
        "topic --list, that is a command: topic list. See millrace topic --help",
        "group --describe --group g, that is a command: group describe.",
        "group reset-offsets g --describe, that is a command: group describe.",
        "topic describe --topic a, say NAME without a flag. See millrace topic describe --help",
        "consume --topic a, say TOPIC without a flag.",
        "group describe --group g, say GROUP without a flag.",
        "consume a --property print.key=true, 'here: --keys, --headers, --timestamps or --format.'",
        "produce a --property parse.key=true, 'here: --key-separator, --header or --format.'",
        "group reset-offsets g --to-earliest, here it is --to earliest.",
        "config --alter --entity-type topics, 'here: config set KEY=VALUE'",
        "topic alter a --delete-config retention.ms, here it is --unset KEY",
    })
    void mistakesAreNamedWithExitCode2(String words, String said) {
        var run = CliRun.of(words.split(" ", -1)).exits(Exit.USAGE);
        assertTrue(run.err().contains(said), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
        assertFalse(run.err().contains("Error: "), run.err());
        assertEquals("", run.out());
    }

    /// They mean exactly what ours do, and the command comes as far as the broker.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "topic list",
                "topic create a --partitions 3 --replication-factor 1",
                "consume a --from-beginning --max-messages 5",
                "consume a --from-beginning --group g",
                "produce a v"
            })
    void flagsOfKafkasToolsAreTakenWhereTheMeaningIsTheSame(String words) throws IOException {
        var nobody = refusing();
        var all = new ArrayList<>(List.of(words.split(" ", -1)));
        all.addAll(List.of("--bootstrap-server", nobody));
        var run = CliRun.of(all.toArray(String[]::new)).exits(Exit.UNREACHABLE);
        assertTrue(run.err().contains("cannot connect to " + nobody), run.err());
    }

    @Test
    void whatCanBePastedIsCalledAsTheProgramWasCalled() throws IOException {
        assertEquals("millrace topic: unknown command 'x'; see bin/millrace topic --help\n", asCheckout("topic", "x"));
        assertEquals("millrace: unknown command 'x'; see bin/millrace --help\n", asCheckout("x"));
        var lost = asCheckout("topic", "list", "--bootstrap", refusing());
        assertTrue(lost.startsWith("millrace topic list: cannot connect"), lost);
        assertTrue(lost.contains("start one with: bin/millrace start "), lost);
    }

    /// What a command that was called as `bin/millrace` complains of.
    private static String asCheckout(String... words) {
        var err = new ByteArrayOutputStream();
        var around = Surroundings.of(InputStream.nullInputStream(), OutputStream.nullOutputStream(), err, Map.of());
        Main.run(around.calledAs("bin/millrace"), words);
        return err.toString(StandardCharsets.UTF_8);
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
