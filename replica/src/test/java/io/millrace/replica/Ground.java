package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.millrace.log.FolderLimits;
import io.millrace.log.FolderTools;
import io.millrace.log.Identity;
import io.millrace.log.LogFolder;
import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.ConfigResource;
import io.millrace.metadata.MetadataRecord;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.PartitionState;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.metrics.Metrics;
import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.BatchFilter;
import io.millrace.model.record.BatchParser;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Node 1 with one loop and one shard over a folder on the disk; the cluster changes by hand.
final class Ground implements AutoCloseable {

    static final int NODE = 1;
    static final Uuid ORDERS = new Uuid(3, 4);

    final TurnLoop loop = new TurnLoop(0);
    final HandFiles files = new HandFiles();
    final BreakingDisk disk = new BreakingDisk();
    final Path dir;
    final Shard shard;
    final Shards shards;

    /// How often bytes of requests were given back.
    int released;

    final Hosting hosting;
    private final LogFolder folder;

    /// What is written counts at once, unless a topic says otherwise.
    private final Map<String, String> serverValues = new HashMap<>(Map.of("durability", "page-cache"));

    private final AtomicLong nextId = new AtomicLong(100);
    private ClusterImage image = ClusterImage.EMPTY;

    Ground(Path dir) throws IOException {
        this(dir, Ground::readOne, (batch, kept, horizon) -> batch.bytes());
    }

    /// With records that can be read.
    Ground(Path dir, RecordReader reader, BatchFilter filter) throws IOException {
        this.dir = dir;
        var tools = new FolderTools(
                disk,
                loop,
                Metrics.NONE,
                files,
                () -> new Uuid(7, nextId.incrementAndGet()),
                FolderLimits.USUAL.withReserve(0));
        this.folder = LogFolder.open(dir, new Identity("cluster", NODE), tools);
        this.hosting = new Hosting(
                NODE,
                folder,
                new Codecs(reader, (batch, codec, level) -> repacked(codec), filter),
                loop,
                Metrics.NONE,
                this::values,
                _ -> ConfigValues.of(Map.copyOf(serverValues)));
        this.shard = new Shard(loop, hosting);
        this.shards = new Shards(List.of(shard));
        shard.join(shards);
    }

    private ConfigValues values(ClusterImage at, String topic) {
        var values = new HashMap<>(serverValues);
        values.putAll(at.config(ConfigResource.topic(topic)));
        return ConfigValues.of(Map.copyOf(values));
    }

    /// From now on this setting of the server has another value.
    void clusterValues(String name, String value) {
        serverValues.put(name, value);
    }

    @Override
    public void close() {
        folder.close();
    }

    void change(MetadataRecord... records) {
        image = image.after(List.of(records), image.index() + 1);
        shard.follow(image);
    }

    /// Topic `orders` appears, with these settings: name, value, name, value.
    void createOrders(int partitions, String... settings) {
        var records = new ArrayList<MetadataRecord>();
        records.add(new TopicCreated(ORDERS, "orders"));
        for (int index = 0; index < partitions; index++) {
            records.add(new PartitionPlaced(ORDERS, index, PartitionState.begin(List.of(NODE))));
        }
        records.addAll(settings(settings));
        change(records.toArray(MetadataRecord[]::new));
    }

    void configure(String... settings) {
        change(settings(settings).toArray(MetadataRecord[]::new));
    }

    private static List<MetadataRecord> settings(String... settings) {
        var records = new ArrayList<MetadataRecord>();
        for (int i = 0; i < settings.length; i += 2) {
            records.add(new ConfigSet(ConfigResource.topic("orders"), settings[i], settings[i + 1]));
        }
        return records;
    }

    /// File threads and loop do what they have to do.
    void settle() {
        do {
            files.runAll();
            loop.endTurn();
        } while (files.isWaiting());
    }

    /// The only partition of `orders`, open.
    Partition orders(String... settings) {
        createOrders(1, settings);
        settle();
        var partition = shard.open(ORDERS, 0);
        assertNotNull(partition);
        return partition;
    }

    /// The bytes of a request: once they are given back, they are somebody else's.
    Runnable release(ByteBuffer bytes) {
        int before = released;
        var gone = new boolean[1];
        return () -> {
            assertEquals(false, gone[0], "request " + before + " was released before");
            gone[0] = true;
            released++;
            for (int at = 0; at < bytes.limit(); at++) bytes.put(at, (byte) 0x55);
        };
    }

    /// Three records of now with a key.
    ByteBuffer batch() {
        return batch(loop.wallMs(), "k", RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_SEQUENCE);
    }

    ByteBuffer from(long producerId, int sequence) {
        return batch(loop.wallMs(), "k", producerId, sequence);
    }

    static ByteBuffer batch(long timeMs, @Nullable String key, long producerId, int sequence) {
        var builder = new BatchBuilder();
        for (int i = 0; i < 3; i++)
            builder.add(LogRecord.of(timeMs + i, key == null ? null : utf8(key), utf8("v" + i)));
        if (producerId >= 0) builder.producer(producerId, (short) 0, sequence);
        return builder.build();
    }

    /// Shows the first record of a small batch, which is enough to see whether it has a key.
    private static void readOne(RecordBatch batch, Consumer<LogRecord> visitor) {
        int keyLengthAt = RecordBatch.HEADER_BYTES + 4;
        var bytes = batch.bytes();
        boolean hasKey = bytes.get(bytes.position() + keyLengthAt) != 1;
        visitor.accept(LogRecord.of(0, hasKey ? utf8("k") : null, null));
    }

    private ByteBuffer repacked(int codec) {
        var bytes = new BatchBuilder()
                .add(LogRecord.of(loop.wallMs(), utf8("packed"), utf8("anew")))
                .build();
        bytes.putShort(21, (short) codec);
        bytes.putInt(17, new RecordBatch(bytes, 0).computeCrc());
        return bytes;
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /// What a reader is told; what has to be looked up is looked up now.
    static ReadResult.Done readNow(Partition partition, long offset, int maxBytes) {
        while (true) {
            switch (partition.read(offset, maxBytes, -1, true)) {
                case ReadResult.Done done -> {
                    return done;
                }
                case ReadResult.Cold(var lookup) -> {
                    lookup.run();
                    var refused = partition.learn(lookup);
                    if (refused.isPresent()) return refused.get();
                }
            }
        }
    }

    /// What a reader gets from `offset` on, every batch of it whole.
    static List<RecordBatch> read(Partition partition, long offset) throws IOException {
        return switch (readNow(partition, offset, 1 << 20)) {
            case ReadResult.Refused refused -> throw new AssertionError("refused: " + refused);
            case ReadResult.Records records -> {
                var slice = records.slice();
                if (slice == null) yield List.of();
                try {
                    var parsed = BatchParser.parse(slice.place().readFully());
                    if (parsed instanceof BatchParser.Parsed.Batches(var batches)) yield batches;
                    throw new AssertionError("the log holds something else: " + parsed);
                } finally {
                    slice.place().release();
                }
            }
        };
    }
}
