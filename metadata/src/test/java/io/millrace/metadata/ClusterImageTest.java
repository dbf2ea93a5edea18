package io.millrace.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.ConfigUnset;
import io.millrace.metadata.MetadataRecord.NodeRegistered;
import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/// Method: images made of records by hand, and histories drawn at random with their seed in the message.
class ClusterImageTest {

    private static final Uuid ORDERS = new Uuid(1, 1);
    private static final Uuid BILLS = new Uuid(2, 2);
    private static final PartitionState ON_ONE = PartitionState.begin(List.of(1));

    private final ClusterImage twoTopics = ClusterImage.EMPTY.after(
            List.of(
                    new TopicCreated(ORDERS, "orders"),
                    new PartitionPlaced(ORDERS, 0, ON_ONE),
                    new PartitionPlaced(ORDERS, 1, ON_ONE),
                    new TopicCreated(BILLS, "bills"),
                    new PartitionPlaced(BILLS, 0, ON_ONE),
                    new ConfigSet(ConfigResource.topic("orders"), "retention.ms", "5")),
            7);

    @Test
    void aSnapshotWithTheTailIsTheWholeHistory() {
        for (int round = 0; round < 30; round++) {
            long seed = new Random().nextLong();
            var cluster = new RandomCluster(seed);
            for (int i = 0; i < 100; i++) cluster.step();
            var snapshot = cluster.image();
            var tail = new ArrayList<MetadataRecord>();
            for (int i = 0; i < 50; i++) tail.addAll(cluster.step());

            var restored = ClusterImage.EMPTY.after(snapshot.records(), snapshot.index());
            assertEquals(snapshot.records(), restored.records(), () -> "seed " + seed);
            assertEquals(snapshot.hash(), restored.hash(), () -> "seed " + seed);

            var now = cluster.image();
            assertEquals(now.records(), restored.after(tail, now.index()).records(), () -> "seed " + seed);
            var replayed = ClusterImage.EMPTY.after(cluster.history(), now.index());
            assertEquals(now.records(), replayed.records(), () -> "seed " + seed);
            assertEquals(now.hash(), replayed.hash(), () -> "seed " + seed);
        }
    }

    @Test
    void theHashTellsContentsApartAndNothingElse() {
        var later = twoTopics.after(List.of(), 8);
        assertEquals(twoTopics.hash(), later.hash());
        assertNotEquals(
                twoTopics.hash(),
                twoTopics
                        .after(List.of(new PartitionChanged(ORDERS, 1, ON_ONE.nextEpoch())), 8)
                        .hash());
    }

    @Test
    void anImageNeverChanges() {
        var before = twoTopics.records();
        var after = twoTopics.after(
                List.of(
                        new TopicDeleted(BILLS),
                        new PartitionChanged(ORDERS, 0, ON_ONE.nextEpoch()),
                        new ConfigUnset(ConfigResource.topic("orders"), "retention.ms")),
                8);
        assertEquals(before, twoTopics.records());
        assertEquals(8, after.index());
        assertTrue(after.topic("bills").isEmpty());
        assertTrue(after.topic(BILLS).isEmpty());
        assertTrue(after.config(ConfigResource.topic("orders")).isEmpty());
        assertEquals(1, after.topic(ORDERS).orElseThrow().partitions().get(0).leaderEpoch());
        assertThrows(UnsupportedOperationException.class, () -> after.topics().clear());
    }

    @Test
    void aTopicThatWasNotTouchedIsTheSameObject() {
        var after = twoTopics.after(List.of(new PartitionChanged(ORDERS, 0, ON_ONE.nextEpoch())), 8);
        assertSame(twoTopics.topic("bills").orElseThrow(), after.topic("bills").orElseThrow());
    }

    @Test
    void aDeletedTopicTakesItsSettingsWithIt() {
        var after = twoTopics.after(List.of(new TopicDeleted(ORDERS)), 8);
        assertTrue(after.config(ConfigResource.Kind.TOPIC, "orders").isEmpty());
        assertTrue(after.configured().isEmpty());
    }

    @Test
    void aTopicMadeAgainIsAnotherOne() {
        var again = new Uuid(3, 3);
        var after = twoTopics.after(
                List.of(
                        new TopicDeleted(ORDERS),
                        new TopicCreated(again, "orders"),
                        new PartitionPlaced(again, 0, ON_ONE)),
                8);
        assertEquals(again, after.topic("orders").orElseThrow().id());
        assertTrue(after.topic(ORDERS).isEmpty());

        var delta = after.since(twoTopics);
        assertEquals(List.of(again), delta.created().stream().map(Topic::id).toList());
        assertEquals(List.of(ORDERS), delta.deleted().stream().map(Topic::id).toList());
    }

    @Test
    void aTopicMadeAndDeletedAtOnceLeavesItsIdAsIfThatHadTakenLonger() {
        var id = new Uuid(4, 4);
        var made = new TopicCreated(id, "brief");
        var deleted = new TopicDeleted(id);
        var atOnce = twoTopics.after(List.of(made, deleted), 9);
        assertEquals(
                twoTopics.after(List.of(made), 8).after(List.of(deleted), 9).records(), atOnce.records());
        assertTrue(atOnce.topic("brief").isEmpty());
        assertTrue(atOnce.wasDeleted(id));
    }

    @Test
    void whatWasDeletedIsRememberedForAWhile() {
        var image = twoTopics.after(List.of(new TopicDeleted(BILLS)), 8);
        assertTrue(image.wasDeleted(BILLS));
        assertFalse(image.wasDeleted(ORDERS));
        var again = ClusterImage.EMPTY.after(image.records(), 8);
        assertTrue(again.wasDeleted(BILLS), "a snapshot knows");
        assertEquals(image.hash(), again.hash());

        for (int i = 0; i < Topics.MOST_BURIED; i++) {
            var id = new Uuid(77, i);
            image = image.after(List.of(new TopicCreated(id, "brief"), new TopicDeleted(id)), 9 + i);
        }
        assertFalse(image.wasDeleted(BILLS), "not for ever");
        assertTrue(image.wasDeleted(new Uuid(77, 0)));
    }

    @Test
    void aDeltaNamesWhatWasTouchedAndNothingElse() {
        var after = twoTopics.after(
                List.of(
                        new PartitionChanged(ORDERS, 1, ON_ONE.nextEpoch()),
                        new PartitionPlaced(ORDERS, 2, ON_ONE),
                        new ConfigSet(ConfigResource.topic("bills"), "retention.ms", "9")),
                8);
        var delta = after.since(twoTopics);
        assertEquals(List.of(), delta.created());
        assertEquals(List.of(), delta.deleted());
        assertEquals(1, delta.changed().size());
        assertEquals(List.of(1, 2), delta.changed().get(0).partitions());
        assertEquals("orders", delta.changed().get(0).now().name());
        assertEquals(List.of(ConfigResource.topic("bills")), List.copyOf(delta.configs()));
        assertFalse(delta.nodes());

        assertTrue(twoTopics.since(after).changed().get(0).partitions().contains(1));
        assertEquals(List.of(), List.copyOf(after.since(after).configs()));
    }

    @Test
    void aDeltaFromNothingCreatesEverything() {
        var node = new Node(1, new Uuid(9, 9), "", List.of(), false);
        var delta = twoTopics.after(List.of(new NodeRegistered(node)), 8).since(ClusterImage.EMPTY);
        assertEquals(2, delta.created().size());
        assertTrue(delta.nodes());
        assertEquals(List.of(ConfigResource.topic("orders")), List.copyOf(delta.configs()));
    }

    @Test
    void recordsThatDoNotFitAreRefused() {
        for (var wrong : List.<MetadataRecord>of(
                new TopicCreated(ORDERS, "other"),
                new TopicCreated(new Uuid(5, 5), "orders"),
                new TopicDeleted(new Uuid(5, 5)),
                new PartitionPlaced(ORDERS, 3, ON_ONE),
                new PartitionChanged(ORDERS, 2, ON_ONE),
                new PartitionChanged(new Uuid(5, 5), 0, ON_ONE),
                new ProducerIdsAllocated(1, 0))) {
            assertThrows(IllegalArgumentException.class, () -> twoTopics.after(List.of(wrong), 8), wrong::toString);
        }
    }
}
