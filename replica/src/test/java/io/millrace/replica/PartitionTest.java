package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.PartitionState;
import io.millrace.model.OffsetRange;
import io.millrace.model.Promise;
import io.millrace.model.record.RecordBatch;
import io.millrace.replica.AppendResult.Appended;
import io.millrace.replica.AppendResult.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionTest {

    private static final short ALL = -1;

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

    private Promise<AppendResult> append(Partition partition, ByteBuffer bytes, int acks) {
        return partition.append(bytes, (short) acks, ground.release(bytes));
    }

    private static void assertRefused(Errors code, Promise<AppendResult> result) {
        assertEquals(code, assertInstanceOf(Refused.class, result.value()).code());
    }

    private static OffsetRange offsets(Promise<AppendResult> result) {
        return assertInstanceOf(Appended.class, result.value()).offsets();
    }

    @Test
    void theBatchesOfATurnAreWrittenTogetherAndAnsweredAtItsEnd() throws IOException {
        var partition = ground.orders();
        var one = append(partition, ground.batch(), 1);
        var all = append(partition, ground.batch(), ALL);
        var nobody = append(partition, ground.batch(), 0);

        assertEquals(new OffsetRange(6, 9), offsets(nobody), "nobody waits for acks=0");
        assertFalse(one.isDone() || all.isDone(), "nothing is written yet");
        assertEquals(0, ground.disk.logWrites);
        assertEquals(0, ground.released);
        assertEquals(9, partition.logEndOffset());
        assertEquals(0, partition.highWatermark());

        ground.loop.endTurn();
        assertEquals(1, ground.disk.logWrites);
        assertEquals(3, ground.released);
        assertEquals(new OffsetRange(0, 3), offsets(one));
        assertEquals(new OffsetRange(3, 6), offsets(all));
        assertEquals(new Appended(new OffsetRange(0, 3), -1, 0), one.value());
        assertEquals(9, partition.highWatermark());
        assertEquals(
                List.of(0L, 3L, 6L),
                Ground.read(partition, 0).stream().map(RecordBatch::baseOffset).toList());
    }

    @Test
    void readersNeverSeeWhatIsNotCommitted() throws IOException {
        var partition = ground.orders();
        append(partition, ground.batch(), 0);
        ground.loop.endTurn();
        append(partition, ground.batch(), 0);

        assertEquals(1, Ground.read(partition, 0).size());
        var atEnd = assertInstanceOf(ReadResult.Records.class, partition.read(3, 100, -1, true));
        assertNull(atEnd.slice());
        assertEquals(3, atEnd.highWatermark());
        assertInstanceOf(ReadResult.Records.class, partition.read(6, 100, -1, true), "an offset that exists");
        var beyond = new ReadResult.Refused(Errors.OFFSET_OUT_OF_RANGE, 3, 0);
        assertEquals(beyond, partition.read(7, 100, -1, true));

        ground.loop.endTurn();
        assertEquals(2, Ground.read(partition, 0).size());
    }

    @Test
    void aRepeatedBatchWaitsForItsOriginalAndGetsItsOffsets() throws IOException {
        var partition = ground.orders();
        append(partition, ground.batch(), 0);
        var original = append(partition, ground.from(77, 0), ALL);
        var repeated = append(partition, ground.from(77, 0), ALL);
        assertEquals(1, ground.released, "the repetition's bytes are of no use");
        assertFalse(repeated.isDone(), "the original is not safe yet");

        ground.loop.endTurn();
        assertEquals(new OffsetRange(3, 6), offsets(original));
        assertEquals(original.value(), repeated.value());
        assertEquals(
                original.value(), append(partition, ground.from(77, 0), ALL).value());
        assertEquals(6, partition.logEndOffset());
        assertEquals(2, Ground.read(partition, 0).size());
        assertRefused(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, append(partition, ground.from(77, 9), ALL));
        assertEquals(5, ground.released);
        assertEquals(77, partition.producers().getFirst().producerId());
    }

    @Test
    void whatTheTopicDoesNotTakeIsRefusedAndGivenBack() throws IOException {
        var partition = ground.orders("max.message.bytes", "100", "cleanup.policy", "compact");
        assertEquals(false, partition.mayDeleteRecords());
        assertRefused(Errors.MESSAGE_TOO_LARGE, append(partition, Ground.batch(5, "a".repeat(60), -1, -1), 1));
        assertRefused(Errors.INVALID_RECORD, append(partition, Ground.batch(5, null, -1, -1), 1));
        var broken = ground.batch();
        broken.put(broken.limit() - 1, (byte) 0x7f);
        assertRefused(Errors.CORRUPT_MESSAGE, append(partition, broken, 1));
        var two = ByteBuffer.allocate(1000)
                .put(ground.batch())
                .put(ground.batch())
                .flip();
        assertRefused(Errors.INVALID_RECORD, append(partition, two, 1));
        var late = Ground.batch(ground.loop.wallMs() + 3_700_000, "k", -1, -1);
        assertRefused(Errors.INVALID_TIMESTAMP, append(partition, late, 1));
        assertEquals(5, ground.released);
        assertEquals(0, partition.logEndOffset());

        append(partition, ground.batch(), 1);
        ground.loop.endTurn();
        assertEquals(1, Ground.read(partition, 0).size());
    }

    @Test
    void theBrokersTimeIsStampedWhereTheTopicKeepsIt() throws IOException {
        var partition = ground.orders("message.timestamp.type", "LogAppendTime");
        long thenMs = ground.loop.wallMs();
        var first = append(partition, Ground.batch(5, "k", 77, 0), 1);
        ground.loop.endTurn();
        ground.loop.pass(1_000);
        var repeated = append(partition, Ground.batch(5, "k", 77, 0), 1);

        assertEquals(new Appended(new OffsetRange(0, 3), thenMs, 0), first.value());
        assertEquals(first.value(), repeated.value());
        var batch = Ground.read(partition, 0).getFirst();
        assertTrue(batch.isLogAppendTime());
        assertEquals(thenMs, batch.maxTimestampMs());
        assertEquals(OptionalLong.of(thenMs), partition.batchTime(1).find());
    }

    @Test
    void aTopicWithACodecOfItsOwnPacksAnew() throws IOException {
        var partition = ground.orders("compression.type", "zstd");
        var result = append(partition, ground.batch(), 1);
        ground.loop.endTurn();
        assertEquals(new OffsetRange(0, 1), offsets(result));
        assertEquals(4, Ground.read(partition, 0).getFirst().codec());
        assertEquals(1, ground.released);
    }

    @Test
    void tooFewInSyncIsTooFewForAllAlone() {
        var partition = ground.orders("min.insync.replicas", "2");
        assertRefused(Errors.NOT_ENOUGH_REPLICAS, append(partition, ground.batch(), ALL));
        assertEquals(Errors.NOT_ENOUGH_REPLICAS, partition.mayAppend(ALL));
        assertEquals(Errors.NONE, partition.mayAppend((short) 1));
        var one = append(partition, ground.batch(), 1);
        ground.loop.endTurn();
        assertEquals(new OffsetRange(0, 3), offsets(one));
        assertEquals(2, ground.released);
    }

    @Test
    void bellsRingOnceWhenThereIsMoreOrSomethingChanges() {
        var partition = ground.orders();
        var rung = new ArrayList<String>();
        Runnable quiet = () -> rung.add("quiet");
        partition.watch(() -> rung.add("first"));
        partition.watch(quiet);
        partition.unwatch(quiet);
        append(partition, ground.batch(), 0);
        assertEquals(List.of(), rung);
        ground.loop.endTurn();
        append(partition, ground.batch(), 0);
        ground.loop.endTurn();
        assertEquals(List.of("first"), rung);

        partition.watch(() -> rung.add("epoch"));
        follow(new PartitionState(List.of(1), List.of(1), 1, 1, 1));
        assertEquals(List.of("first", "epoch"), rung);
    }

    private void follow(PartitionState state) {
        ground.change(new PartitionChanged(Ground.ORDERS, 0, state));
    }

    @Test
    void readersOfAnotherEpochAreTold() {
        var partition = ground.orders();
        follow(new PartitionState(List.of(1), List.of(1), 1, 4, 1));
        assertEquals(Errors.NONE, partition.wrongEpoch(-1));
        assertEquals(Errors.NONE, partition.wrongEpoch(4));
        assertEquals(Errors.FENCED_LEADER_EPOCH, partition.wrongEpoch(3));
        assertEquals(Errors.UNKNOWN_LEADER_EPOCH, partition.wrongEpoch(5));
        assertEquals(new ReadResult.Refused(Errors.FENCED_LEADER_EPOCH, -1, -1), partition.read(0, 9, 3, true));
        assertEquals(new ReadResult.Refused(Errors.UNKNOWN_LEADER_EPOCH, -1, -1), partition.read(0, 9, 5, true));
    }

    @Test
    void batchesCarryTheEpochTheyWereLedIn() throws IOException {
        var partition = ground.orders();
        append(partition, ground.batch(), 1);
        follow(new PartitionState(List.of(1), List.of(1), 1, 1, 1));
        append(partition, ground.batch(), 1);
        ground.loop.endTurn();
        assertEquals(
                List.of(0, 1),
                Ground.read(partition, 0).stream()
                        .map(RecordBatch::partitionLeaderEpoch)
                        .toList());
        assertEquals(0, partition.epochs().epochOf(2));
        assertEquals(1, partition.epochs().epochOf(3));
    }

    @Test
    void whoeverLosesTheLeadFirstWritesWhatItHasTaken() throws IOException {
        var partition = ground.orders();
        var waiting = append(partition, ground.batch(), ALL);
        follow(new PartitionState(List.of(1, 2), List.of(1, 2), 2, 1, 1));
        assertTrue(waiting.isDone(), "nobody waits for ever");
        assertEquals(1, ground.released);
        ground.loop.endTurn();

        assertRefused(Errors.NOT_LEADER_OR_FOLLOWER, append(partition, ground.batch(), 1));
        assertEquals(Errors.NOT_LEADER_OR_FOLLOWER, partition.wrongEpoch(-1));
        assertFalse(partition.isLeader());
        follow(new PartitionState(List.of(1, 2), List.of(1, 2), 1, 2, 2));
        assertEquals(0, Ground.read(partition, 0).getFirst().baseOffset(), "not the bytes of somebody else");
    }

    @Test
    void recordsAreDeletedUpToTheHighWatermark() throws IOException {
        var partition = ground.orders();
        for (int i = 0; i < 2; i++) append(partition, ground.batch(), 1);
        ground.loop.endTurn();
        append(partition, ground.batch(), 1);

        assertEquals(Optional.empty(), partition.deleteBefore(7), "not committed yet");
        assertEquals(Optional.empty(), partition.deleteBefore(-2));
        assertEquals(Optional.of(3L), partition.deleteBefore(3));
        assertEquals(Optional.of(3L), partition.deleteBefore(1), "the start never goes back");
        assertEquals(new ReadResult.Refused(Errors.OFFSET_OUT_OF_RANGE, 6, 3), partition.read(2, 100, -1, true));
        assertEquals(Optional.of(6L), partition.deleteBefore(-1));
        ground.loop.endTurn();
        assertEquals(6, partition.logStartOffset());
        assertEquals(9, partition.highWatermark());
    }

    @Test
    void afterAFailedWriteNothingIsAcknowledgedAnyMore() {
        var partition = ground.orders();
        append(partition, ground.batch(), 1);
        ground.loop.endTurn();
        var rung = new ArrayList<String>();
        partition.watch(() -> rung.add("bell"));
        ground.disk.failsWrites = true;
        var one = append(partition, ground.batch(), 1);
        var all = append(partition, ground.batch(), ALL);
        ground.loop.endTurn();

        assertRefused(Errors.KAFKA_STORAGE_ERROR, one);
        assertRefused(Errors.KAFKA_STORAGE_ERROR, all);
        assertEquals(3, ground.released);
        assertEquals(List.of("bell"), rung);
        assertEquals(3, partition.highWatermark());
        ground.disk.failsWrites = false;
        assertRefused(Errors.KAFKA_STORAGE_ERROR, append(partition, ground.batch(), 1));
        assertEquals(new ReadResult.Refused(Errors.KAFKA_STORAGE_ERROR, -1, -1), partition.read(0, 9, -1, true));
        assertEquals(Errors.KAFKA_STORAGE_ERROR, partition.mayAppend((short) 1));
        assertFalse(partition.isLeader());
        partition.retain();
    }

    @Test
    void aFailedReadIsThatReadersTroubleAlone() throws IOException {
        var partition = ground.orders("index.interval.bytes", "0");
        for (int i = 0; i < 2_000; i++) append(partition, ground.batch(), 0);
        ground.loop.endTurn();
        var waiting = append(partition, ground.batch(), 1);
        ground.disk.failsReads = true;
        assertEquals(new ReadResult.Refused(Errors.KAFKA_STORAGE_ERROR, -1, -1), Ground.readNow(partition, 1, 9));
        assertFalse(waiting.isDone());
        ground.loop.endTurn();
        assertEquals(new OffsetRange(6_000, 6_003), offsets(waiting));
        assertEquals(2_001, ground.released);

        ground.disk.failsReads = false;
        assertTrue(partition.isLeader());
        assertEquals(0, Ground.read(partition, 1).getFirst().baseOffset());
    }

    /// Bytes are given back as soon as a log fails, and then belong to somebody else.
    @Test
    void aFailedLogNeverWritesWhatItHadTaken() throws IOException {
        var partition = ground.orders();
        append(partition, ground.batch(), 1);
        ground.loop.endTurn();
        append(partition, ground.batch(), 1);
        ground.disk.failsWrites = true;
        ground.loop.endTurn();
        ground.disk.failsWrites = false;
        ground.close();

        ground = new Ground(dir);
        assertEquals(3, ground.orders().logEndOffset());
    }

    @Test
    void whoeverLeavesAnswersEveryone() {
        var partition = ground.orders();
        var waiting = append(partition, ground.batch(), ALL);
        var rung = new ArrayList<String>();
        partition.watch(() -> rung.add("bell"));
        ground.shard.leave();
        assertEquals(new OffsetRange(0, 3), offsets(waiting), "it was written before");
        assertEquals(List.of("bell"), rung);
        assertRefused(Errors.KAFKA_STORAGE_ERROR, append(partition, ground.batch(), 1));
        assertEquals(2, ground.released);
        ground.loop.endTurn();
    }
}
