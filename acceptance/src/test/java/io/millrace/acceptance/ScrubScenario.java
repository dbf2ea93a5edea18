package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/// A byte of a closed segment changes on the disk of a node that runs.
@MillraceOnly("Kafka does not look at old segments")
class ScrubScenario {

    private static final int RECORDS = 4_000;
    private static final int VALUE_BYTES = 1_000;
    private static final String DAMAGED = "millrace_log_scrub_damaged_total";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final Map<Long, byte[]> sent = new HashMap<>();

    @Test
    void damageIsFoundAndSetAsideAndEverythingElseIsServed() throws Exception {
        System.out.println("seed " + seed);
        var settings = Map.of("log.scrub.interval.ms", "0", "log.scrub.bytes.per.second", "104857600");
        try (var broker = BrokerProcess.start(settings)) {
            var topic = Topics.create(broker, "old", 1, Map.of("segment.bytes", "1048576"));
            produce(broker, topic, RECORDS);
            var closed = segments(broker, topic).get(1);
            flip(closed, Files.size(closed) / 2);
            Await.until("the damage in the metrics", () -> metric(broker, DAMAGED) == 1);

            var lost = lost(broker, topic);
            assertTrue(lost.size() > 0 && lost.size() < 100, lost.toString());
            produce(broker, topic, 10);
            try (var child = millrace(broker, "log", "verify", broker.data().toString())) {
                assertEquals(1, child.awaitExit(Await.LONG), child::transcript);
                var named =
                        "the records of offsets %d to %d are in quarantine".formatted(lost.getFirst(), lost.getLast());
                assertTrue(child.lines().stream().anyMatch(line -> line.contains(named)), child::transcript);
            }
            readsOnBehind(broker, topic, lost.getFirst(), lost.getLast());
            broker.kill9();
            broker.restart();
            assertEquals(lost, lost(broker, topic), "after a kill");
            var other = segments(broker, topic).get(2);
            flip(other, Files.size(other) / 2);
            Await.until("what a later pass finds", () -> metric(broker, DAMAGED) == 1);
        }
    }

    /// The command line says what is damaged, and the command that goes on behind it.
    private static void readsOnBehind(BrokerProcess broker, String topic, long first, long last) {
        try (var child = millrace(broker, "consume", topic)) {
            assertEquals(1, child.awaitExit(Await.LONG), child::transcript);
            var said = String.join("\n", child.complaints());
            assertTrue(said.contains("offsets %d to %d of %s".formatted(first, last, topic)), child::transcript);
            assertTrue(said.endsWith("--partition 0 --from " + (last + 1)), child::transcript);
        }
        try (var child = millrace(broker, "consume", topic, "--partition", "0", "--from", "" + (last + 1))) {
            assertEquals(0, child.awaitExit(Await.LONG), child::transcript);
        }
    }

    private static Child millrace(BrokerProcess broker, String... words) {
        var command = new ArrayList<>(List.of(Millrace.launcher().toString()));
        command.addAll(List.of(words));
        var environment = Map.of("MILLRACE_BOOTSTRAP", broker.bootstrap(), "MILLRACE_AOT_AFTER", "3600");
        return Child.start("millrace " + String.join(" ", words), Path.of("."), command, environment);
    }

    private void produce(BrokerProcess broker, String topic, int count) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap(), "batch.size", "20000");
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                var value = new byte[VALUE_BYTES];
                random.nextBytes(value);
                long offset = sent.size();
                sent.put(offset, value);
                var _ = producer.send(new ProducerRecord<>(topic, value));
            }
            producer.flush();
        }
    }

    private static List<Path> segments(BrokerProcess broker, String topic) throws IOException {
        try (var files = Files.list(broker.data().resolve(topic + "-0"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private static void flip(Path file, long position) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 0x10));
            channel.write(one.flip(), position);
            channel.force(true);
        }
    }

    /// Reads everything that can be read, and compares it; returns the offsets that cannot.
    private List<Long> lost(BrokerProcess broker, String topic) {
        var partition = new TopicPartition(topic, 0);
        var lost = new ArrayList<Long>();
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap());
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            Await.value("the end of " + topic, Await.LONG, () -> {
                long at = consumer.position(partition);
                try {
                    for (var record : consumer.poll(Duration.ofMillis(100))) {
                        assertArrayEquals(
                                Topics.of(sent, record.offset()), record.value(), "offset " + record.offset());
                    }
                } catch (KafkaException e) {
                    assertTrue(String.valueOf(e.getMessage()).contains("corrupt"), e.toString());
                    lost.add(at);
                    consumer.seek(partition, at + 1);
                }
                return consumer.position(partition) >= sent.size() ? Optional.of(true) : Optional.empty();
            });
        }
        return lost;
    }

    private static double metric(BrokerProcess broker, String name) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(broker.http("/metrics")).build();
        var text = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return text.lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
