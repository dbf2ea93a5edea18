package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// KafkaJS, from the registry of npm, produces and consumes in a group.
@ExtendWith(SharedBroker.class)
class KafkaJsScenario {

    private static final Path SOURCES = Path.of("src", "test", "node");
    private static final Path FOLDER =
            Path.of(System.getProperty("acceptance.target", "target"), "node").toAbsolutePath();

    /// Installs exactly what the lock file names, in a folder of the build.
    @BeforeAll
    static void install() throws IOException {
        Files.createDirectories(FOLDER);
        for (var file : List.of("package.json", "package-lock.json", "client.js")) {
            Files.copy(SOURCES.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        var command = List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        try (var npm = Child.start("npm ci (is Node.js with npm installed?)", FOLDER, command)) {
            npm.succeeds();
        }
    }

    @Test
    void bothCodecsArriveWithKeysAndHeaders(BrokerProcess broker) {
        var topic = Topics.create(broker, "kafkajs", 3);
        produce(broker, topic, 0, 200, "none");
        produce(broker, topic, 200, 200, "gzip");
        var lines = consume(broker, topic, Topics.name("kafkajs"), 400);
        assertEquals(expected(0, 200, "none", 200, 400, "gzip"), new TreeSet<>(withoutPlaces(lines)));
        assertEquals(400, lines.size());
    }

    /// A member commits and leaves; the next one begins there.
    @Test
    void aGroupResumesAtItsCommittedOffset(BrokerProcess broker) {
        var topic = Topics.create(broker, "kafkajs-resume", 2);
        var group = Topics.name("kafkajs-resume");
        produce(broker, topic, 0, 300, "gzip");
        var first = consume(broker, topic, group, 120);
        var second = consume(broker, topic, group, 180);
        var both = new ArrayList<>(first);
        both.addAll(second);
        assertEquals(300, new TreeSet<>(both).size());
    }

    /// What the Java client sends in the same codec, KafkaJS reads.
    @Test
    void javaAndKafkaJsReadEachOther(BrokerProcess broker) {
        var topic = Topics.create(broker, "kafkajs-java", 1);
        var settings = Map.of("topic", topic, "codecs", "gzip", "count", "50", "plain", "true");
        try (var java = JavaClient.V4_4.start("ProduceProgram", broker, settings)) {
            java.succeeds();
        }
        var read = consume(broker, topic, Topics.name("kafkajs-java"), 50);
        assertEquals(50, read.stream().filter(line -> line.endsWith(" gzip")).count());
        produce(broker, topic, 0, 50, "gzip");
        assertEquals(100, Topics.readAll(broker, topic).size());
    }

    private static void produce(BrokerProcess broker, String topic, int from, int count, String codec) {
        try (var node = start("produce", broker, topic, Integer.toString(from), Integer.toString(count), codec)) {
            node.succeeds();
        }
    }

    private static List<String> consume(BrokerProcess broker, String topic, String group, int count) {
        try (var node = start("consume", broker, topic, group, Integer.toString(count))) {
            return node.succeeds().lines("record");
        }
    }

    private static Child start(String what, BrokerProcess broker, String topic, String... more) {
        var command = new ArrayList<>(List.of("node", "client.js", what, broker.bootstrap(), topic));
        command.addAll(List.of(more));
        return Child.start("kafkajs " + what, FOLDER, command, Map.of("KAFKAJS_NO_PARTITIONER_WARNING", "1"));
    }

    /// Keys, values and headers of the lines.
    private static List<String> withoutPlaces(List<String> lines) {
        return lines.stream().map(line -> line.substring(line.indexOf('k'))).toList();
    }

    private static Set<String> expected(int a, int b, String codec, int c, int d, String otherCodec) {
        var all = new TreeSet<String>();
        for (int i = a; i < b; i++) all.add("k" + i % 7 + " v" + i + " " + codec);
        for (int i = c; i < d; i++) all.add("k" + i % 7 + " v" + i + " " + otherCodec);
        return all;
    }
}
