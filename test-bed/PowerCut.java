import java.io.BufferedWriter;
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
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The client of `test-bed/power-cut`: writes and keeps a list of what was acknowledged, or reads everything and compares
/// it with such lists.
///
/// ```
/// PowerCut write BOOTSTRAP TOPIC DURABILITY SEED ACKED   until it is ended; ACKED gets a line per acknowledged record
/// PowerCut check BOOTSTRAP ACKED...                      exit 0: all there; 1: some are lost or changed
/// ```
///
/// A line is `topic partition offset number checksum`. Records have 20 bytes to 400 KB, so that batches go both ways of a
/// group commit.
class PowerCut {

    private static final int PARTITIONS = 40;

    void main(String[] args) throws Exception {
        if (args.length == 6 && args[0].equals("write")) {
            write(args[1], args[2], args[3], Long.parseLong(args[4]), Path.of(args[5]));
        } else if (args.length > 2 && args[0].equals("check")) {
            System.exit(check(args[1], Arrays.asList(args).subList(2, args.length)));
        } else {
            System.err.println("usage: PowerCut write BOOTSTRAP TOPIC DURABILITY SEED ACKED | check BOOTSTRAP ACKED...");
            System.exit(2);
        }
    }

    private void write(String bootstrap, String topic, String durability, long seed, Path acked) throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 1, "batch.size", 32768,
                "max.request.size", 2_000_000, "delivery.timeout.ms", 30_000, "request.timeout.ms", 10_000);
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var settings = Map.of("durability", durability, "segment.bytes", "1048576");
            var created = new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty()).configs(settings);
            try {
                admin.createTopics(List.of(created)).all().get();
            } catch (java.util.concurrent.ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) throw e;
            }
        }
        var random = new Random(seed);
        var lines = Files.newBufferedWriter(acked, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        var bytes = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(config, bytes, bytes)) {
            for (long number = 0; ; number++) {
                var value = value(random, number);
                long sent = number;
                int partition = random.nextInt(PARTITIONS);
                producer.send(new ProducerRecord<>(topic, partition, null, value), (where, failure) -> {
                    if (failure == null) note(lines, "%s %d %d %d %d%n".formatted(
                            topic, where.partition(), where.offset(), sent, checksum(value)));
                });
                if (random.nextInt(4) == 0) Thread.sleep(1);
            }
        }
    }

    private static byte[] value(Random random, long number) {
        int size = random.nextInt(200) == 0 ? random.nextInt(400_000) : random.nextInt(2_000);
        var value = new byte[20 + size];
        random.nextBytes(value);
        java.nio.ByteBuffer.wrap(value).putLong(number);
        return value;
    }

    /// On the producer's thread; whole lines reach the file, since the writer may be killed at any time.
    private static void note(BufferedWriter lines, String line) {
        try {
            lines.write(line);
            lines.flush();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long checksum(byte[] value) {
        var crc = new CRC32C();
        crc.update(value);
        return crc.getValue();
    }

    private int check(String bootstrap, List<String> lists) throws Exception {
        var expected = new HashMap<TopicPartition, Map<Long, String>>();
        for (var list : lists) {
            for (var line : Files.readAllLines(Path.of(list), StandardCharsets.UTF_8)) {
                var words = line.split(" ", -1);
                if (words.length != 5) continue; // the writer was killed within a line
                expected.computeIfAbsent(new TopicPartition(words[0], Integer.parseInt(words[1])), _ -> new HashMap<>())
                        .put(Long.parseLong(words[2]), words[3] + " " + words[4]);
            }
        }
        long acked = expected.values().stream().mapToLong(Map::size).sum();
        var wrong = new TreeSet<String>();
        long read = read(bootstrap, expected, wrong);
        expected.forEach((partition, records) -> records.forEach((offset, what) ->
                wrong.add("%s at offset %d: %s is missing".formatted(partition, offset, what))));
        System.out.printf("%d acknowledged, %d read, %d lost or changed%n", acked, read, wrong.size());
        wrong.stream().limit(5).forEach(System.out::println);
        return wrong.isEmpty() ? 0 : 1;
    }

    /// Takes every record that is there out of `expected`; names in `wrong` those that are different.
    private static long read(String bootstrap, Map<TopicPartition, Map<Long, String>> expected, TreeSet<String> wrong) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "none");
        var bytes = new ByteArrayDeserializer();
        long read = 0;
        try (var consumer = new KafkaConsumer<>(config, bytes, bytes)) {
            var partitions = new ArrayList<>(expected.keySet());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            partitions.removeIf(partition -> ends.get(partition) == 0);
            while (!partitions.isEmpty()) {
                for (var record : consumer.poll(Duration.ofSeconds(10))) {
                    read++;
                    compare(record, expected, wrong);
                }
                partitions.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
            }
        }
        return read;
    }

    private static void compare(
            ConsumerRecord<byte[], byte[]> record,
            Map<TopicPartition, Map<Long, String>> expected,
            TreeSet<String> wrong) {
        var partition = new TopicPartition(record.topic(), record.partition());
        var what = expected.get(partition).remove(record.offset());
        var found = java.nio.ByteBuffer.wrap(record.value()).getLong() + " " + checksum(record.value());
        if (what != null && !what.equals(found)) {
            wrong.add("%s at offset %d: %s is %s".formatted(partition, record.offset(), what, found));
        }
    }
}
