package io.millrace.acceptance.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A member of a group: `bootstrap`, `topic`, `group`, `commit` (`each`: after every poll that brought something;
/// otherwise only when told). Standard input tells it `commit` or `close`; its end is a `close`.
///
/// Says `assigned`, `revoked` and `owns` (all it owns now) with partition numbers `0,1,2` or `-`, `record
/// <partition> <offset> <seq> <key> <ok or what is wrong>`, `committed <partition>=<offset>,...`, `commit-failed
/// <class>`, `failed <class>` and `closed`.
public final class ConsumeProgram {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final boolean commitEach;
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private Set<TopicPartition> owned = Set.of();

    private ConsumeProgram(Args args) {
        var settings = args.client();
        settings.put("group.id", args.text("group"));
        settings.put("enable.auto.commit", "false");
        settings.putIfAbsent("auto.offset.reset", "earliest");
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        commitEach = args.text("commit", "told").equals("each");
        consumer.subscribe(List.of(args.text("topic")), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                System.out.println("assigned " + numbers(partitions));
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                System.out.println("revoked " + numbers(partitions));
            }
        });
    }

    public static void main(String[] arguments) {
        var program = new ConsumeProgram(new Args(arguments));
        var reader = new Thread(program::listen);
        reader.setDaemon(true);
        reader.start();
        System.exit(program.run());
    }

    private int run() {
        try (consumer) {
            while (true) {
                poll();
                var word = told.poll();
                if ("close".equals(word)) break;
                if ("commit".equals(word)) commit();
            }
        } catch (KafkaException e) {
            System.out.println("failed " + e.getClass().getSimpleName());
            e.printStackTrace();
            return 1;
        }
        System.out.println("closed");
        return 0;
    }

    private void poll() {
        var records = consumer.poll(Duration.ofMillis(50));
        for (var record : records) {
            var key = record.key() == null ? "-" : new String(record.key(), StandardCharsets.UTF_8);
            System.out.println("record " + record.partition() + " " + record.offset() + " " + Payload.seq(record) + " "
                    + key + " " + Payload.check(record));
        }
        var now = Set.copyOf(consumer.assignment());
        if (!now.equals(owned)) {
            owned = now;
            System.out.println("owns " + numbers(now));
        }
        if (commitEach && !records.isEmpty()) commit();
    }

    private void commit() {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (var partition : consumer.assignment()) {
            offsets.put(partition, new OffsetAndMetadata(consumer.position(partition)));
        }
        try {
            consumer.commitSync(offsets);
            System.out.println("committed "
                    + offsets.entrySet().stream()
                            .map(entry -> entry.getKey().partition() + "="
                                    + entry.getValue().offset())
                            .sorted()
                            .collect(Collectors.joining(",")));
        } catch (KafkaException e) {
            System.out.println("commit-failed " + e.getClass().getSimpleName());
        }
    }

    private void listen() {
        try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) told.add(line);
        } catch (IOException e) {
            System.err.println("standard input: " + e);
        }
        told.add("close");
    }

    private static String numbers(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) return "-";
        return partitions.stream()
                .map(TopicPartition::partition)
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(","));
    }
}
