package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import io.millrace.metadata.PartitionState;
import io.millrace.replica.Shard.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardTest {

    private static final Uuid ORDERS = Ground.ORDERS;

    @TempDir
    Path dir;

    @SuppressWarnings("NullAway.Init")
    private Ground ground;

    @BeforeEach
    void begin() throws IOException {
        ground = new Ground(dir);
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private Found.NotHere notHere(Errors code) {
        return new Found.NotHere(code);
    }

    @Test
    void requestsWaitWhileAPartitionOpens() {
        ground.createOrders(2);
        var first = ground.shard.find(ORDERS, 0);
        var second = ground.shard.find(ORDERS, 0);
        var open = ground.shard.whenOpen(List.of(ORDERS, new Uuid(9, 9)));
        assertNull(ground.shard.open(ORDERS, 0));
        assertFalse(first.isDone() || open.isDone());

        ground.settle();
        var partition = ground.shard.open(ORDERS, 0);
        assertNotNull(partition);
        assertEquals(new Found.Here(partition), first.value());
        assertEquals(first.value(), second.value());
        assertTrue(open.value());
        assertEquals(2, ground.shard.partitions().size());
        assertEquals(first.value(), ground.shard.find(ORDERS, 0).value(), "nobody waits any more");
        assertTrue(ground.shard.whenOpen(List.of(ORDERS)).isDone());
    }

    @Test
    void whatIsNotHereIsSaidInTheCodeThatFits() {
        ground.createOrders(1);
        ground.change(new PartitionPlaced(ORDERS, 1, PartitionState.begin(List.of(2))));
        ground.settle();
        assertEquals(
                notHere(Errors.UNKNOWN_TOPIC_ID),
                ground.shard.find(new Uuid(9, 9), 0).value());
        assertEquals(
                notHere(Errors.UNKNOWN_TOPIC_OR_PARTITION),
                ground.shard.find(ORDERS, 2).value());
        assertEquals(
                notHere(Errors.UNKNOWN_TOPIC_OR_PARTITION),
                ground.shard.find(ORDERS, -1).value());
        assertEquals(
                notHere(Errors.NOT_LEADER_OR_FOLLOWER),
                ground.shard.find(ORDERS, 1).value());
        assertNull(ground.shard.open(ORDERS, 1));
        assertNull(ground.shard.open(ORDERS, -1));
    }

    @Test
    void partitionsThatAreAddedOpenToo() {
        ground.orders();
        ground.change(new PartitionPlaced(ORDERS, 1, PartitionState.begin(List.of(1))));
        var added = ground.shard.find(ORDERS, 1);
        ground.settle();
        assertInstanceOf(Found.Here.class, added.value());
    }

    @Test
    void aPartitionThatCannotBeOpenedIsOfflineAndGoesWithItsTopic() throws IOException {
        var files = dir.resolve("orders-0");
        Files.createDirectories(files);
        Files.createFile(files.resolve("00000000000000000000.log"));
        ground.createOrders(1);
        var waiting = ground.shard.find(ORDERS, 0);
        ground.settle();
        assertEquals(notHere(Errors.KAFKA_STORAGE_ERROR), waiting.value());
        assertEquals(
                notHere(Errors.KAFKA_STORAGE_ERROR),
                ground.shard.find(ORDERS, 0).value());
        assertNull(ground.shard.open(ORDERS, 0));
        assertEquals(List.of(), ground.shard.partitions());
        assertTrue(ground.shard.whenOpen(List.of(ORDERS)).isDone());

        ground.change(new TopicDeleted(ORDERS));
        assertTrue(Files.exists(files), "nobody knows whose files these are");
        assertEquals(
                notHere(Errors.UNKNOWN_TOPIC_ID), ground.shard.find(ORDERS, 0).value());
    }

    @Test
    void theFilesOfABrokenPartitionGoWithItsTopic() throws IOException {
        ground.orders();
        ground.close();
        ground = new Ground(dir);
        ground.disk.failsReads = true;
        ground.createOrders(1);
        ground.files.runAll();
        ground.disk.failsReads = false;
        ground.loop.endTurn();
        assertEquals(
                notHere(Errors.KAFKA_STORAGE_ERROR),
                ground.shard.find(ORDERS, 0).value());
        ground.change(new TopicDeleted(ORDERS));
        assertOnlyRenamedFiles();
    }

    private void assertOnlyRenamedFiles() throws IOException {
        ground.files.runAll();
        try (var entries = Files.list(dir)) {
            var names = entries.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("orders-"))
                    .toList();
            assertEquals(1, names.size(), names::toString);
            assertTrue(names.getFirst().endsWith("-delete"), names.getFirst());
        }
    }

    @Test
    void aDeletedTopicTakesItsFilesAndTellsEveryone() throws IOException {
        var partition = ground.orders();
        var bytes = ground.batch();
        var waiting = partition.append(bytes, (short) -1, ground.release(bytes));
        var rung = new ArrayList<String>();
        partition.watch(() -> rung.add("bell"));
        ground.change(new TopicDeleted(ORDERS));

        assertTrue(waiting.isDone());
        assertEquals(1, ground.released);
        assertEquals(List.of("bell"), rung);
        assertTrue(partition.wrongEpoch(-1) != Errors.NONE, "nothing can be read there any more");
        assertOnlyRenamedFiles();
        assertEquals(List.of(), ground.shard.partitions());
        ground.loop.endTurn();

        var again = new Uuid(5, 5);
        ground.change(
                new TopicCreated(again, "orders"), new PartitionPlaced(again, 0, PartitionState.begin(List.of(1))));
        ground.settle();
        var fresh = ground.shard.open(again, 0);
        assertNotNull(fresh);
        assertEquals(0, fresh.logEndOffset());
    }

    @Test
    void aLargeTopicIsDeletedSomePartitionsATurn() throws IOException {
        ground.createOrders(120);
        ground.settle();
        var last = ground.shard.open(ORDERS, 119);
        assertNotNull(last);
        ground.change(new TopicDeleted(ORDERS));

        assertNull(ground.shard.open(ORDERS, 119), "nobody finds it any more");
        assertEquals(Errors.NONE, last.wrongEpoch(-1), "and its turn has not come");
        ground.settle();
        assertEquals(Errors.KAFKA_STORAGE_ERROR, last.wrongEpoch(-1));
        try (var entries = Files.list(dir)) {
            assertEquals(
                    120,
                    entries.filter(path -> path.toString().endsWith("-delete")).count());
        }
    }

    @Test
    void aTopicOfTheSameNameWaitsUntilTheEarlierOnesFilesAreAway() throws IOException {
        ground.orders();
        var again = new Uuid(5, 5);
        ground.change(
                new TopicDeleted(ORDERS),
                new TopicCreated(again, "orders"),
                new PartitionPlaced(again, 0, PartitionState.begin(List.of(1))));
        var waiting = ground.shard.find(again, 0);
        assertFalse(waiting.isDone());
        ground.settle();
        assertInstanceOf(Shard.Found.Here.class, waiting.value());
        assertNotNull(ground.shard.open(again, 0));
    }

    @Test
    void aTopicDeletedWhileItOpensLeavesNothing() throws IOException {
        ground.createOrders(1);
        ground.files.runAll();
        var waiting = ground.shard.find(ORDERS, 0);
        ground.change(new TopicDeleted(ORDERS));
        assertFalse(waiting.isDone());
        ground.loop.endTurn();
        assertEquals(notHere(Errors.UNKNOWN_TOPIC_ID), waiting.value());
        assertOnlyRenamedFiles();
    }

    @Test
    void newSettingsReachThePartitionsAlsoThoseThatAreOpening() throws IOException {
        var partition = ground.orders();
        assertTrue(partition.mayDeleteRecords());
        ground.configure("cleanup.policy", "compact");
        assertFalse(partition.mayDeleteRecords());
        ground.close();

        ground = new Ground(dir);
        ground.createOrders(1);
        ground.files.runAll();
        ground.configure("retention.ms", "1000");
        ground.loop.endTurn();
        var opening = ground.shard.open(ORDERS, 0);
        assertNotNull(opening);
        var bytes = ground.batch();
        opening.append(bytes, (short) 1, ground.release(bytes));
        ground.loop.endTurn();
        ground.loop.pass(2_000);
        var done = new ArrayList<String>();
        for (int round = 0; round < 2; round++) {
            ground.shard.retain(() -> done.add("done"));
            ground.settle();
            ground.files.later();
            ground.settle();
        }
        assertEquals(List.of("done", "done"), done);
        assertEquals(3, opening.logStartOffset(), "dropped once the next segment was brought to the disk");
    }

    @Test
    void retentionTakesOnePartitionATurn() {
        ground.createOrders(3);
        ground.settle();
        var done = new ArrayList<String>();
        ground.shard.retain(() -> done.add("done"));
        assertTrue(ground.loop.oneTurn());
        assertTrue(ground.loop.oneTurn());
        assertEquals(List.of(), done);
        assertTrue(ground.loop.oneTurn());
        assertEquals(List.of("done"), done);
        assertFalse(ground.loop.oneTurn());
    }

    @Test
    void whoeverWaitsForAnImageGetsItWhenItIsThere() {
        var second = ground.shard.whenAt(2);
        var first = ground.shard.whenAt(1);
        ground.createOrders(1);
        assertEquals(1, first.value().index());
        assertFalse(second.isDone());
        ground.configure("retention.ms", "1000");
        assertEquals(2, second.value().index());
        assertSame(ground.shard.image(), ground.shard.whenAt(1).value());
    }
}
