package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Starting and stopping as people and service managers do it, and what a start refuses.
class StartStopScenario {

    private static final Duration QUICK = Duration.ofSeconds(20);

    /// SIGTERM ends it soon, with the code of a clean end or that of the signal; what was written is there again.
    @Test
    void sigtermEndsItCleanly() throws Exception {
        try (var broker = BrokerProcess.start(Map.of())) {
            var topic = Topics.create(broker, "kept", 1);
            try (var rpc = Rpc.connect(broker)) {
                assertEquals(
                        0, Batches.send(rpc, topic, 0, Batches.plain("kept")).errorCode());
            }
            broker.process().terminate();
            int code = broker.process().awaitExit(QUICK);
            assertTrue(Set.of(0, 143).contains(code), "exit code " + code);
            broker.restart();
            assertEquals(1, Topics.readAll(broker, topic).size());
        }
    }

    @Test
    void itStartsAgainAfterAKillWithoutRepair() throws Exception {
        try (var broker = BrokerProcess.start(Map.of())) {
            var topic = Topics.create(broker, "killed", 1);
            for (int round = 0; round < 3; round++) {
                try (var rpc = Rpc.connect(broker)) {
                    assertEquals(
                            round,
                            Batches.send(rpc, topic, 0, Batches.plain("r" + round))
                                    .baseOffset());
                }
                broker.kill9();
                broker.restart();
            }
            assertEquals(3, Topics.readAll(broker, topic).size());
        }
    }

    /// A kill in the middle of a start does no harm either.
    @Test
    void itStartsAgainAfterAKillDuringAStart() {
        try (var broker = BrokerProcess.start(Map.of())) {
            var topic = Topics.create(broker, "interrupted", 1);
            broker.terminate();
            broker.spawnAgain();
            Await.until("a process that lives", () -> broker.process().isAlive());
            broker.kill9();
            broker.restart();
            assertEquals(Map.of(0, 0L), Topics.ends(broker, topic));
        }
    }

    /// What it says can be pasted: the two commands do what they say.
    @Test
    @MillraceOnly("the lines are ours")
    void itSaysThatItIsReadyAndHowToTryIt() {
        var folder = Folders.temporary("ready");
        var at = free();
        try (var node = start("--data", folder + "/./data", "--listen", at, "--http", "off")) {
            node.awaitLines("the last line", lines -> lines.stream().anyMatch(line -> line.contains("consume")));
            var lines = node.lines();
            var ready =
                    "millrace \\d+\\.\\d+\\.\\d+\\S* is ready for Kafka clients at " + at + ", after \\d+\\.\\d\\d s";
            assertTrue(lines.getFirst().matches(ready), node::transcript);
            assertEquals("  data  " + folder.resolve("data"), lines.get(1));
            for (var line : lines.subList(2, lines.size())) {
                var command = List.of("sh", "-c", line.replaceFirst("^ +try ", ""));
                try (var pasted = Child.start(line, folder, command, new Millrace().environment())) {
                    pasted.succeeds();
                    if (line.contains("consume")) assertEquals(List.of("hello"), pasted.lines());
                }
            }
            assertEquals(4, lines.size(), node::transcript);
        } finally {
            Folders.delete(folder);
        }
    }

    @Test
    @MillraceOnly("the sentences are ours")
    void theSameDataFolderIsRefused() {
        try (var broker = BrokerProcess.start(Map.of())) {
            var second = start("--data", broker.data().toString(), "--listen", free(), "--http", free());
            assertRefused(second, broker.data().toString());
            assertTrue(broker.process().isAlive());
        }
    }

    @Test
    @MillraceOnly("the sentences are ours")
    void theSamePortIsRefused() {
        var folder = Folders.temporary("second");
        try (var broker = BrokerProcess.start(Map.of())) {
            var data = folder.resolve("data").toString();
            assertRefused(start("--data", data, "--listen", broker.bootstrap(), "--http", free()), broker.bootstrap());
            var http = broker.http("").getAuthority();
            assertRefused(start("--data", data, "--listen", free(), "--http", http), http);
        } finally {
            Folders.delete(folder);
        }
    }

    @Test
    @MillraceOnly("the flags are ours")
    void whatIsNoFlagOrNoSettingIsRefused() {
        assertRefused(start("--dtaa", "x"), "did you mean --data?");
        assertRefused(start("--bogus"), "start --help");
        assertRefused(start("--listen", "nowhere"), "nowhere");
        assertRefused(start("--listen", "127.0.0.1:99999"), "99999");
        assertRefused(start("--config", "/no/such/file"), "/no/such/file");
        assertRefused(start("--set", "log.retention.hour=5"), "log.retention.hours");
        assertRefused(start("--set", "zookeeper.connect=a:2181"), "no ZooKeeper");
        assertRefused(start("--set", "num.partitions=many"), "num.partitions");
        assertRefused(start("--set", "num.partitions=-3"), "num.partitions");
        assertRefused(start("--set", "num.partitions"), "num.partitions");
        assertRefused(start("--listen", "0.0.0.0:" + Ports.free()), "--insecure");
    }

    /// Why a folder cannot hold data is said, and what to do.
    @Test
    @MillraceOnly("the sentences are ours")
    void aDataFolderThatCannotBeUsedIsRefused() throws Exception {
        var folder = Folders.temporary("no-folder");
        try {
            var file = Files.writeString(folder.resolve("file"), "").toString();
            assertRefused(
                    start("--data", file, "--listen", free(), "--http", free()),
                    file + " cannot be used: it is a file");
            assertRefused(
                    start("--data", "/proc/x", "--listen", free(), "--http", free()), "nothing can be made in /proc");
        } finally {
            Folders.delete(folder);
        }
    }

    /// A setting of Kafka's that means nothing here is taken, and said once.
    @Test
    @MillraceOnly("Kafka has a use for all of its settings")
    void aKafkaSettingWithoutMeaningIsAcceptedAndSaidOnce() {
        try (var broker = BrokerProcess.start(Map.of("background.threads", "7"))) {
            var said = new ArrayList<>(broker.process().lines());
            said.addAll(broker.process().complaints());
            assertEquals(
                    1,
                    said.stream()
                            .filter(line -> line.contains("background.threads"))
                            .count(),
                    said::toString);
        }
    }

    @Test
    @MillraceOnly("the launcher is ours")
    void helpNamesEveryFlag() {
        var general = millrace("--help");
        assertEquals(0, general.awaitExit(QUICK));
        var commands = String.join("\n", general.lines());
        for (var command : List.of(
                "start", "topic", "produce", "consume", "group", "cluster", "config", "log", "version", "prepare")) {
            assertTrue(commands.contains(command), command + " is not in\n" + commands);
        }
        var start = start("--help");
        assertEquals(0, start.awaitExit(QUICK));
        var flags = String.join("\n", start.lines());
        for (var flag : List.of("--data", "--listen", "--http", "--config", "--set", "--insecure", "--help")) {
            assertTrue(flags.contains(flag), flag + " is not in\n" + flags);
        }
        assertEquals(List.of(), general.complaints());
        assertEquals(List.of(), start.complaints());
    }

    @Test
    @MillraceOnly("the flags are ours")
    void settingsComeFromAFileAndFlagsWin() throws Exception {
        var folder = Folders.temporary("file");
        var file = Files.writeString(folder.resolve("server.properties"), "num.partitions=7\nlog.retention.hours=5\n");
        var port = Ports.free();
        var arguments = List.of(
                "--config",
                file.toString(),
                "--set",
                "num.partitions=3",
                "--data",
                folder.resolve("d").toString(),
                "--listen",
                "127.0.0.1:" + port,
                "--http",
                free());
        try (var broker = start(arguments.toArray(String[]::new))) {
            broker.awaitLines("a ready line", lines -> lines.stream().anyMatch(line -> line.contains("ready")));
            try (var admin = Topics.admin("127.0.0.1:" + port)) {
                var topic = new org.apache.kafka.clients.admin.NewTopic(
                        "t", java.util.Optional.empty(), java.util.Optional.empty());
                var made = admin.createTopics(List.of(topic));
                assertEquals(3, Topics.get(made.numPartitions("t")));
                assertEquals(
                        "18000000",
                        Topics.get(made.config("t")).get("retention.ms").value());
            }
            broker.terminate();
            broker.awaitExit(QUICK);
        } finally {
            Folders.delete(folder);
        }
    }

    /// Data of another cluster, or of another node, is not touched.
    @Test
    @MillraceOnly("Kafka's sentence is an exception")
    void dataOfAnotherClusterOrNodeIsRefused() throws Exception {
        try (var broker = BrokerProcess.start(Map.of())) {
            broker.terminate();
            var properties = broker.data().resolve("meta.properties");
            var text = Files.readString(properties);
            assertTrue(text.contains("version=1") && text.contains("directory.id="), text);

            replace(properties, text, "cluster.id=.*", "cluster.id=AAAAAAAAAAAAAAAAAAAAAA");
            assertRefused(again(broker), "cluster");
            replace(properties, text, "node.id=.*", "node.id=4711");
            assertRefused(again(broker), "4711");
            replace(properties, text, "(?s).*", "no properties\u0000");
            assertRefused(again(broker), "meta.properties");

            Files.writeString(properties, text);
            broker.restart();
        }
    }

    private static Child again(BrokerProcess broker) {
        return start("--data", broker.data().toString(), "--listen", broker.bootstrap(), "--http", free());
    }

    private static void replace(Path file, String text, String what, String by) throws IOException {
        var changed = text.replaceFirst(what, by);
        assertNotEquals(text, changed);
        Files.writeString(file, changed);
    }

    private static String free() {
        return "127.0.0.1:" + Ports.free();
    }

    private static Child start(String... arguments) {
        var all = new ArrayList<>(List.of("start"));
        all.addAll(List.of(arguments));
        return millrace(all.toArray(String[]::new));
    }

    private static Child millrace(String... arguments) {
        var command = new ArrayList<>(List.of(Millrace.launcher().toString()));
        command.addAll(List.of(arguments));
        return Child.start(
                "millrace " + String.join(" ", arguments), Path.of("."), command, new Millrace().environment());
    }

    /// It ends soon with an exit code that is not 0, after one sentence that names `what` and no stack trace.
    private static void assertRefused(Child start, String what) {
        try (start) {
            int code = start.awaitExit(QUICK);
            assertNotEquals(0, code, start::transcript);
            var sentences = start.complaints().stream()
                    .filter(line -> line.startsWith("millrace: "))
                    .toList();
            assertEquals(1, sentences.size(), start::transcript);
            assertTrue(sentences.getFirst().contains(what), start::transcript);
            assertFalse(start.transcript().contains("\tat "), start::transcript);
        }
    }
}
