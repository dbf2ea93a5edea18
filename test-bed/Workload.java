import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The client of the scripts in `test-bed/`: each call does one thing, prints one line, and ends with 0 when it succeeded.
///
/// ```
/// Workload create BOOTSTRAP TOPIC PARTITIONS NAME=VALUE...   makes a topic
/// Workload drop BOOTSTRAP TOPIC                              deletes it
/// Workload fill BOOTSTRAP TOPIC BYTES SECONDS ACKED          sends until something fails; ACKED gets a line per record
/// Workload one BOOTSTRAP TOPIC SECONDS ACKED                 sends one record, which may take so long
/// Workload send BOOTSTRAP TOPIC COUNT TIMESTAMP ACKED        sends so many records with this timestamp
/// Workload check BOOTSTRAP ACKED...                          reads everything, and looks for every record in ACKED
/// Workload start BOOTSTRAP TOPIC                             prints the first offset of partition 0
/// Workload commit BOOTSTRAP TOPIC OFFSET                     commits an offset for group `g`, and reads it back
/// Workload trim BOOTSTRAP TOPIC OFFSET                       deletes the records of partition 0 before an offset
/// ```
///
/// A line of ACKED is `topic partition offset checksum`.
class Workload {

    private static final int VALUE_BYTES = 20_000;

    void main(String[] args) throws Exception {
        var rest = Arrays.asList(args).subList(2, args.length);
        boolean isDone = switch (args[0]) {
            case "create" -> create(args[1], rest);
            case "drop" -> drop(args[1], rest.get(0));
            case "fill" -> fill(args[1], rest.get(0), Integer.parseInt(rest.get(1)), rest.get(2), Path.of(rest.get(3)));
            case "one" -> one(args[1], rest.get(0), rest.get(1), Path.of(rest.get(2)));
            case "send" -> send(args[1], rest.get(0), Integer.parseInt(rest.get(1)), Long.parseLong(rest.get(2)),
                    Path.of(rest.get(3)));
            case "check" -> check(args[1], rest);
            case "start" -> start(args[1], rest.get(0));
            case "commit" -> commit(args[1], rest.get(0), Long.parseLong(rest.get(1)));
            case "trim" -> trim(args[1], rest.get(0), Long.parseLong(rest.get(1)));
            default -> throw new IllegalArgumentException("unknown: " + args[0]);
        };
        System.exit(isDone ? 0 : 1);
    }

    private static Admin admin(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", 20_000,
                "request.timeout.ms", 10_000));
    }

    private static boolean create(String bootstrap, List<String> what) throws Exception {
        var settings = new HashMap<String, String>();
        for (var setting : what.subList(2, what.size())) {
            var parts = setting.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        try (var admin = admin(bootstrap)) {
            var topic = new NewTopic(what.get(0), Optional.of(Integer.parseInt(what.get(1))), Optional.empty());
            admin.createTopics(List.of(topic.configs(settings))).all().get();
        }
        return say("created");
    }

    private static boolean drop(String bootstrap, String topic) throws Exception {
        try (var admin = admin(bootstrap)) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
        return say("deleted");
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrap, int seconds) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 1,
                "delivery.timeout.ms", seconds * 1000, "request.timeout.ms", Math.min(seconds * 1000 - 1, 5_000),
                "max.block.ms", seconds * 1000);
        var bytes = new ByteArraySerializer();
        return new KafkaProducer<>(config, bytes, bytes);
    }

    private static boolean fill(String bootstrap, String topic, int valueBytes, String seconds, Path acked)
            throws Exception {
        var failures = new ArrayList<Exception>();
        var random = new Random();
        long[] sent = new long[1];
        try (var lines = append(acked); var producer = producer(bootstrap, Integer.parseInt(seconds))) {
            for (long i = 0; i < 1_000_000; i++) {
                synchronized (failures) {
                    if (!failures.isEmpty()) break;
                }
                var value = new byte[valueBytes];
                random.nextBytes(value);
                producer.send(new ProducerRecord<>(topic, value), (where, failure) -> {
                    synchronized (failures) {
                        if (failure != null) {
                            failures.add(failure);
                        } else {
                            sent[0]++;
                            note(lines, topic, where.partition(), where.offset(), value);
                        }
                    }
                });
            }
        }
        return say("%d acknowledged, then: %s".formatted(sent[0], failures.isEmpty() ? "all was taken" : failures.get(0)));
    }

    private static boolean one(String bootstrap, String topic, String seconds, Path acked) throws Exception {
        var value = new byte[VALUE_BYTES];
        new Random().nextBytes(value);
        try (var lines = append(acked); var producer = producer(bootstrap, Integer.parseInt(seconds))) {
            var where = producer.send(new ProducerRecord<>(topic, value)).get();
            note(lines, topic, where.partition(), where.offset(), value);
            return say("acknowledged at offset " + where.offset());
        } catch (ExecutionException e) {
            say("refused: " + e.getCause());
            return false;
        }
    }

    private static boolean send(String bootstrap, String topic, int count, long timestampMs, Path acked)
            throws Exception {
        var random = new Random();
        try (var lines = append(acked); var producer = producer(bootstrap, 30)) {
            for (int i = 0; i < count; i++) {
                var value = new byte[VALUE_BYTES];
                random.nextBytes(value);
                var at = timestampMs < 0 ? null : timestampMs;
                var where = producer.send(new ProducerRecord<>(topic, 0, at, null, value)).get();
                note(lines, topic, where.partition(), where.offset(), value);
            }
            return say(count + " acknowledged");
        } catch (ExecutionException e) {
            say("refused: " + e.getCause());
            return false;
        }
    }

    private static boolean start(String bootstrap, String topic) {
        try (var consumer = consumer(bootstrap)) {
            var partition = new TopicPartition(topic, 0);
            return say(Long.toString(consumer.beginningOffsets(List.of(partition)).get(partition)));
        }
    }

    private static boolean commit(String bootstrap, String topic, long offset) {
        try (var consumer = consumer(bootstrap)) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)), Duration.ofSeconds(30));
            var found = consumer.committed(java.util.Set.of(partition)).get(partition);
            say("committed " + found.offset());
            return found.offset() == offset;
        }
    }

    private static boolean trim(String bootstrap, String topic, long offset) throws Exception {
        try (var admin = admin(bootstrap)) {
            var before = Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset));
            admin.deleteRecords(before).all().get(20, TimeUnit.SECONDS);
        }
        return say("deleted before " + offset);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "none",
                "group.id", "g", "enable.auto.commit", false);
        var bytes = new ByteArrayDeserializer();
        return new KafkaConsumer<>(config, bytes, bytes);
    }

    private static boolean check(String bootstrap, List<String> lists) throws Exception {
        var expected = new HashMap<TopicPartition, Map<Long, String>>();
        for (var list : lists) {
            for (var line : Files.readAllLines(Path.of(list), StandardCharsets.UTF_8)) {
                var words = line.split(" ", -1);
                if (words.length != 4) continue; // the writer was killed within a line
                expected.computeIfAbsent(new TopicPartition(words[0], Integer.parseInt(words[1])), _ -> new HashMap<>())
                        .put(Long.parseLong(words[2]), words[3]);
            }
        }
        long acked = expected.values().stream().mapToLong(Map::size).sum();
        long read = 0;
        try (var consumer = consumer(bootstrap)) {
            var partitions = new ArrayList<>(expected.keySet());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            partitions.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
            while (!partitions.isEmpty()) {
                for (var record : consumer.poll(Duration.ofSeconds(10))) {
                    read++;
                    var sums = expected.get(new TopicPartition(record.topic(), record.partition()));
                    sums.remove(record.offset(), checksum(record.value()));
                }
                partitions.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
            }
        }
        long missing = expected.values().stream().mapToLong(Map::size).sum();
        say("%d acknowledged, %d read, %d lost or changed".formatted(acked, read, missing));
        return missing == 0;
    }

    private static BufferedWriter append(Path file) throws IOException {
        return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void note(BufferedWriter lines, String topic, int partition, long offset, byte[] value) {
        try {
            lines.write("%s %d %d %s%n".formatted(topic, partition, offset, checksum(value)));
            lines.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String checksum(byte[] value) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.wrap(value));
        return Long.toString(crc.getValue());
    }

    private static boolean say(String line) {
        System.out.println(line);
        return true;
    }
}
