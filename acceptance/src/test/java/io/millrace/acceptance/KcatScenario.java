package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// librdkafka (as kcat) produces, consumes, and looks around.
@ExtendWith(SharedBroker.class)
class KcatScenario {

    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int PER_CODEC = 200;

    @Test
    void everyCodecArrivesWithKeysAndHeaders(@TempDir Path folder, BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "kcat", 3);
        var sent = new TreeSet<String>();
        for (var codec : CODECS) {
            produce(broker, topic, codec, file(folder, codec, sent));
        }
        assertEquals(CODECS.size() * PER_CODEC, sent.size());

        var read = Kcat.run(broker, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%k:%s\\n");
        assertEquals(CODECS.size() * PER_CODEC, read.size());
        assertEquals(sent, new TreeSet<>(read));
        var headers = Kcat.run(broker, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%h\\n");
        assertEquals(
                CODECS.stream().map(codec -> "codec=" + codec).sorted().toList(),
                headers.stream().distinct().sorted().toList());
        assertEquals(
                CODECS.stream().sorted().toList(),
                Batches.read(broker, topic, 3).stream()
                        .map(batch -> batch.compressionType().name)
                        .distinct()
                        .sorted()
                        .toList());
    }

    /// What the Java client wrote, librdkafka reads, and the other way round.
    @Test
    void javaAndLibrdkafkaReadEachOther(@TempDir Path folder, BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "kcat-java", 2);
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(
                    0, Batches.send(rpc, topic, 0, Batches.plain("by hand")).errorCode());
        }
        assertEquals(List.of("by hand"), Kcat.run(broker, "-C", "-t", topic, "-p", "0", "-o", "0", "-e", "-q"));
        var line = Files.writeString(folder.resolve("line"), "by kcat\n");
        Kcat.run(broker, "-P", "-t", topic, "-p", "1", "-l", line.toString());
        var values = Topics.readAll(broker, topic).stream()
                .map(record -> new String(record.value(), java.nio.charset.StandardCharsets.UTF_8))
                .sorted()
                .toList();
        assertEquals(List.of("by hand", "by kcat"), values);
    }

    @Test
    void aGroupConsumesAndResumes(@TempDir Path folder, BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "kcat-group", 2);
        var group = Topics.name("kcats");
        var sent = new TreeSet<String>();
        produce(broker, topic, "none", file(folder, "first", sent));
        assertEquals(sent, new TreeSet<>(consume(broker, topic, group)));

        var more = new TreeSet<String>();
        produce(broker, topic, "none", file(folder, "second", more));
        assertEquals(
                List.copyOf(more),
                consume(broker, topic, group).stream().sorted().toList());
    }

    /// Two members share; when one is killed the other has all.
    @Test
    void aGroupOutlivesAMember(@TempDir Path folder, BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "kcat-pair", 4);
        var group = Topics.name("pair");
        try (var first = member(broker, topic, group)) {
            first.awaitLines("all partitions", _ -> assigned(first) == 4);
            try (var second = member(broker, topic, group)) {
                second.awaitLines("half of the partitions", _ -> assigned(second) == 2);
                first.awaitLines("the other half", _ -> assigned(first) == 2);
                second.kill9();
            }
            first.awaitLines("all partitions again", _ -> assigned(first) == 4);
            var sent = new TreeSet<String>();
            produce(broker, topic, "none", file(folder, "after", sent));
            first.awaitLines("all records", lines -> lines.size() >= PER_CODEC);
            assertEquals(sent, new TreeSet<>(first.lines()));
        }
    }

    @Test
    void metadataIsListed(BrokerProcess broker) {
        var topic = Topics.create(broker, "kcat-listed", 3);
        var lines = String.join("\n", Kcat.run(broker, "-L"));
        assertTrue(lines.contains(broker.bootstrap() + " (controller)"), lines);
        assertTrue(lines.contains("topic \"" + topic + "\" with 3 partitions"), lines);
    }

    @Test
    void offsetsAreQueriedByTime(BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "kcat-time", 1);
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(0, Batches.send(rpc, topic, 0, Batches.plain("a", "b")).errorCode());
        }
        assertEquals(List.of(topic + " [0] offset 2"), Kcat.run(broker, "-Q", "-t", topic + ":0:-1"));
        assertEquals(List.of(topic + " [0] offset 0"), Kcat.run(broker, "-Q", "-t", topic + ":0:-2"));
        assertEquals(List.of(topic + " [0] offset 0"), Kcat.run(broker, "-Q", "-t", topic + ":0:1000"));
    }

    /// Lines `key:value`, noted in `sent`.
    private static Path file(Path folder, String name, Set<String> sent) throws IOException {
        var lines = new ArrayList<String>();
        for (int i = 0; i < PER_CODEC; i++) lines.add("k" + i % 10 + ":" + name + " " + i);
        sent.addAll(lines);
        return Files.write(folder.resolve(name), lines);
    }

    private static void produce(BrokerProcess broker, String topic, String codec, Path lines) {
        Kcat.run(
                broker,
                "-P",
                "-t",
                topic,
                "-z",
                codec,
                "-K:",
                "-H",
                "codec=" + codec,
                "-X",
                "linger.ms=20",
                "-l",
                lines.toString());
    }

    private static List<String> consume(BrokerProcess broker, String topic, String group) {
        return Kcat.run(broker, "-X", "auto.offset.reset=earliest", "-f", "%k:%s\\n", "-e", "-q", "-G", group, topic);
    }

    private static Child member(BrokerProcess broker, String topic, String group) {
        var settings = List.of(
                "-X", "auto.offset.reset=earliest",
                "-X", "session.timeout.ms=6000",
                "-X", "heartbeat.interval.ms=500");
        var all = new ArrayList<>(settings);
        all.addAll(List.of("-u", "-f", "%k:%s\\n", "-G", group, topic));
        return Kcat.start(broker, all);
    }

    /// How many partitions the last line about it says it has: `% Group g rebalanced (...): assigned: t [0], t
    /// [1]`.
    private static int assigned(Child member) {
        var lines = member.complaints().stream()
                .filter(line -> line.contains("rebalanced"))
                .toList();
        if (lines.isEmpty() || !lines.getLast().contains("assigned:")) return 0;
        return lines.getLast().split("\\[", -1).length - 1;
    }
}
