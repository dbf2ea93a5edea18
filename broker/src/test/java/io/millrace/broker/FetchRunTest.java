package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.broker.FetchRun.Outcome;
import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import io.millrace.metadata.PartitionState;
import io.millrace.model.Promise;
import io.millrace.replica.ReadResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fetches over two loops: the reader's connection is on loop 0, as are the even partitions of `orders`.
class FetchRunTest {

    private static final int ANY = 1 << 20;
    private static final int A_MINUTE = 60_000;

    /// More than half of the smallest segment.
    private static final int LARGE = 700_000;

    @TempDir
    Path dir;

    @SuppressWarnings("NullAway.Init")
    private Ground ground;

    @SuppressWarnings("NullAway.Init")
    private Caller reader;

    @BeforeEach
    void begin() throws IOException {
        ground = new Ground(dir, 2);
        reader = new Caller(ground.loops.getFirst());
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private static FetchPartition from(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setPartitionMaxBytes(ANY)
                .setCurrentLeaderEpoch(-1);
    }

    private Promise<List<Outcome>> fetch(int maxBytes, int minBytes, int maxWaitMs, FetchPartition... wanted) {
        var request = new FetchRequestData()
                .setTopics(List.of(new FetchTopic().setTopicId(Ground.ORDERS).setPartitions(List.of(wanted))));
        var call = ground.call(ApiKeys.FETCH, 18, reader, new Lent(ByteBuffer.allocate(0)));
        var cold = new ColdReads(new FileErrands(ground.folder::offFile));
        var run = new FetchRun(call, ground.shards, cold, FetchSession.once(request), maxBytes, minBytes);
        return run.start(maxWaitMs);
    }

    /// How many bytes each position gave. They are let go.
    private static List<Integer> bytes(Promise<List<Outcome>> fetched) {
        var sizes = new ArrayList<Integer>();
        for (var outcome : fetched.value()) {
            var records = assertInstanceOf(ReadResult.Records.class, outcome.result());
            sizes.add(records.sizeBytes());
            if (records.slice() != null) records.slice().place().release();
        }
        return sizes;
    }

    private static Errors refusal(Outcome outcome) {
        return assertInstanceOf(ReadResult.Refused.class, outcome.result()).code();
    }

    private int batchBytes(int valueBytes) {
        return ground.batch(valueBytes).remaining();
    }

    private void assertNothingIsLeft() {
        ground.settle();
        for (var loop : ground.loops) assertEquals(0, loop.timers());
        for (var shard : ground.shards.all()) {
            for (var partition : shard.partitions()) assertEquals(0, partition.watchers());
        }
    }

    @Test
    void enoughIsAnsweredAtOnce() {
        ground.createOrders(1);
        ground.append(0, 100);
        var fetched = fetch(ANY, 1, A_MINUTE, from(0, 0));
        assertTrue(fetched.isDone(), "what is here and near the end takes no turn");
        assertEquals(List.of(batchBytes(100)), bytes(fetched));
        assertNothingIsLeft();
    }

    @Test
    void tooLittleWaitsForTheBell() {
        ground.createOrders(1);
        ground.append(0, 100);
        int one = batchBytes(100);
        var fetched = fetch(ANY, 2 * one + 1, A_MINUTE, from(0, 0));
        ground.settle();
        assertFalse(fetched.isDone());

        ground.append(0, 100);
        assertFalse(fetched.isDone(), "still too little");
        ground.append(0, 100);
        assertEquals(List.of(3 * one), bytes(fetched));
        assertNothingIsLeft();
    }

    @Test
    void whenTheTimeIsOverWhatThereIsWillDo() {
        ground.createOrders(1);
        ground.append(0, 100);
        var fetched = fetch(ANY, ANY, A_MINUTE, from(0, 0));
        ground.pass(A_MINUTE - 1);
        assertFalse(fetched.isDone());
        ground.pass(1);
        assertEquals(List.of(batchBytes(100)), bytes(fetched));

        var empty = fetch(ANY, 1, A_MINUTE, from(0, 1));
        ground.pass(A_MINUTE);
        assertEquals(List.of(0), bytes(empty));
        assertNothingIsLeft();
    }

    @Test
    void whoDoesNotWaitIsAnsweredAtOnce() {
        ground.createOrders(2);
        assertEquals(List.of(0), bytes(fetch(ANY, 1, 0, from(0, 0))));
        assertEquals(List.of(0), bytes(fetch(ANY, 0, A_MINUTE, from(0, 0))));
        assertEquals(List.of(), fetch(ANY, 1, A_MINUTE).value(), "nothing is wanted");
        var away = fetch(ANY, 1, 0, from(1, 0));
        ground.settle();
        assertEquals(List.of(0), bytes(away));
        assertNothingIsLeft();
    }

    @Test
    void partitionsOfOtherLoopsAreReadThere() {
        ground.createOrders(4);
        ground.append(0, 10);
        ground.append(1, 20);
        ground.append(3, 30);
        var fetched = fetch(ANY, 1, A_MINUTE, from(0, 0), from(1, 0), from(2, 0), from(3, 0));
        assertFalse(fetched.isDone());
        assertEquals(1, ground.loops.get(1).waiting(), "one message for both partitions");
        ground.settle();
        assertEquals(List.of(batchBytes(10), batchBytes(20), 0, batchBytes(30)), bytes(fetched));
        assertNothingIsLeft();
    }

    @Test
    void bellsOfOtherLoopsAreHeard() {
        ground.createOrders(2);
        var fetched = fetch(ANY, 1, A_MINUTE, from(0, 0), from(1, 0));
        ground.settle();
        ground.append(1, 20);
        assertEquals(List.of(0, batchBytes(20)), bytes(fetched));
        assertNothingIsLeft();
    }

    @Test
    void aBellThatRingsWhileOthersAreReadIsNotMissed() {
        ground.createOrders(2);
        ground.append(0, 10);
        int one = batchBytes(10);
        var fetched = fetch(ANY, 3 * one, A_MINUTE, from(0, 0), from(1, 0));
        ground.orders(0).append(ground.batch(10), (short) 1, () -> {});
        while (ground.loops.get(0).turn()) {}
        assertFalse(fetched.isDone(), "loop 1 was not asked yet");
        ground.append(1, 10);
        assertEquals(List.of(2 * one, one), bytes(fetched));
        assertNothingIsLeft();
    }

    @Test
    void aReaderWhoGoesAwayLeavesNothingBehind() {
        ground.createOrders(2);
        ground.append(0, 10);
        var fetched = fetch(ANY, ANY, A_MINUTE, from(0, 0), from(1, 0));
        reader.goAway();
        assertFalse(fetched.isDone(), "loop 1 has the partition in hand");
        assertNothingIsLeft();
        assertEquals(List.of(), fetched.value());

        var waiting = fetch(ANY, ANY, A_MINUTE, from(0, 0), from(1, 0));
        ground.settle();
        reader.goAway();
        assertEquals(List.of(), waiting.value());
        ground.append(0, 10);
        ground.append(1, 10);
        assertNothingIsLeft();
    }

    @Test
    void theAnswerIsNoLargerThanAsked() {
        ground.createOrders(3);
        for (int partition = 0; partition < 3; partition++) ground.append(partition, 1000, 1000);
        int one = batchBytes(1000);

        var both = fetch(2 * one, 1, 0, from(0, 0), from(2, 0));
        assertEquals(List.of(2 * one, 0), bytes(both), "partitions of one loop share the room");
        var across = fetch(3 * one, 1, 0, from(1, 0), from(0, 0));
        ground.settle();
        assertEquals(List.of(2 * one, 0), bytes(across), "two batches have no room in what is left");
        var room = fetch(4 * one, 1, 0, from(1, 0), from(0, 0));
        ground.settle();
        assertEquals(List.of(2 * one, 2 * one), bytes(room));
        assertNothingIsLeft();
    }

    @Test
    void theFirstBatchIsGivenWhole() {
        ground.createOrders(3);
        for (int partition = 0; partition < 3; partition++) ground.append(partition, 1000);
        int one = batchBytes(1000);

        assertEquals(List.of(one, 0), bytes(fetch(10, 1, 0, from(0, 0), from(2, 0))));
        assertEquals(List.of(0, one), bytes(fetch(10, 1, 0, from(0, 1), from(2, 0))), "the first that gives anything");
        var away = fetch(10, 1, 0, from(1, 0), from(0, 0));
        ground.settle();
        assertEquals(List.of(one, 0), bytes(away));
        var none = fetch(10, 1, 0, from(0, 0).setPartitionMaxBytes(1), from(2, 0));
        assertEquals(List.of(one, 0), bytes(none), "whatever the partition may give");
        assertNothingIsLeft();
    }

    @Test
    void anErrorIsToldAtOnce() {
        ground.createOrders(3);
        ground.append(0, 10);
        var beyond = fetch(ANY, ANY, A_MINUTE, from(0, 7), from(2, 0));
        assertEquals(Errors.OFFSET_OUT_OF_RANGE, refusal(beyond.value().getFirst()));
        var missing = fetch(ANY, ANY, A_MINUTE, from(0, 0), from(9, 0));
        ground.settle();
        assertEquals(Errors.UNKNOWN_TOPIC_OR_PARTITION, refusal(missing.value().get(1)));
        assertEquals(List.of(batchBytes(10)), bytes(Promise.of(missing.value().subList(0, 1))));
        var fenced = fetch(ANY, ANY, A_MINUTE, from(0, 0).setCurrentLeaderEpoch(99));
        assertEquals(Errors.UNKNOWN_LEADER_EPOCH, refusal(fenced.value().getFirst()));
        assertNothingIsLeft();
    }

    @Test
    void whoeverWaitsIsToldThatThePartitionMovedOrWasDeleted() {
        ground.createOrders(2);
        var moved = fetch(ANY, ANY, A_MINUTE, from(0, 0), from(1, 0));
        ground.settle();
        ground.change(new PartitionChanged(
                Ground.ORDERS, 1, new PartitionState(List.of(7), List.of(7), PartitionState.NO_LEADER, 1, 1)));
        ground.settle();
        assertEquals(Errors.NOT_LEADER_OR_FOLLOWER, refusal(moved.value().get(1)));

        var deleted = fetch(ANY, ANY, A_MINUTE, from(0, 0));
        ground.settle();
        ground.change(new TopicDeleted(Ground.ORDERS));
        ground.settle();
        assertEquals(Errors.UNKNOWN_TOPIC_ID, refusal(deleted.value().getFirst()));
        assertNothingIsLeft();
    }

    @Test
    void aPartitionThatIsStillOpeningIsWaitedFor() {
        ground.create("orders", Ground.ORDERS, 2);
        var fetched = fetch(ANY, 0, 0, from(0, 0), from(1, 0));
        ground.settleLoops();
        assertFalse(fetched.isDone());
        ground.settle();
        assertEquals(List.of(0, 0), bytes(fetched));
        assertNothingIsLeft();
    }

    @Test
    void aPartitionThatTakesTooLongToOpenIsAskedForAgain() {
        ground.create("orders", Ground.ORDERS, 2);
        var fetched = fetch(ANY, 1, A_MINUTE, from(0, 0), from(1, 0));
        ground.settleLoops();
        ground.clock.pass(A_MINUTE - 1);
        ground.settleLoops();
        assertFalse(fetched.isDone());
        ground.clock.pass(1);
        ground.settleLoops();
        for (var outcome : fetched.value()) assertEquals(Errors.NOT_LEADER_OR_FOLLOWER, refusal(outcome));
        assertNothingIsLeft();
        var later = fetch(ANY, 1, 0, from(0, 0), from(1, 0));
        ground.settle();
        assertEquals(List.of(0, 0), bytes(later), "they are open now");
    }

    @Test
    void whatIsColdIsLookedUpByAFileThread() {
        ground.createOrders(2, "segment.bytes", "1048576");
        ground.append(0, LARGE, LARGE, 10);
        ground.append(1, 20);
        ground.settle();
        var hot = fetch(ANY, 1, A_MINUTE, from(0, 1));
        assertEquals(0, ground.files.waiting());
        assertEquals(List.of(batchBytes(LARGE) + batchBytes(10)), bytes(hot));

        var fetched = fetch(2 * ANY, 1, A_MINUTE, from(0, 0), from(1, 0));
        ground.settleLoops();
        assertFalse(fetched.isDone());
        assertEquals(1, ground.files.waiting());
        ground.files.runAll();
        assertFalse(fetched.isDone(), "the answer belongs to the reader's loop");
        ground.settleLoops();
        assertEquals(List.of(batchBytes(LARGE), batchBytes(20)), bytes(fetched));
        assertNothingIsLeft();
    }

    @Test
    void aBellThatRingsWhileTheDiskIsReadIsTooLate() {
        ground.createOrders(2, "segment.bytes", "1048576");
        ground.append(0, LARGE, LARGE);
        ground.settle();
        var fetched = fetch(ANY, 1, A_MINUTE, from(0, 0), from(1, 0));
        assertTrue(ground.loops.get(1).turn(), "partition 1 is read, and has a bell now");
        ground.orders(1).append(ground.batch(20), (short) 1, () -> {});
        ground.settle();
        assertEquals(List.of(batchBytes(LARGE), 0), bytes(fetched));
        assertNothingIsLeft();
    }

    @Test
    void whatHasNoRoomInTheAnswerIsNotTouched() {
        ground.createOrders(3, "segment.bytes", "1048576");
        ground.append(0, LARGE, LARGE);
        ground.append(2, 10);
        ground.settle();
        var fetched = fetch(100, 1, 0, from(2, 0), from(0, 0));
        assertEquals(List.of(batchBytes(10), 0), bytes(fetched));
        assertEquals(0, ground.files.waiting());
    }

    @Test
    void whileTooMuchWaitsForTheDiskItIsTriedAgain() {
        ground.createOrders(2, "segment.bytes", "1048576");
        ground.append(0, LARGE, LARGE);
        ground.append(1, LARGE, LARGE);
        ground.files.isFull = true;
        var fetched = fetch(ANY, 1, A_MINUTE, from(0, 0));
        var away = fetch(ANY, 1, A_MINUTE, from(1, 0));
        ground.pass(1_000);
        assertFalse(fetched.isDone() || away.isDone());
        assertEquals(List.of(0), bytes(fetch(ANY, 1, 0, from(0, 0))), "whoever does not wait comes again");
        ground.files.isFull = false;
        ground.pass(100);
        assertEquals(List.of(batchBytes(LARGE)), bytes(fetched));
        assertEquals(List.of(batchBytes(LARGE)), bytes(away));
        assertNothingIsLeft();
    }

    @Test
    void whatTheDiskIsAskedForHasRoomInTheAnswer() {
        ground.createOrders(5, "segment.bytes", "1048576");
        for (int partition = 0; partition < 5; partition++) ground.append(partition, LARGE, LARGE);
        ground.settle();
        var fetched = fetch(ANY, 1, A_MINUTE, from(0, 0), from(2, 0), from(4, 0), from(1, 0), from(3, 0));
        ground.settleLoops();
        assertEquals(2, ground.files.waiting(), "one look-up of each loop takes up the room");
        ground.settle();
        assertEquals(List.of(batchBytes(LARGE), 0, 0, 0, 0), bytes(fetched));
        var all = fetch(ANY, 2 * ANY, 1_000, from(0, 0), from(2, 0));
        ground.pass(1_000);
        assertEquals(List.of(batchBytes(LARGE), 0), bytes(all), "whoever was left out was read after all");
        assertNothingIsLeft();
    }

    @Test
    void aDiskThatDoesNotAnswerHoldsUpNobodyElse() {
        ground.createOrders(3, "segment.bytes", "1048576");
        ground.append(0, LARGE, LARGE);
        ground.append(2, 10);
        ground.settle();
        ground.disk.hang(dir.resolve("orders-0"));
        var cold = fetch(ANY, 1, A_MINUTE, from(0, 0));
        var both = fetch(2 * ANY, 1, A_MINUTE, from(0, 0), from(2, 0));
        var other = fetch(ANY, 1, A_MINUTE, from(2, 0));
        assertEquals(List.of(batchBytes(10)), bytes(other));
        ground.append(2, 10);
        ground.settleLoops();
        assertFalse(cold.isDone() || both.isDone(), "they wait for the disk");
        ground.disk.goOn();
        ground.settle();
        assertEquals(List.of(batchBytes(LARGE)), bytes(cold));
        assertEquals(List.of(batchBytes(LARGE), batchBytes(10)), bytes(both));
        assertNothingIsLeft();
    }

    @Test
    void aPartitionThatGoesWhileTheDiskIsReadIsNoAccident() {
        ground.createOrders(2, "segment.bytes", "1048576");
        ground.append(0, LARGE, LARGE);
        ground.append(1, LARGE, LARGE);
        var here = fetch(ANY, 1, A_MINUTE, from(0, 0));
        var away = fetch(ANY, 1, A_MINUTE, from(1, 0));
        ground.settleLoops();
        ground.change(new TopicDeleted(Ground.ORDERS));
        ground.settle();
        assertTrue(here.isDone() && away.isDone());
        for (var fetched : List.of(here, away)) {
            assertInstanceOf(
                    ReadResult.Refused.class, fetched.value().getFirst().result());
        }
    }

    @Test
    void aStartThatMovesWhileTheDiskIsReadIsTold() throws IOException {
        ground.createOrders(1, "segment.bytes", "1048576");
        ground.append(0, LARGE, LARGE, LARGE);
        var fetched = fetch(ANY, 1, A_MINUTE, from(0, 0));
        ground.settleLoops();
        ground.orders(0).deleteBefore(2);
        ground.settle();
        assertEquals(Errors.OFFSET_OUT_OF_RANGE, refusal(fetched.value().getFirst()));
    }

    @Test
    void whatCannotBeTouchedIsRefusedAndTheRestGoesOut() throws IOException {
        ground.createOrders(2, "segment.bytes", "1048576");
        ground.append(0, LARGE, LARGE);
        ground.append(1, 20);
        var fetched = fetch(2 * ANY, 1, A_MINUTE, from(0, 0), from(1, 0));
        ground.settleLoops();
        cut(dir.resolve("orders-0/00000000000000000000.log"));
        ground.settle();
        assertEquals(Errors.KAFKA_STORAGE_ERROR, refusal(fetched.value().getFirst()));
        assertEquals(20, bytes(Promise.of(fetched.value().subList(1, 2))).getFirst() - batchBytes(0));
    }

    private static void cut(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(1000);
        }
        assertEquals(1000, Files.size(file));
    }

    @Test
    void loopsThatEndAreNoAccident() {
        ground.createOrders(2, "segment.bytes", "1048576");
        ground.append(0, LARGE, LARGE);
        var waiting = fetch(ANY, ANY, A_MINUTE, from(0, 2), from(1, 0));
        ground.settle();
        ground.loops.get(1).hasEnded = true;
        var late = fetch(ANY, 1, A_MINUTE, from(0, 2), from(1, 0));
        assertEquals(Errors.NOT_LEADER_OR_FOLLOWER, refusal(late.value().get(1)));

        var cold = fetch(ANY, 1, 0, from(0, 0));
        assertFalse(cold.isDone() || waiting.isDone());
        ground.loops.get(0).hasEnded = true;
        ground.files.runAll();
        reader.goAway();
        assertEquals(List.of(), waiting.value());
        assertFalse(cold.isDone(), "nobody is there to be told");
    }

    @Test
    void anUnknownNameIsRefused() {
        var unknown = new FetchRequestData()
                .setTopics(List.of(new FetchTopic().setTopic("nothing").setPartitions(List.of(from(0, 0)))));
        var call = ground.call(ApiKeys.FETCH, 12, reader, new Lent(ByteBuffer.allocate(0)));
        var cold = new ColdReads(new FileErrands(ground.folder::offFile));
        var fetched = new FetchRun(call, ground.shards, cold, FetchSession.once(unknown), ANY, 1).start(A_MINUTE);
        ground.settle();
        assertEquals(Errors.UNKNOWN_TOPIC_ID, refusal(fetched.value().getFirst()), "which the answer names by name");
        assertEquals(Uuid.ZERO_UUID, fetched.value().getFirst().position().key().topicId());
    }
}
