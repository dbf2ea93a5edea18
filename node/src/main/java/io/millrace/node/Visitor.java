package io.millrace.node;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The client of a [Training], a program of its own: makes a topic when there is none yet, produces
/// records, fetches them as a group, and commits.
final class Visitor {

    private static final int RECORDS = 20_000;
    private static final String TOPIC = "training";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Visitor() {}

    /// @param args where the node listens
    public static void main(String[] args) throws ExecutionException, InterruptedException {
        Map<String, Object> client = Map.of("bootstrap.servers", args[0], "enable.metrics.push", "false");
        try (var admin = Admin.create(client)) {
            if (!admin.listTopics().names().get().contains(TOPIC)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, 4, (short) 1)))
                        .all()
                        .get();
            }
            produce(client);
            consume(client);
            admin.describeCluster().nodes().get();
            admin.createTopics(List.of(new NewTopic("short-lived", 1, (short) 1)))
                    .all()
                    .get();
            admin.deleteTopics(List.of("short-lived")).all().get();
        }
    }

    private static void produce(Map<String, Object> client) throws ExecutionException, InterruptedException {
        var sent = new ArrayList<Future<RecordMetadata>>();
        try (var producer = new KafkaProducer<>(
                with(client, "linger.ms", "0"), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                var value = ("record " + i).getBytes(StandardCharsets.UTF_8);
                sent.add(producer.send(new ProducerRecord<>(TOPIC, value, value)));
            }
            for (var one : sent) one.get();
        }
    }

    private static void consume(Map<String, Object> client) {
        var settings = with(with(client, "group.id", "training"), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            long endNs = System.nanoTime() + PATIENCE.toNanos();
            int seen = 0;
            while (seen < RECORDS && System.nanoTime() < endNs) {
                seen += consumer.poll(Duration.ofMillis(100)).count();
            }
            consumer.commitSync();
        }
    }

    private static Map<String, Object> with(Map<String, Object> settings, String name, Object value) {
        var more = new HashMap<>(settings);
        more.put(name, value);
        return more;
    }
}
