package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.millrace.coordinator.group.GroupSettings;
import io.millrace.log.FolderLimits;
import io.millrace.log.FolderTools;
import io.millrace.log.Identity;
import io.millrace.log.LogFolder;
import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.ConfigResource;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import io.millrace.metadata.MetadataRecord;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.PartitionState;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.config.DerivedDefaults;
import io.millrace.model.config.ServerLayers;
import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import io.millrace.replica.AppendResult;
import io.millrace.replica.Codecs;
import io.millrace.replica.Hosting;
import io.millrace.replica.Partition;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import io.millrace.wire.KafkaBatchFilter;
import io.millrace.wire.KafkaBatchPacker;
import io.millrace.wire.KafkaRecordReader;
import io.millrace.wire.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;

/// Node 7 with some loops over a folder on the disk. Loops, file threads and the clock are turned by
/// hand, and the cluster changes by hand.
final class Ground implements AutoCloseable {

    static final int NODE = 7;

    /// The id of `orders`: its partition 0 belongs to loop 0, and the next ones to the next loops.
    static final Uuid ORDERS = new Uuid(4, 4);

    final HandClock clock = new HandClock();
    final HandFiles files = new HandFiles();
    final HangingDisk disk = new HangingDisk();
    final SeenMetrics metrics = new SeenMetrics();
    final RequestMemory memory = new RequestMemory(1 << 20, metrics);
    final LogFolder folder;
    final Hosting hosting;
    final List<HandLoop> loops;
    final Shards shards;
    final Path dir;
    private ClusterImage image = ClusterImage.EMPTY.after(List.of(Calls.node()), 1);

    Ground(Path dir, int loops) throws IOException {
        this.dir = dir;
        var tools = new FolderTools(
                disk, clock, metrics, files, () -> new Uuid(7, clock.monotonicNs()), FolderLimits.USUAL.withReserve(0));
        this.folder = LogFolder.open(dir, new Identity("the-cluster", NODE), tools);
        var reader = new KafkaRecordReader(1 << 20);
        this.hosting = new Hosting(
                NODE,
                folder,
                new Codecs(reader, new KafkaBatchPacker(reader), new KafkaBatchFilter(reader)),
                clock,
                metrics,
                (at, topic) -> ConfigValues.of(settings(at, topic)),
                _ -> ConfigValues.EMPTY);
        this.loops = IntStream.range(0, loops)
                .mapToObj(index -> new HandLoop(index, clock))
                .toList();
        this.shards = new Shards(
                this.loops.stream().map(loop -> new Shard(loop, hosting)).toList());
        shards.all().forEach(shard -> shard.join(shards));
    }

    /// A topic's settings; what is written counts at once, unless they say otherwise.
    private static Map<String, String> settings(ClusterImage image, String topic) {
        var settings = new HashMap<>(Map.of("durability", "page-cache"));
        settings.putAll(image.config(ConfigResource.topic(topic)));
        return settings;
    }

    /// Ends it, and looks whether a slice was never released: its file would still be open.
    @Override
    public void close() {
        files.isFull = false;
        folder.close();
        assertEquals(List.of(), openFiles());
    }

    /// The files of this process under the folder, where the system tells.
    private List<Path> openFiles() {
        var descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) return List.of();
        try (var all = Files.list(descriptors)) {
            return all.flatMap(Ground::target)
                    .filter(target -> target.startsWith(dir.toAbsolutePath()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> target(Path descriptor) {
        try {
            return Stream.of(Files.readSymbolicLink(descriptor));
        } catch (IOException _) {
            return Stream.of(); // Closed since it was listed.
        }
    }

    Shard shard(int index) {
        return shards.all().get(index);
    }

    void change(MetadataRecord... records) {
        image = image.after(List.of(records), image.index() + 1);
        for (var shard : shards.all()) shard.follow(image);
    }

    /// A topic appears, with these settings: name, value, name, value. Its partitions are not open yet.
    void create(String name, Uuid id, int partitions, String... settings) {
        var records = new ArrayList<MetadataRecord>();
        records.add(new TopicCreated(id, name));
        for (int index = 0; index < partitions; index++) {
            records.add(new PartitionPlaced(id, index, PartitionState.begin(List.of(NODE))));
        }
        for (int i = 0; i < settings.length; i += 2) {
            records.add(new ConfigSet(ConfigResource.topic(name), settings[i], settings[i + 1]));
        }
        change(records.toArray(MetadataRecord[]::new));
    }

    /// Topic `orders` appears, and its partitions open.
    void createOrders(int partitions, String... settings) {
        create("orders", ORDERS, partitions, settings);
        settle();
    }

    Partition orders(int partition) {
        return Objects.requireNonNull(shards.owner(ORDERS, partition).open(ORDERS, partition));
    }

    /// Appends batches of one record with a value of that many bytes, each in a turn of its own.
    void append(int partition, int... valueBytes) {
        for (int bytes : valueBytes) {
            var appended = orders(partition).append(batch(bytes), (short) 1, () -> {});
            settleLoops();
            assertInstanceOf(AppendResult.Appended.class, appended.value());
        }
    }

    ByteBuffer batch(int valueBytes) {
        var key = ByteBuffer.wrap(new byte[] {'k'});
        return new BatchBuilder()
                .add(LogRecord.of(clock.wallMs(), key, ByteBuffer.allocate(valueBytes)))
                .build();
    }

    /// Loops and file threads do everything that there is to do now.
    void settle() {
        do {
            settleLoops();
        } while (files.runAll() > 0);
    }

    /// The same, without the file threads.
    void settleLoops() {
        boolean any;
        do {
            any = false;
            for (var loop : loops) any |= loop.turn();
        } while (any);
    }

    /// Time passes, and what waited for it happens.
    void pass(long ms) {
        clock.pass(ms);
        settle();
    }

    /// Everything a client may ask.
    ApiTable table() throws IOException {
        var surroundings = new DerivedDefaults.Surroundings(2, 1L << 30, 1024, true, 1);
        return new ApiTable(new Desk(
                hosting,
                shards,
                MemoryLog.quorum(),
                new Groups(hosting, shards, GroupSettings.defaults()),
                new ConfigView(NODE, ServerLayers.of(Map.of(), surroundings)),
                () -> new Desk.DataSpace(dir.toString(), -1, -1),
                new Desk.Limits(1 << 20, 10, true, new TopicMaker.Rules(false, new TopicDefaults(1, 1), 16))));
    }

    /// A request of `api` over a connection of the loop with this index.
    Call call(ApiKeys api, int version, Caller caller, Lent frame) {
        var request = new Request(api, (short) version, 1, "app", frame.bytes());
        return new Call(request, caller, shards.of(caller.loop()), frame, new ApiMeters(metrics, api), memory);
    }
}
