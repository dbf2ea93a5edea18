package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Every command against a real broker, whichever it is: give it an address and call [#all], or one story.
///
/// Each story makes its own topics and groups, with names nobody else has, and deletes them; so stories may run on a
/// cluster in use and in any order. What a story expects holds for every broker that speaks Kafka's protocol.
public final class CliScenario {

    private static final int PATIENCE_SECONDS = 60;

    private final String bootstrap;
    private final String own = "cli-" + Uuid.randomUuid();

    /// @param bootstrap HOST:PORT of a broker that is up
    public CliScenario(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /// Every story, one after the other.
    public void all() throws Exception {
        cluster();
        topics();
        recordsGoInAndComeOut();
        formats();
        codecs();
        places();
        deletesRecords();
        warnings();
        files();
        follow();
        groups();
        groupsWithMembers();
        configs();
        refusals();
    }

    private CliRun run(String... words) {
        return run(new byte[0], words);
    }

    private CliRun run(byte[] input, String... words) {
        return CliRun.of(Map.of("MILLRACE_BOOTSTRAP", bootstrap), input, words);
    }

    private CliRun run(String input, List<String> words) {
        return run(input.getBytes(UTF_8), words.toArray(String[]::new));
    }

    private String topic(String story, int partitions, String... more) {
        var name = own + "-" + story;
        var words = new ArrayList<>(List.of("topic", "create", name, "--partitions", "" + partitions));
        words.addAll(Arrays.asList(more));
        run("", words).exits(Exit.OK);
        return name;
    }

    private void delete(String topic) {
        run("topic", "delete", topic, "--yes").exits(Exit.OK);
    }

    /// The cluster shows itself.
    public void cluster() {
        var cluster = JsonTree.object(
                run("cluster", "describe", "--json").exits(Exit.OK).out());
        assertFalse(String.valueOf(cluster.get("id")).isEmpty());
        assertFalse(JsonTree.objects(cluster, "nodes").isEmpty());
        assertEquals(0L, cluster.get("offline"));
        var text = run("cluster", "describe").exits(Exit.OK);
        assertTrue(text.lines().stream().anyMatch(line -> line.startsWith("NODE  HOST")), text.out());

        var version = JsonTree.object(run("version", "--json").exits(Exit.OK).out());
        assertEquals(cluster.get("id"), JsonTree.object(version, "cluster").get("id"));
    }

    /// A topic's life.
    public void topics() {
        var name = own + "-topics";
        var made = run("topic", "create", name, "--partitions", "3", "--config", "retention.ms=86400000", "--json");
        var tree = JsonTree.object(made.exits(Exit.OK).out());
        assertEquals(name, tree.get("name"));
        assertEquals(3L, tree.get("partitions"));
        assertEquals(true, tree.get("created"));

        var again = run("topic", "create", name).exits(Exit.FAILED);
        assertTrue(again.err().contains("exists already"), again.err());
        var kept = run("topic", "create", name, "--if-not-exists", "--json").exits(Exit.OK);
        assertEquals(false, JsonTree.object(kept.out()).get("created"));
        assertEquals(tree.get("id"), JsonTree.object(kept.out()).get("id"));

        var list = run("topic", "list").exits(Exit.OK);
        assertTrue(list.lines().stream().anyMatch(line -> line.matches(name + " +3 +\\d+")), list.out());
        var listed = JsonTree.objects(
                JsonTree.object(run("topic", "list", "--json").exits(Exit.OK).out()), "topics");
        assertTrue(listed.stream().anyMatch(topic -> name.equals(topic.get("name"))));
        assertTrue(listed.stream().noneMatch(topic -> "__consumer_offsets".equals(topic.get("name"))));

        run(
                        "topic",
                        "alter",
                        name,
                        "--partitions",
                        "5",
                        "--config",
                        "max.message.bytes=2000",
                        "--unset",
                        "retention.ms")
                .exits(Exit.OK);
        run("topic", "alter", name, "--partitions", "2").exits(Exit.FAILED);
        var described = JsonTree.object(
                run("topic", "describe", name, "--json").exits(Exit.OK).out());
        var partitions = JsonTree.objects(described, "partitions");
        assertEquals(5, partitions.size());
        for (var partition : partitions) {
            assertEquals(0L, partition.get("earliest"));
            assertEquals(0L, partition.get("latest"));
            assertEquals(0L, partition.get("sizeBytes"));
            assertEquals(partition.get("replicas"), partition.get("inSync"));
        }
        var configs = JsonTree.objects(described, "configs");
        assertTrue(configs.stream()
                .anyMatch(c -> "max.message.bytes".equals(c.get("name")) && "2000".equals(c.get("value"))));
        assertTrue(configs.stream()
                .noneMatch(c -> "retention.ms".equals(c.get("name")) && "topic".equals(c.get("source"))));
        assertTrue(run("topic", "describe", name).exits(Exit.OK).out().contains("PARTITION  LEADER"));

        var near = run("topic", "describe", name + "x").exits(Exit.NOT_FOUND);
        assertTrue(near.err().contains("did you mean: " + name), near.err());
        run("topic", "delete", name).exits(Exit.USAGE);
        assertEquals(
                "deleted " + name + "\n",
                run("topic", "delete", name, "--yes").exits(Exit.OK).out());
        var gone = run("topic", "delete", name, "--yes").exits(Exit.NOT_FOUND);
        assertTrue(gone.err().contains(name + " does not exist"), gone.err());
        assertTrue(gone.err().contains("millrace topic list"), gone.err());
        assertFalse(gone.err().contains("create"), gone.err());
        run("topic", "delete", name, "--yes", "--if-exists").exits(Exit.OK);
        run("topic", "describe", name).exits(Exit.NOT_FOUND);
    }

    /// Lines in, lines out, with keys, headers and places.
    public void recordsGoInAndComeOut() {
        var topic = topic("records", 1);
        var sent = run("a:1\nb:2\nc:3\n", List.of("produce", topic, "--key-separator", ":", "--verbose"));
        assertEquals(
                List.of(
                        topic + " partition 0 offset 0",
                        topic + " partition 0 offset 1",
                        topic + " partition 0 offset 2"),
                sent.exits(Exit.OK).lines());
        assertTrue(sent.err().startsWith("sent 3 records (6 B) to " + topic), sent.err());

        run("produce", topic, "four", "five", "--key", "k", "--header", "h=1", "--header", "h=2", "-q")
                .exits(Exit.OK);
        assertEquals(
                List.of("1", "2", "3", "four", "five"),
                run("consume", topic).exits(Exit.OK).lines());
        assertEquals(
                List.of("-\ta\t1", "-\tb\t2", "-\tc\t3", "-h=1,h=2\tk\tfour", "-h=1,h=2\tk\tfive"),
                run("consume", topic, "--keys", "--headers").exits(Exit.OK).lines().stream()
                        .map(line -> "-" + line)
                        .toList());
        assertEquals(
                List.of("0:0 a=1", "0:1 b=2"),
                run("consume", topic, "--max", "2", "--format", "%p:%o %k=%v")
                        .exits(Exit.OK)
                        .lines());

        run("produce", topic, "x", "--count", "500", "--acks", "1").exits(Exit.OK);
        run("a\nb\nc\n", List.of("produce", topic, "--count", "2", "--acks", "0"))
                .exits(Exit.OK);
        assertEquals(507, run("consume", topic).exits(Exit.OK).lines().size());
        delete(topic);
    }

    /// What is printed as JSON, hex or base64 goes in again as it was, bytes and tombstones too.
    public void formats() {
        var from = topic("formats", 2);
        var to = topic("formats-copy", 2);
        run("00ff\n", List.of("produce", from, "--format", "hex", "--partition", "0"))
                .exits(Exit.OK);
        run(
                        "{\"key\":\"\u00e9\",\"value\":null,\"headers\":{\"a\":\"1\"},\"partition\":1,\"timestamp\":1700000000000}\n",
                        List.of("produce", from, "--format", "json"))
                .exits(Exit.OK);
        run("produce", from, "text", "--partition", "1").exits(Exit.OK);

        var json = run("consume", from, "--json").exits(Exit.OK);
        assertEquals(3, json.lines().size());
        run(json.out(), List.of("produce", to, "--format", "json")).exits(Exit.OK);
        assertEquals(
                run("consume", from, "--partition", "1", "--format", "%o %T %k %v %h")
                        .exits(Exit.OK)
                        .out(),
                run("consume", to, "--partition", "1", "--format", "%o %T %k %v %h")
                        .exits(Exit.OK)
                        .out());
        assertEquals(
                "00ff\n",
                run("consume", to, "--partition", "0", "--format", "hex")
                        .exits(Exit.OK)
                        .out());
        assertEquals(
                "AP8=\n",
                run("consume", to, "--partition", "0", "--format", "base64")
                        .exits(Exit.OK)
                        .out());

        var tombstone = JsonTree.object(
                run("consume", to, "--partition", "1", "--max", "1", "--json").out());
        assertEquals("\u00e9", tombstone.get("key"));
        assertTrue(tombstone.containsKey("value"));
        assertEquals(null, tombstone.get("value"));
        assertEquals(1_700_000_000_000L, tombstone.get("timestamp"));
        delete(from);
        delete(to);
    }

    /// Every codec there and back.
    public void codecs() {
        var topic = topic("codecs", 1);
        for (var codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            run("produce", topic, "squeezed by " + codec, "--count", "20", "--compression", codec)
                    .exits(Exit.OK);
        }
        var lines = run("consume", topic).exits(Exit.OK).lines();
        assertEquals(100, lines.size());
        assertEquals("squeezed by zstd", lines.getLast());
        delete(topic);
    }

    /// From and until offsets, counts and times.
    public void places() {
        var topic = topic("places", 2);
        var input = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            for (int partition = 0; partition < 2; partition++) {
                input.append("{\"value\":\"%d\",\"partition\":%d,\"timestamp\":%d}\n"
                        .formatted(i, partition, 1_700_000_000_000L + i * 1000L));
            }
        }
        run(input.toString(), List.of("produce", topic, "--format", "json")).exits(Exit.OK);
        assertEquals(List.of("8", "9"), zero(topic, "--from", "-2"));
        assertEquals(List.of("3", "4"), zero(topic, "--from", "3", "--until", "5"));
        assertEquals(List.of("7", "8", "9"), zero(topic, "--from", "@1700000006500"));
        assertEquals(
                List.of("6", "7"), zero(topic, "--from", "2023-11-14T22:13:26Z", "--until", "2023-11-14T22:13:28Z"));
        assertEquals(List.of(), zero(topic, "--from", "latest"));
        assertEquals(List.of(), zero(topic, "--from", "-1h"));
        assertEquals(List.of("0"), zero(topic, "--from", "earliest", "--max", "1"));
        assertEquals(
                4, run("consume", topic, "--from", "-2").exits(Exit.OK).lines().size());
        assertEquals(
                List.of(),
                run("consume", topic, "--from", "9999").exits(Exit.OK).lines());
        delete(topic);
    }

    private List<String> zero(String topic, String... more) {
        var words = new ArrayList<>(List.of("consume", topic, "--partition", "0"));
        words.addAll(Arrays.asList(more));
        return run("", words).exits(Exit.OK).lines();
    }

    /// The oldest records go, up to a place; the rest keeps its offsets.
    public void deletesRecords() {
        var topic = topic("delete-records", 2);
        run("produce", topic, "v", "--count", "10", "--partition", "0").exits(Exit.OK);
        run("produce", topic, "v", "--count", "3", "--partition", "1").exits(Exit.OK);

        var unsure = run("topic", "delete-records", topic, "--before", "latest").exits(Exit.USAGE);
        assertTrue(unsure.err().contains("add --yes"), unsure.err());
        var beyond = deleteRecords(topic, "4").exits(Exit.FAILED);
        assertTrue(beyond.err().contains("partition 1 of " + topic + " ends at offset 3, before 4"), beyond.err());
        deleteRecords(topic, "4", "--partition", "2").exits(Exit.NOT_FOUND);
        deleteRecords(topic + "-not", "4").exits(Exit.NOT_FOUND);
        assertEquals(13, run("consume", topic).exits(Exit.OK).lines().size());

        var some = deleteRecords(topic, "4", "--partition", "0").exits(Exit.OK);
        assertEquals(List.of("PARTITION  FROM  TO", "        0     0   4"), some.lines());
        assertEquals(List.of("4", "5", "6", "7", "8", "9"), zero(topic, "--format", "%o"));
        var most = deleteRecords(topic, "-2", "--json").exits(Exit.OK);
        var moved = JsonTree.objects(JsonTree.object(most.out()), "partitions");
        assertEquals(List.of(4L, 0L), moved.stream().map(one -> one.get("from")).toList());
        assertEquals(List.of(8L, 1L), moved.stream().map(one -> one.get("to")).toList());

        deleteRecords(topic, "-1h").exits(Exit.OK);
        assertEquals(4, run("consume", topic).exits(Exit.OK).lines().size());
        deleteRecords(topic, "latest").exits(Exit.OK);
        assertEquals(List.of(), run("consume", topic).exits(Exit.OK).lines());
        run("topic", "delete-records", topic, "--before", "latest").exits(Exit.OK);
        delete(topic);
        keepsWhatIsOnlyCompacted();
    }

    private void keepsWhatIsOnlyCompacted() {
        var topic = topic("compacted", 2, "--config", "cleanup.policy=compact");
        run("produce", topic, "v", "--key", "k").exits(Exit.OK);
        var kept = deleteRecords(topic, "latest").exits(Exit.FAILED);
        assertEquals("", kept.out());
        assertTrue(kept.err().contains("its cleanup.policy is compact, without delete"), kept.err());
        var way = "config set cleanup.policy=compact,delete --topic " + topic;
        assertTrue(kept.err().contains(way), kept.err());
        run(way.split(" ")).exits(Exit.OK);
        deleteRecords(topic, "latest").exits(Exit.OK);
        delete(topic);
    }

    /// More replicas wanted than there are is worth a warning, and no failure.
    public void warnings() {
        var name = own + "-warnings";
        var said = "min.insync.replicas is 2: who produces with acks=all gets NOT_ENOUGH_REPLICAS";
        var made = run(
                "topic", "create", name, "--partitions", "1", "--replicas", "1", "--config", "min.insync.replicas=2");
        assertTrue(
                made.exits(Exit.OK).err().contains("warning: " + name + " has 1 replica, and its " + said), made.err());
        var way = "topic alter " + name + " --config min.insync.replicas=1";
        assertTrue(made.err().contains("millrace " + way), made.err());
        assertTrue(run("topic", "create", name, "--if-not-exists")
                .exits(Exit.OK)
                .err()
                .contains(said));
        run("produce", name, "v", "--timeout", "1s").exits(Exit.FAILED);
        assertEquals("", run(way.split(" ")).exits(Exit.OK).err());
        run("produce", name, "v").exits(Exit.OK);
        var altered = run("topic", "alter", name, "--config", "min.insync.replicas=2", "--json");
        assertTrue(altered.exits(Exit.OK).err().contains(said), altered.err());
        assertEquals(
                "",
                run("topic", "alter", name, "--partitions", "2").exits(Exit.OK).err());
        var set = run("config", "set", "min.insync.replicas=2", "--topic", name).exits(Exit.OK);
        assertTrue(set.err().contains(said), set.err());
        delete(name);
    }

    private CliRun deleteRecords(String topic, String before, String... more) {
        var words = new ArrayList<>(List.of("topic", "delete-records", topic, "--before", before, "--yes"));
        words.addAll(Arrays.asList(more));
        return run("", words);
    }

    /// A file goes in as one value and comes out byte for byte.
    public void files() throws IOException {
        var topic = topic("files", 1);
        var file = Files.createTempFile("millrace-cli", ".bin");
        try {
            var bytes = new byte[300_000];
            long seed = System.nanoTime();
            new Random(seed).nextBytes(bytes);
            Files.write(file, bytes);
            run("produce", topic, "--file", file.toString(), "--compression", "lz4")
                    .exits(Exit.OK);
            var out = new ByteArrayOutputStream();
            var around = Surroundings.of(
                    new ByteArrayInputStream(new byte[0]), out, System.err, Map.of("MILLRACE_BOOTSTRAP", bootstrap));
            assertEquals(Exit.OK, Main.run(around, "consume", topic, "--delimiter", ""));
            assertArrayEquals(bytes, out.toByteArray(), "seed " + seed);
        } finally {
            Files.delete(file);
        }
        delete(topic);
    }

    /// A follower sees what comes after it began.
    public void follow() throws Exception {
        var topic = topic("follow", 1);
        run("produce", topic, "before").exits(Exit.OK);
        var following = new CompletableFuture<CliRun>();
        Thread.ofVirtual()
                .start(() -> following.complete(run("consume", topic, "--follow", "--from", "earliest", "--max", "3")));
        run("produce", topic, "during").exits(Exit.OK);
        run("produce", topic, "last").exits(Exit.OK);
        var seen = following.get(PATIENCE_SECONDS, TimeUnit.SECONDS).exits(Exit.OK);
        assertEquals(List.of("before", "during", "last"), seen.lines());
        delete(topic);
    }

    /// A group goes on where it was, tells its lag, and is moved and deleted.
    public void groups() {
        var topic = topic("groups", 1);
        var group = own + "-group";
        run("produce", topic, "v", "--count", "10").exits(Exit.OK);
        run("group", "describe", group).exits(Exit.NOT_FOUND);

        assertEquals(List.of("0", "1", "2", "3"), group(topic, group, "--max", "4"));
        assertEquals(6L, described(group).get("totalLag"));
        assertEquals(List.of("4", "5", "6", "7", "8", "9"), group(topic, group));
        assertEquals(List.of(), group(topic, group));
        var offsets = JsonTree.objects(described(group), "offsets").getFirst();
        assertEquals(topic, offsets.get("topic"));
        assertEquals(10L, offsets.get("committed"));
        assertEquals(10L, offsets.get("end"));
        assertEquals(0L, offsets.get("lag"));
        assertTrue(run("group", "describe", group).exits(Exit.OK).out().contains("COMMITTED"));

        var groups = JsonTree.objects(
                JsonTree.object(run("group", "list", "--json").exits(Exit.OK).out()), "groups");
        assertTrue(groups.stream().anyMatch(g -> group.equals(g.get("group")) && "empty".equals(g.get("state"))));

        var dry = run("group", "reset-offsets", group, "--to", "earliest").exits(Exit.OK);
        assertTrue(dry.err().contains("--execute"), dry.err());
        assertEquals(0L, described(group).get("totalLag"));
        run("group", "reset-offsets", group, "--topic", topic, "--partition", "0", "--shift", "-3", "--execute")
                .exits(Exit.OK);
        assertEquals(3L, described(group).get("totalLag"));
        var moved = run("group", "reset-offsets", group, "--to", "-1h", "--execute", "--json")
                .exits(Exit.OK);
        var reset = JsonTree.objects(JsonTree.object(moved.out()), "offsets").getFirst();
        assertEquals(7L, reset.get("from"));
        assertEquals(0L, reset.get("to"));
        assertEquals(10, group(topic, group).size());

        run("group", "delete", group).exits(Exit.USAGE);
        assertEquals(
                "deleted " + group + "\n",
                run("group", "delete", group, "--yes").exits(Exit.OK).out());
        run("group", "delete", group, "--yes").exits(Exit.NOT_FOUND);
        run("group", "reset-offsets", group, "--to", "latest").exits(Exit.NOT_FOUND);
        delete(topic);
    }

    private List<String> group(String topic, String group, String... more) {
        var words = new ArrayList<>(List.of("consume", topic, "--group", group, "--format", "%o", "--timeout", "60s"));
        words.addAll(Arrays.asList(more));
        return run("", words).exits(Exit.OK).lines();
    }

    private Map<?, ?> described(String group) {
        return JsonTree.object(
                run("group", "describe", group, "--json").exits(Exit.OK).out());
    }

    /// While a group has members, it shows them, and its offsets stay.
    public void groupsWithMembers() {
        var topic = topic("members", 2);
        var group = own + "-members";
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", bootstrap, "group.id", group, "client.id", "anna", "enable.metrics.push", "false");
        try (var member = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            member.subscribe(List.of(topic));
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (member.assignment().isEmpty()) {
                member.poll(Duration.ofMillis(100));
                assertTrue(System.nanoTime() - deadlineNs < 0, "not admitted to the group");
            }
            var described = described(group);
            assertEquals("stable", described.get("state"));
            var seen = JsonTree.objects(described, "members").getFirst();
            assertEquals("anna", seen.get("client"));
            assertEquals(2, JsonTree.objects(seen, "partitions").size());
            var offsets = JsonTree.objects(described, "offsets");
            assertEquals(2, offsets.size());
            assertEquals(seen.get("member"), offsets.getFirst().get("member"));

            var refused = run("group", "reset-offsets", group, "--to", "earliest", "--topic", topic, "--execute");
            assertTrue(refused.exits(Exit.FAILED).err().contains("with 1 member"), refused.err());
            var kept = run("group", "delete", group, "--yes").exits(Exit.FAILED);
            assertTrue(kept.err().contains("has members"), kept.err());
        }
        run("group", "delete", group, "--yes").exits(Exit.OK);
        delete(topic);
    }

    /// Settings are shown, set and unset, one by one.
    public void configs() {
        var topic = topic("configs", 1);
        run("config", "set", "retention.ms=1234567", "segment.bytes=20000000", "--topic", topic)
                .exits(Exit.OK);
        assertEquals(
                "1234567\n",
                run("config", "get", "retention.ms", "--topic", topic)
                        .exits(Exit.OK)
                        .out());
        run("config", "set", "max.message.bytes=5000", "--topic", topic).exits(Exit.OK);
        assertEquals(
                "20000000\n",
                run("config", "get", "segment.bytes", "--topic", topic)
                        .exits(Exit.OK)
                        .out());
        run("config", "unset", "retention.ms", "--topic", topic).exits(Exit.OK);
        var listed = JsonTree.object(
                run("config", "list", "--topic", topic, "--json").exits(Exit.OK).out());
        var own = JsonTree.objects(listed, "configs").stream()
                .filter(config -> "topic".equals(config.get("source")))
                .map(config -> String.valueOf(config.get("name")))
                .toList();
        assertEquals(List.of("max.message.bytes", "segment.bytes"), own);
        assertTrue(run("config", "list", "--topic", topic, "--all")
                        .exits(Exit.OK)
                        .lines()
                        .size()
                > 20);

        var near = run("config", "get", "retention.mss", "--topic", topic).exits(Exit.NOT_FOUND);
        assertTrue(near.err().contains("did you mean: retention.ms"), near.err());
        run("config", "set", "no.such.setting=1", "--topic", topic).exits(Exit.FAILED);
        run("config", "set", "retention.ms=soon", "--topic", topic).exits(Exit.FAILED);
        unsetsOnlyWhatThereIs(topic);
        run("config", "list", "--topic", topic + "x").exits(Exit.NOT_FOUND);
        run("config", "list", "--broker", "99999").exits(Exit.NOT_FOUND);
        var nodes = JsonTree.objects(
                JsonTree.object(run("cluster", "describe", "--json").out()), "nodes");
        var broker = String.valueOf(nodes.getFirst().get("id"));
        var node = run("config", "list", "--broker", broker, "--all", "--json").exits(Exit.OK);
        assertFalse(JsonTree.objects(JsonTree.object(node.out()), "configs").isEmpty());
        delete(topic);
    }

    /// A broker would take any name.
    private void unsetsOnlyWhatThereIs(String topic) {
        var slip = run("config", "unset", "retention.mss", "--topic", topic).exits(Exit.NOT_FOUND);
        assertTrue(slip.err().contains("topic " + topic + " has no setting retention.mss"), slip.err());
        assertTrue(slip.err().contains("did you mean: retention.ms"), slip.err());
        var altered = run("topic", "alter", topic, "--config", "retention.ms=7654321", "--unset", "segment.bites")
                .exits(Exit.NOT_FOUND);
        assertTrue(altered.err().contains("did you mean: segment.bytes"), altered.err());
        var kept = run("config", "get", "retention.ms", "--topic", topic).exits(Exit.OK);
        assertFalse(kept.out().contains("7654321"), kept.out());
        var all = run("config", "unset", "log.retention.mss", "--broker", "default")
                .exits(Exit.NOT_FOUND);
        assertTrue(all.err().contains("did you mean: log.retention.ms"), all.err());
        run("config", "unset", "log.retention.ms", "--broker", "default").exits(Exit.OK);
    }

    /// What the cluster refuses is said, counted, and shown by the exit code.
    public void refusals() {
        var topic = topic("refusals", 1, "--config", "max.message.bytes=1000");
        var large = "x".repeat(5000) + "\n";
        var stopped = run(large, List.of("produce", topic)).exits(Exit.FAILED);
        assertTrue(stopped.err().contains("1 record failed"), stopped.err());
        // Slowly, one record a batch: a client cannot part a batch that is too large only for this topic.
        var input = "small\n" + large + "small\n";
        var kept = run(input, List.of("produce", topic, "--keep-going", "--rate", "5"))
                .exits(Exit.FAILED);
        assertTrue(kept.err().contains("sent 2 records"), kept.err());

        var bad = run("{\"value\":\"ok\"}\nnonsense\n", List.of("produce", topic, "--format", "json"));
        assertTrue(bad.exits(Exit.USAGE).err().contains("line 2: not JSON"), bad.err());
        refusesAPartition(topic);
        run("consume", topic + "x").exits(Exit.NOT_FOUND);
        run("topic", "create", "bad name!").exits(Exit.FAILED);
        run("topic", "create", topic + "-2", "--config", "no.such.setting=1").exits(Exit.FAILED);
        run("topic", "create", topic + "-2", "--replicas", "99").exits(Exit.FAILED);
        delete(topic);
    }

    /// Nobody waits for a partition that the topic does not have: the timeout here would be an hour.
    private void refusesAPartition(String topic) {
        var said = "topic " + topic + " has no partition 7; it has 1 partition, number 0";
        var read = run("consume", topic, "--partition", "7").exits(Exit.NOT_FOUND);
        assertTrue(read.err().contains(said), read.err());
        var sent = run("produce", topic, "v", "--partition", "7", "--timeout", "1h")
                .exits(Exit.NOT_FOUND);
        assertTrue(sent.err().contains(said), sent.err());
        var lines = "{\"value\":\"a\",\"partition\":7}\n{\"value\":\"b\",\"partition\":0}\n";
        var kept = run(lines, List.of("produce", topic, "--format", "json", "--keep-going", "--timeout", "1h"))
                .exits(Exit.FAILED);
        assertTrue(kept.err().contains("sent 1 record") && kept.err().contains(said), kept.err());
    }

    /// The log files of a broker are sound.
    ///
    /// @param data the broker's data folder
    public void logs(Path data) {
        var run = CliRun.of("log", "verify", data.toString(), "--records", "--json")
                .exits(Exit.OK);
        assertEquals(true, JsonTree.object(run.out()).get("ok"));
    }
}
