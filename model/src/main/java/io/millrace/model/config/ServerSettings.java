package io.millrace.model.config;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// The settings of a server, under Kafka's names where Kafka has the same. The server-wide defaults of
/// topics are in [TopicDefaults]; names of Kafka that are in neither are accepted and have no effect
/// ([Catalogue]).
public final class ServerSettings {

    private static final long MIB = 1L << 20;

    // ---- who this node is, and where its data is

    public static final ConfigKey<Integer> NODE_ID = ConfigKey.number("node.id", 1)
            .allow(v -> v >= 0, "0 or more")
            .doc("The number of this node in its cluster; a data folder keeps the number it was made with.")
            .unlikeKafka("a single node needs no number");

    public static final ConfigKey<Integer> BROKER_ID = ConfigKey.number("broker.id", -1)
            .allow(v -> v >= -1, "-1 (as node.id) or more")
            .doc("An older name of node.id.")
            .unlikeKafka("-1 alone says that it is not given");

    public static final ConfigKey<String> BROKER_RACK =
            ConfigKey.text("broker.rack", "").doc("The rack or zone this node stands in, told to clients.");

    public static final ConfigKey<List<String>> LOG_DIRS =
            ConfigKey.list("log.dirs", "").doc("The data folder; log.dir counts when this is not given.");

    public static final ConfigKey<List<String>> LOG_DIR = ConfigKey.list("log.dir", "data")
            .doc("The data folder. A relative path starts at the folder the server was started in.")
            .unlikeKafka("/tmp is lost at a reboot");

    /// Ours.
    public static final ConfigKey<Long> RESERVE_BYTES = ConfigKey.bytes("log.dir.reserve.bytes", -1)
            .allow(v -> v >= -1, "-1 (as described), or 0 or more bytes")
            .doc(
                    "So much of the data folder's disk is kept in reserve: while less is free, producing is refused with an "
                            + "error that clients try again after, and everything else goes on. -1 means 512 MiB and 2% of "
                            + "the file system, but at most a tenth of it; 0 keeps nothing.");

    // ---- listeners

    public static final ConfigKey<List<String>> LISTENERS = ConfigKey.list("listeners", "PLAINTEXT://127.0.0.1:9092")
            .doc("Where clients may connect: NAME://HOST:PORT, several with commas between. An empty host means all "
                    + "interfaces; port 0 means any free port.")
            .unlikeKafka("a broker without access control should not be open to the network");

    public static final ConfigKey<List<String>> ADVERTISED_LISTENERS = ConfigKey.list("advertised.listeners", "")
            .doc("The addresses that clients are told, where they differ from the listeners.");

    public static final ConfigKey<String> PROTOCOL_MAP = ConfigKey.text(
                    "listener.security.protocol.map",
                    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT")
            .doc("Which protocol a listener's name stands for. Only PLAINTEXT can be opened in this release.");

    public static final ConfigKey<List<String>> CONTROLLER_LISTENERS = ConfigKey.list("controller.listener.names", "")
            .doc("Listeners of these names are not opened: the metadata quorum is inside.");

    public static final ConfigKey<Boolean> INSECURE = ConfigKey.flag("insecure.ok", false)
            .doc("Whether unencrypted listeners may be reached from other machines.");

    public static final ConfigKey<String> HTTP_LISTEN = ConfigKey.text("http.listen", "127.0.0.1:9644")
            .doc("Where health and metrics are served: HOST:PORT, or 'off'. Port 0 means any free port.");

    // ---- limits of the network

    public static final ConfigKey<Integer> NETWORK_THREADS = ConfigKey.number("num.network.threads", 1)
            .allow(v -> v >= 1 && v <= 1024, "between 1 and 1024")
            .doc("Loops: each carries its share of the connections and partitions.")
            .derived("one per core")
            .unlikeKafka("should not have to be tuned by hand");

    public static final ConfigKey<Integer> IO_THREADS = ConfigKey.number("num.io.threads", 2)
            .allow(v -> v >= 1 && v <= 1024, "between 1 and 1024")
            .doc("Threads that wait for disks.")
            .derived("one per core, from 2 to 8")
            .unlikeKafka("should not have to be tuned by hand");

    public static final ConfigKey<Integer> REQUEST_MAX_BYTES = ConfigKey.number(
                    "socket.request.max.bytes", (int) (100 * MIB))
            .allow(v -> v >= 1, "1 or more bytes")
            .doc("A larger request closes its connection, and so does one of more than 8 MiB of another API than "
                    + "Produce, or one whose parts take too much memory.");

    public static final ConfigKey<Long> QUEUED_MAX_BYTES = ConfigKey.bytes("queued.max.request.bytes", 16 * MIB)
            .allow(v -> v == -1 || v >= 1, "-1 (no limit), or 1 or more bytes")
            .doc("The most memory that requests may hold together; at the limit, the server reads no further ones.")
            .derived("a tenth of the memory, at least 16 MiB")
            .unlikeKafka("without a limit, requests can take the whole heap");

    public static final ConfigKey<Integer> MAX_CONNECTIONS = ConfigKey.number("max.connections", 10_000)
            .allow(v -> v >= 0, "0 or more")
            .doc("The most connections at a time; further ones are closed.")
            .derived("10000, or half of the open files that the system allows where that is less")
            .unlikeKafka("one bad client must not take the whole server");

    public static final ConfigKey<Integer> MAX_CONNECTIONS_PER_IP = ConfigKey.number("max.connections.per.ip", 1_000)
            .allow(v -> v >= 0, "0 or more")
            .doc("The most connections at a time from one address; further ones are closed.")
            .unlikeKafka("one bad client must not take the whole server");

    public static final ConfigKey<Duration> CONNECTION_IDLE = ConfigKey.millis(
                    "connections.max.idle.ms", Duration.ofMinutes(10))
            .doc("A connection on which nothing happens for this long is closed; a negative number means never.");

    public static final ConfigKey<Integer> FETCH_MAX_BYTES = ConfigKey.number("fetch.max.bytes", (int) (55 * MIB))
            .allow(v -> v >= 1024, "1024 (1 KiB) or more bytes")
            .doc("The most bytes in one answer to a fetch, whatever the client asks for.");

    public static final ConfigKey<Integer> FETCH_SESSIONS = ConfigKey.number(
                    "max.incremental.fetch.session.cache.slots", 1_000)
            .allow(v -> v >= 0, "0 or more")
            .doc("How many fetch sessions are remembered at a time.");

    public static final ConfigKey<Integer> DESCRIBE_MAX_PARTITIONS = ConfigKey.number(
                    "max.request.partition.size.limit", 2_000)
            .allow(v -> v >= 1, "1 or more")
            .doc("The most partitions in one answer to a description of topics; the client asks again for more.");

    // ---- topics

    public static final ConfigKey<Boolean> AUTO_CREATE_TOPICS = ConfigKey.flag("auto.create.topics.enable", false)
            .doc("Whether a topic is made when a client first names it.")
            .derived("true on a single node that listens on loopback only, else false")
            .unlikeKafka("typing errors should not make topics");

    public static final ConfigKey<Integer> NUM_PARTITIONS = ConfigKey.number("num.partitions", 4)
            .allow(v -> v >= 1 && v <= 100_000, "between 1 and 100000")
            .doc("The partitions of a topic that is made without a number of them.")
            .unlikeKafka("one partition gives no parallelism, and adding later breaks the order of keys");

    public static final ConfigKey<Integer> REPLICATION_FACTOR = ConfigKey.number("default.replication.factor", 1)
            .allow(v -> v >= 1 && v <= Short.MAX_VALUE, "between 1 and 32767")
            .doc("The replicas of a topic that is made without a number of them.")
            .derived("the number of nodes, at most 3")
            .unlikeKafka("a single copy should be a choice");

    public static final ConfigKey<Boolean> DELETE_TOPIC =
            ConfigKey.flag("delete.topic.enable", true).doc("Whether topics may be deleted.");

    public static final ConfigKey<Duration> RETENTION_CHECK = ConfigKey.millis(
                    "log.retention.check.interval.ms", Duration.ofMinutes(5))
            .allow(v -> v.toMillis() >= 1, "1 or more milliseconds")
            .doc("How often logs are looked through for segments to delete.");

    public static final ConfigKey<Integer> PRODUCER_EXPIRATION_MS = ConfigKey.number(
                    "producer.id.expiration.ms", 86_400_000)
            .allow(v -> v >= 1, "1 or more milliseconds")
            .doc("A producer that has not written to a partition for this long is forgotten there.");

    // ---- compaction

    public static final ConfigKey<Boolean> CLEANER =
            ConfigKey.flag("log.cleaner.enable", true).doc("Whether topics with cleanup.policy=compact are compacted.");

    public static final ConfigKey<Duration> CLEANER_BACKOFF = ConfigKey.millis(
                    "log.cleaner.backoff.ms", Duration.ofSeconds(15))
            .allow(v -> !v.isNegative(), "0 or more milliseconds")
            .doc("How often logs are looked through for one to compact, when there was none.");

    public static final ConfigKey<Long> CLEANER_MAP_BYTES = ConfigKey.bytes("log.cleaner.dedupe.buffer.size", 32 * MIB)
            .allow(v -> v >= MIB && v <= 16_384 * MIB, "between 1048576 (1 MiB) and 17179869184 (16 GiB) bytes")
            .doc("The most memory that a compaction takes to remember keys, 24 bytes for each; where a log has more of "
                    + "them, several compactions follow each other. One runs at a time.")
            .unlikeKafka("a small server should do with a small heap; 32 MiB hold more than a million keys");

    public static final ConfigKey<Double> CLEANER_LOAD_FACTOR = ConfigKey.fraction(
                    "log.cleaner.io.buffer.load.factor", 0.9)
            .allow(v -> v > 0 && v <= 0.95, "more than 0, at most 0.95")
            .doc("How full the memory for keys may get; the fuller, the slower it is.")
            .unlikeKafka("without free slots every look-up goes through all of them");

    public static final ConfigKey<Double> CLEANER_RATE = ConfigKey.fraction(
                    "log.cleaner.io.max.bytes.per.second", Double.MAX_VALUE)
            .allow(v -> v >= 1024, "1024 (1 KiB) or more bytes")
            .doc("The most bytes that compaction reads in a second. It advances by steps of about 256 KiB and rests "
                    + "after each at least as long as the step took, so that without this limit too it takes at most "
                    + "half of a core or of the disk, and less when they are busy.")
            .unlikeKafka("with less, compaction would never end");

    public static final ConfigKey<Integer> CLEANER_THREADS = ConfigKey.number("log.cleaner.threads", 1)
            .allow(v -> v >= 0, "0 or more")
            .doc("One log is compacted at a time, by the threads that wait for disks.")
            .withoutEffect();

    public static final ConfigKey<Integer> CLEANER_IO_BUFFER = ConfigKey.number(
                    "log.cleaner.io.buffer.size", 512 * 1024)
            .allow(v -> v >= 0, "0 or more bytes")
            .doc("Compaction reads and writes through buffers of its own.")
            .withoutEffect();

    // ---- verification of what the disk holds

    /// Ours.
    public static final ConfigKey<Long> SCRUB_RATE = ConfigKey.bytes("log.scrub.bytes.per.second", 8 * MIB)
            .allow(v -> v >= 0, "0 (off), or 1 or more bytes")
            .doc("The most bytes of closed segments that are read back from the disk in a second to verify their "
                    + "checksums, past the page cache. What is damaged is set aside, and the rest is served. 0 means that "
                    + "nothing is verified.");

    /// Ours.
    public static final ConfigKey<Duration> SCRUB_INTERVAL = ConfigKey.millis(
                    "log.scrub.interval.ms", Duration.ofDays(7))
            .allow(v -> !v.isNegative(), "0 or more milliseconds")
            .doc("A pass that verifies everything begins at most so often.");

    // ---- groups and their offsets

    public static final ConfigKey<Integer> OFFSETS_PARTITIONS = ConfigKey.number("offsets.topic.num.partitions", 16)
            .allow(v -> v >= 1 && v <= 10_000, "between 1 and 10000")
            .doc("The partitions of __consumer_offsets; fixed once it is made.")
            .unlikeKafka("fewer files, and enough for every group");

    public static final ConfigKey<Integer> OFFSETS_REPLICATION = ConfigKey.number("offsets.topic.replication.factor", 1)
            .allow(v -> v >= 1, "1 or more")
            .asShort()
            .doc("The replicas of __consumer_offsets.")
            .derived("the number of nodes, at most 3")
            .unlikeKafka("on one node, three copies cannot be had");

    public static final ConfigKey<Integer> OFFSETS_SEGMENT_BYTES = ConfigKey.number(
                    "offsets.topic.segment.bytes", (int) (100 * MIB))
            .allow(v -> v >= MIB, "between 1048576 (1 MiB) and 2147483647 (2 GiB) bytes")
            .doc("segment.bytes of __consumer_offsets.")
            .unlikeKafka("segment.bytes has the same least value");

    public static final ConfigKey<Integer> OFFSETS_RETENTION_MINUTES = ConfigKey.number(
                    "offsets.retention.minutes", 30 * 24 * 60)
            .allow(v -> v >= 1, "1 or more minutes")
            .doc("The offsets of a group without members are forgotten after this.")
            .unlikeKafka("an application that rests for a week should not lose its place");

    public static final ConfigKey<Duration> OFFSETS_RETENTION_CHECK = ConfigKey.millis(
                    "offsets.retention.check.interval.ms", Duration.ofMinutes(10))
            .allow(v -> v.toMillis() >= 1, "1 or more milliseconds")
            .doc("How often offsets are looked through for those to forget.");

    public static final ConfigKey<Integer> OFFSET_METADATA_MAX_BYTES = ConfigKey.number(
                    "offset.metadata.max.bytes", 4096)
            .allow(v -> v >= 0, "0 or more bytes")
            .doc("The longest note a client may commit with an offset.")
            .unlikeKafka("a negative length means nothing");

    public static final ConfigKey<Integer> OFFSETS_COMMIT_TIMEOUT_MS = ConfigKey.number(
                    "offsets.commit.timeout.ms", 5_000)
            .allow(v -> v >= 1, "1 or more milliseconds")
            .doc("How long a change of a group or its offsets may wait to be committed.");

    public static final ConfigKey<Integer> GROUP_MIN_SESSION_MS = ConfigKey.number(
                    "group.min.session.timeout.ms", 6_000)
            .allow(v -> v >= 0, "0 or more milliseconds")
            .doc("The shortest session timeout a member may ask for.")
            .unlikeKafka("a negative time means nothing");

    public static final ConfigKey<Integer> GROUP_MAX_SESSION_MS = ConfigKey.number(
                    "group.max.session.timeout.ms", 1_800_000)
            .allow(v -> v >= 0, "0 or more milliseconds")
            .doc("The longest session timeout a member may ask for.")
            .unlikeKafka("a negative time means nothing");

    public static final ConfigKey<Integer> GROUP_MAX_SIZE = ConfigKey.number("group.max.size", 5_000)
            .allow(v -> v >= 1, "1 or more")
            .doc("The most members in one group.")
            .unlikeKafka("one bad client must not take the whole server");

    public static final ConfigKey<Integer> GROUP_INITIAL_DELAY_MS = ConfigKey.number(
                    "group.initial.rebalance.delay.ms", 500)
            .allow(v -> v >= 0, "0 or more milliseconds")
            .doc("How long an empty group waits for more members before its first assignment.")
            .derived("0 on a single node that listens on loopback only, else 500")
            .unlikeKafka("every test would wait for 3 seconds");

    // ---- checked and kept, without effect in this release

    public static final ConfigKey<Integer> TRANSACTION_MAX_MS =
            later(ConfigKey.number("transaction.max.timeout.ms", 900_000).doc("The longest transaction timeout."));

    public static final ConfigKey<Integer> TRANSACTION_PARTITIONS =
            later(ConfigKey.number("transaction.state.log.num.partitions", 16)
                    .doc("The partitions of __transaction_state.")
                    .unlikeKafka("fewer files, and enough for every producer"));

    public static final ConfigKey<Integer> TRANSACTION_REPLICATION = later(
                    ConfigKey.number("transaction.state.log.replication.factor", 1)
                            .doc("The replicas of __transaction_state.")
                            .derived("the number of nodes, at most 3")
                            .unlikeKafka("on one node, three copies cannot be had"))
            .asShort();

    public static final ConfigKey<Integer> TRANSACTION_MIN_ISR =
            later(ConfigKey.number("transaction.state.log.min.isr", 1)
                    .doc("min.insync.replicas of __transaction_state.")
                    .derived("2 with three nodes or more, else 1")
                    .unlikeKafka("on one node, two copies cannot be had"));

    public static final ConfigKey<Integer> TRANSACTION_SEGMENT_BYTES =
            later(ConfigKey.number("transaction.state.log.segment.bytes", (int) (100 * MIB))
                    .doc("segment.bytes of __transaction_state."));

    public static final ConfigKey<Integer> TRANSACTIONAL_ID_EXPIRATION_MS =
            later(ConfigKey.number("transactional.id.expiration.ms", 604_800_000)
                    .doc("A transactional id that is not used for this long is forgotten."));

    /// Every server setting that has a type here, the defaults of topics included.
    public static final List<ConfigKey<?>> ALL = Stream.concat(
                    Stream.<ConfigKey<?>>of(
                            NODE_ID,
                            BROKER_ID,
                            BROKER_RACK,
                            LOG_DIRS,
                            LOG_DIR,
                            RESERVE_BYTES,
                            LISTENERS,
                            ADVERTISED_LISTENERS,
                            PROTOCOL_MAP,
                            CONTROLLER_LISTENERS,
                            INSECURE,
                            HTTP_LISTEN,
                            NETWORK_THREADS,
                            IO_THREADS,
                            REQUEST_MAX_BYTES,
                            QUEUED_MAX_BYTES,
                            MAX_CONNECTIONS,
                            MAX_CONNECTIONS_PER_IP,
                            CONNECTION_IDLE,
                            FETCH_MAX_BYTES,
                            FETCH_SESSIONS,
                            DESCRIBE_MAX_PARTITIONS,
                            AUTO_CREATE_TOPICS,
                            NUM_PARTITIONS,
                            REPLICATION_FACTOR,
                            DELETE_TOPIC,
                            RETENTION_CHECK,
                            PRODUCER_EXPIRATION_MS,
                            CLEANER,
                            CLEANER_BACKOFF,
                            CLEANER_MAP_BYTES,
                            CLEANER_LOAD_FACTOR,
                            CLEANER_RATE,
                            CLEANER_THREADS,
                            CLEANER_IO_BUFFER,
                            SCRUB_RATE,
                            SCRUB_INTERVAL,
                            OFFSETS_PARTITIONS,
                            OFFSETS_REPLICATION,
                            OFFSETS_SEGMENT_BYTES,
                            OFFSETS_RETENTION_MINUTES,
                            OFFSETS_RETENTION_CHECK,
                            OFFSET_METADATA_MAX_BYTES,
                            OFFSETS_COMMIT_TIMEOUT_MS,
                            GROUP_MIN_SESSION_MS,
                            GROUP_MAX_SESSION_MS,
                            GROUP_MAX_SIZE,
                            GROUP_INITIAL_DELAY_MS,
                            TRANSACTION_MAX_MS,
                            TRANSACTION_PARTITIONS,
                            TRANSACTION_REPLICATION,
                            TRANSACTION_MIN_ISR,
                            TRANSACTION_SEGMENT_BYTES,
                            TRANSACTIONAL_ID_EXPIRATION_MS),
                    TopicDefaults.ALL.stream())
            .toList();

    /// Settings that say the same thing, the strongest first. When an upper layer (say `--set`) gives
    /// one of them, the others count no longer in the layers below.
    public static final List<List<String>> SAME_MEANING = List.of(
            List.of("node.id", "broker.id"),
            List.of("log.dirs", "log.dir"),
            List.of("log.retention.ms", "log.retention.minutes", "log.retention.hours"),
            List.of("log.roll.ms", "log.roll.hours"),
            List.of("log.roll.jitter.ms", "log.roll.jitter.hours"));

    private ServerSettings() {}

    /// The number of this node: `node.id`, else `broker.id`, else the default.
    public static int nodeId(ConfigValues values) {
        if (!values.isSet(NODE_ID.name())) {
            int older = values.get(BROKER_ID);
            if (older >= 0) return older;
        }
        return values.get(NODE_ID);
    }

    /// The data folders: `log.dirs`, else `log.dir`; at least one.
    public static List<String> dataFolders(ConfigValues values) {
        var folders = values.get(LOG_DIRS);
        return folders.isEmpty() ? values.get(LOG_DIR) : folders;
    }

    private static ConfigKey<Integer> later(ConfigKey<Integer> key) {
        var name = key.name();
        var unit = name.endsWith(".ms") ? " milliseconds" : name.endsWith(".bytes") ? " bytes" : "";
        return key.allow(v -> v >= 1, "1 or more" + unit).withoutEffect();
    }
}
