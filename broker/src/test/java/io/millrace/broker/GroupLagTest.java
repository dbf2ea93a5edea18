package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.coordinator.group.CommittedOffset;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Groups of loop 0 and partitions of two loops, under a clock that is turned by hand.
class GroupLagTest {

    private static final String RECORDS = "millrace_group_lag_records";
    private static final String SECONDS = "millrace_group_lag_seconds";

    @TempDir
    Path dir;

    @SuppressWarnings("NullAway.Init")
    private Ground ground;

    @SuppressWarnings("NullAway.Init")
    private GroupLag lag;

    /// What each group has committed in each partition of `orders`.
    private final Map<String, Map<Integer, Long>> committed = new LinkedHashMap<>();

    @BeforeEach
    void begin() throws IOException {
        ground = new Ground(dir, 2);
        lag = new GroupLag(
                ground.shards,
                ground.shard(0),
                FileErrands.of(ground.hosting),
                ground.clock,
                ground.metrics,
                new AtomicInteger());
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private void commit(String group, int partition, long offset) {
        committed.computeIfAbsent(group, _ -> new LinkedHashMap<>()).put(partition, offset);
    }

    private void begin(String topic) {
        GroupLag.Source source = reader -> committed.forEach((group, offsets) -> offsets.forEach((partition, offset) ->
                reader.position(group, topic, partition, new CommittedOffset(offset, -1, "", 0, -1, Uuid.ZERO_UUID))));
        lag.look(List.of(source));
    }

    /// A whole round.
    private void look() {
        begin("orders");
        ground.settle();
    }

    private long records(String group, int partition) {
        return value(RECORDS, group, partition);
    }

    private long seconds(String group, int partition) {
        return value(SECONDS, group, partition);
    }

    private long value(String name, String group, int partition) {
        return ground.metrics.value(name, "group", group, "topic", "orders", "partition", Integer.toString(partition));
    }

    @Test
    void aGroupIsAsFarBehindAsItsOldestRecordIsOld() {
        ground.createOrders(2);
        ground.append(1, 10);
        ground.clock.pass(10_000);
        ground.append(1, 10, 10);
        commit("g", 0, 0);
        commit("g", 1, 0);
        ground.clock.pass(5_000);
        look();
        assertEquals(List.of(0L, 0L), List.of(records("g", 0), seconds("g", 0)), "there is nothing to read");
        assertEquals(List.of(3L, 15L), List.of(records("g", 1), seconds("g", 1)));

        commit("g", 1, 1);
        ground.clock.pass(1_000);
        look();
        assertEquals(List.of(2L, 6L), List.of(records("g", 1), seconds("g", 1)));

        commit("g", 1, 3);
        look();
        assertEquals(List.of(0L, 0L), List.of(records("g", 1), seconds("g", 1)));
    }

    @Test
    void theTimeOfARecordIsLookedUpOnce() {
        ground.createOrders(1);
        ground.append(0, 10);
        ground.settle();
        commit("g", 0, 0);
        begin("orders");
        ground.settleLoops();
        assertEquals(1, ground.files.waiting(), "off the loop");
        ground.settle();

        ground.clock.pass(7_000);
        begin("orders");
        ground.settleLoops();
        assertEquals(0, ground.files.waiting());
        assertEquals(7, seconds("g", 0), "it goes on with the clock");
    }

    @Test
    void whatThePartitionHasDroppedIsNotMissed() throws IOException {
        ground.createOrders(1);
        ground.append(0, 10, 10, 10);
        assertEquals(2L, ground.orders(0).deleteBefore(2).orElseThrow());
        commit("g", 0, 1);
        look();
        assertEquals(1, records("g", 0));
    }

    @Test
    void aRoundIsNotBegunWhileAnotherGoesOn() {
        ground.createOrders(1);
        ground.append(0, 10);
        ground.settle();
        commit("g", 0, 0);
        begin("orders");
        ground.settleLoops();
        commit("g", 0, 1);
        begin("orders");
        ground.settleLoops();
        assertEquals(1, ground.files.waiting());
        assertEquals(1, records("g", 0), "the first round still reads");
        ground.settle();
        look();
        assertEquals(0, records("g", 0));
    }

    @Test
    void whoeverIsLeftOutOfARoundComesFirstInTheNext() {
        ground.createOrders(1);
        ground.append(0, 10);
        int groups = GroupLag.MOST_TIMES + 100;
        for (int i = 0; i < groups; i++) commit("g" + i, 0, 0);
        ground.clock.pass(3_000);
        look();
        assertEquals(GroupLag.MOST_TIMES, withSeconds(3));

        ground.append(0, 10);
        for (int i = 0; i < GroupLag.MOST_TIMES; i++) commit("g" + i, 0, 1);
        ground.clock.pass(1_000);
        look();
        assertEquals(100 + 100, withSeconds(4), "the last 100 for the first time, and 100 that keep what is known");
        assertEquals(GroupLag.MOST_TIMES - 100, withSeconds(1));
        look();
        assertEquals(GroupLag.MOST_TIMES, withSeconds(1));
    }

    private long withSeconds(long seconds) {
        return committed.keySet().stream()
                .filter(group -> seconds(group, 0) == seconds)
                .count();
    }

    @Test
    void whenTooMuchWaitsForTheDiskTheLastTimeIsKept() {
        ground.createOrders(1);
        ground.append(0, 10);
        commit("g", 0, 0);
        look();
        ground.clock.pass(2_000);
        ground.append(0, 10);
        commit("g", 0, 1);
        ground.files.isFull = true;
        look();
        assertEquals(List.of(1L, 2L), List.of(records("g", 0), seconds("g", 0)));
        ground.files.isFull = false;
        look();
        assertEquals(0, seconds("g", 0));
    }

    @Test
    void gaugesGoWithThePosition() {
        ground.createOrders(1);
        commit("g", 0, 0);
        commit("g", 9, 0);
        commit("h", 0, 0);
        look();
        assertEquals(2, ground.metrics.gauges(RECORDS));
        assertEquals(-1, records("g", 9), "there is no such partition");

        committed.remove("g");
        look();
        assertEquals(List.of(-1L, 0L), List.of(records("g", 0), records("h", 0)));
        ground.change(new TopicDeleted(Ground.ORDERS));
        look();
        assertEquals(0, ground.metrics.gauges(RECORDS));
        assertEquals(0, ground.metrics.gauges(SECONDS));
    }

    @Test
    void theNumberOfGaugesHasALimit() {
        ground.createOrders(1);
        for (int i = 0; i < GroupLag.MOST_MEASURED + 5; i++) commit("g" + i, 0, 0);
        look();
        assertEquals(GroupLag.MOST_MEASURED, ground.metrics.gauges(RECORDS));
        assertEquals(GroupLag.MOST_MEASURED, ground.metrics.gauges(SECONDS));

        for (int i = 0; i < 10; i++) committed.remove("g" + i);
        look();
        look();
        assertEquals(GroupLag.MOST_MEASURED - 5, ground.metrics.gauges(RECORDS), "there is room now");
        lag.forgetAll();
        assertEquals(0, ground.metrics.gauges(RECORDS));
    }

    @Test
    void aLoopThatHasEndedLeavesTheRoundToTheOthers() {
        ground.createOrders(2);
        ground.append(0, 10);
        ground.append(1, 10);
        commit("g", 0, 0);
        commit("g", 1, 0);
        ground.loops.get(1).hasEnded = true;
        look();
        assertEquals(List.of(1L, 0L), List.of(records("g", 0), records("g", 1)));
    }
}
