package io.millrace.metadata;

import io.millrace.metadata.MetadataRecord.AclAdded;
import io.millrace.metadata.MetadataRecord.AclRemoved;
import io.millrace.metadata.MetadataRecord.ClusterCreated;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.ConfigUnset;
import io.millrace.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.metadata.MetadataRecord.NodeRegistered;
import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.metadata.MetadataRecord.QuotaSet;
import io.millrace.metadata.MetadataRecord.QuotaUnset;
import io.millrace.metadata.MetadataRecord.ScramSet;
import io.millrace.metadata.MetadataRecord.ScramUnset;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Draws records that fit one another: the history of some cluster.
final class RandomCluster {

    private final Random random;
    private ClusterImage image = ClusterImage.EMPTY.after(List.of(new ClusterCreated("drawn")), 1);
    private final List<MetadataRecord> history = new ArrayList<>(List.of(new ClusterCreated("drawn")));

    RandomCluster(long seed) {
        this.random = new Random(seed);
    }

    /// All records so far.
    List<MetadataRecord> history() {
        return List.copyOf(history);
    }

    ClusterImage image() {
        return image;
    }

    /// Adds some records that hold together, and returns them.
    List<MetadataRecord> step() {
        var records = draw();
        history.addAll(records);
        image = image.after(records, image.index() + 1);
        return records;
    }

    private List<MetadataRecord> draw() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> newTopic();
            case 3 -> anyTopic() == null ? newTopic() : List.of(new TopicDeleted(anyId()));
            case 4, 5 -> anyTopic() == null ? newTopic() : changedTopic();
            case 6 -> List.of(new NodeRegistered(node()));
            case 7 ->
                List.of(
                        random.nextInt(3) == 0
                                ? new ConfigUnset(resource(), word())
                                : new ConfigSet(resource(), word(), text()));
            case 8 ->
                List.of(
                        random.nextInt(3) == 0
                                ? new QuotaUnset(entity(), word())
                                : new QuotaSet(entity(), word(), random.nextDouble()));
            case 9 ->
                List.of(
                        random.nextInt(3) == 0
                                ? new ScramUnset(user())
                                : new ScramSet(user(), new ScramCredential(text(), text(), text(), random.nextInt())));
            case 10 ->
                List.of(
                        random.nextInt(3) == 0 && !image.access().acls().isEmpty()
                                ? new AclRemoved(image.access()
                                        .acls()
                                        .keySet()
                                        .iterator()
                                        .next())
                                : new AclAdded(
                                        uuid(),
                                        new Acl((byte) 2, text(), (byte) 3, "User:" + word(), "*", (byte) 4, (byte)
                                                3)));
            default ->
                List.of(
                        new ProducerIdsAllocated(
                                random.nextInt(5), image.facts().nextProducerId() + 1 + random.nextInt(5000)),
                        new FeatureLevelSet(word(), (short) random.nextInt(3)));
        };
    }

    private List<MetadataRecord> newTopic() {
        var records = new ArrayList<MetadataRecord>();
        var id = uuid();
        records.add(new TopicCreated(id, "topic-" + id));
        for (int i = 0; i <= random.nextInt(5); i++) records.add(new PartitionPlaced(id, i, state()));
        if (random.nextBoolean()) records.add(new ConfigSet(ConfigResource.topic("topic-" + id), word(), text()));
        return records;
    }

    private List<MetadataRecord> changedTopic() {
        var topic = image.topic(anyId()).orElseThrow();
        int count = topic.partitions().size();
        return List.of(
                new PartitionChanged(topic.id(), random.nextInt(count), state()),
                new PartitionPlaced(topic.id(), count, state()));
    }

    private @Nullable Topic anyTopic() {
        var all = List.copyOf(image.topics());
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private Uuid anyId() {
        var topic = anyTopic();
        if (topic == null) throw new AssertionError("there is no topic");
        return topic.id();
    }

    private PartitionState state() {
        int leader = random.nextInt(5);
        return new PartitionState(
                List.of(leader, leader + 1), List.of(leader), leader, random.nextInt(1 << 20), random.nextInt());
    }

    private Node node() {
        var endpoints = List.of(new Endpoint("PLAINTEXT", text(), 1 + random.nextInt(65535), "PLAINTEXT"));
        return new Node(random.nextInt(5), uuid(), random.nextBoolean() ? "" : word(), endpoints, random.nextBoolean());
    }

    private ConfigResource resource() {
        return List.of(
                        ConfigResource.group(word()),
                        ConfigResource.ALL_BROKERS,
                        ConfigResource.broker(random.nextInt(9)))
                .get(random.nextInt(3));
    }

    private QuotaEntity entity() {
        var parts = new TreeMap<String, String>();
        parts.put("user", word());
        if (random.nextBoolean()) parts.put("client-id", "");
        return new QuotaEntity(parts);
    }

    private ScramUser user() {
        return new ScramUser(word(), random.nextBoolean() ? "SCRAM-SHA-256" : "SCRAM-SHA-512");
    }

    private Uuid uuid() {
        return new Uuid(random.nextLong(), random.nextLong());
    }

    private String word() {
        return List.of("anna", "bela", "cili", "dora").get(random.nextInt(4));
    }

    private String text() {
        return List.of("", "x", "größer", "日本", "😀", "a,b,c").get(random.nextInt(6)) + random.nextInt(100);
    }
}
