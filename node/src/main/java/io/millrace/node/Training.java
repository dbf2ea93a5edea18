package io.millrace.node;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
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

/// A short day in the life of a node, so that the JVM learns which classes and methods it needs (JEP 514,
/// 515): a
/// topic is made, records are produced, fetched by a group, and committed.
final class Training {

    private static final int RECORDS = 20_000;
    private static final String TOPIC = "training";

    private Training() {}

    /// @param bootstrap where the node listens
    static void run(String bootstrap) throws ExecutionException, InterruptedException {
        Map<String, Object> client = Map.of("bootstrap.servers", bootstrap, "enable.metrics.push", "false");
        try (var admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 4, (short) 1))).all().get();
            produce(bootstrap);
            consume(bootstrap);
            admin.describeCluster().nodes().get();
            admin.deleteTopics(List.of(TOPIC)).all().get();
        }
    }

    private static void produce(String bootstrap) throws ExecutionException, InterruptedException {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrap, "linger.ms", "0", "enable.metrics.push", "false");
        var sent = new ArrayList<Future<RecordMetadata>>();
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                var value = ("record " + i).getBytes(StandardCharsets.UTF_8);
                sent.add(producer.send(new ProducerRecord<>(TOPIC, value, value)));
            }
            for (var one : sent) one.get();
        }
    }

    private static void consume(String bootstrap) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                "training",
                "auto.offset.reset",
                "earliest",
                "enable.metrics.push",
                "false");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            long endNs = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            int seen = 0;
            while (seen < RECORDS && System.nanoTime() < endNs) {
                seen += consumer.poll(Duration.ofMillis(100)).count();
            }
            consumer.commitSync();
        }
    }
}
