package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader.MalformedRecords;
import io.millrace.wire.KafkaBatchFilter;
import io.millrace.wire.KafkaRecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Partitions are compacted one after the other, as they are due.
class CleaningRoundsTest {

    private static final KafkaRecordReader READER = new KafkaRecordReader(1 << 20);

    @TempDir
    Path dir;

    @SuppressWarnings("NullAway.Init")
    private Ground ground;

    @BeforeEach
    void begin() throws IOException {
        ground = new Ground(dir, READER, new KafkaBatchFilter(READER));
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private Partition partition(int index) {
        var partition = ground.shard.open(Ground.ORDERS, index);
        if (partition == null) throw new AssertionError("not open");
        return partition;
    }

    /// A batch of three records of key `k`, in a segment of its own.
    private void put(int index) {
        ground.loop.pass(2);
        partition(index).append(ground.batch(), (short) 1, () -> {});
        ground.settle();
    }

    private List<Long> offsets(int index) throws IOException {
        var offsets = new ArrayList<Long>();
        long at = 0;
        while (at < partition(index).logEndOffset()) {
            var records = assertInstanceOf(ReadResult.Records.class, Ground.readNow(partition(index), at, 1 << 20));
            var slice = records.slice();
            if (slice == null) throw new AssertionError("nothing at " + at);
            var batch = new RecordBatch(slice.place().readFully(), 0);
            try {
                READER.read(batch, record -> offsets.add(record.offset()));
            } catch (MalformedRecords e) {
                throw new AssertionError(e);
            }
            at = batch.endOffset();
            slice.place().release();
        }
        return offsets;
    }

    private void pass(long ms) {
        ground.loop.pass(ms);
        ground.settle();
        // a folder has work that comes again and again; cleaning is over after some of it
        for (int i = 0; i < 50 && ground.files.later(); i++) ground.settle();
    }

    @Test
    void everyPartitionThatIsDueIsCompacted() throws IOException {
        ground.createOrders(3, "cleanup.policy", "compact", "segment.ms", "1", "min.cleanable.dirty.ratio", "0");
        ground.settle();
        for (int i = 0; i < 3; i++) put(0);
        for (int i = 0; i < 4; i++) put(1);
        new CleaningRounds(ground.shards, ground.hosting).begin();
        ground.settle();
        pass(14_000);
        assertEquals(9, offsets(0).size(), "it waits first");
        pass(1_001);
        assertEquals(List.of(5L, 6L, 7L, 8L), offsets(0));
        assertEquals(List.of(8L, 9L, 10L, 11L), offsets(1));
        assertEquals(List.of(), offsets(2));
        put(1);
        pass(1);
        pass(15_000);
        assertEquals(List.of(11L, 12L, 13L, 14L), offsets(1), "it goes on looking");
    }

    @Test
    void itCanBeSwitchedOff() throws IOException {
        ground.createOrders(1, "cleanup.policy", "compact", "segment.ms", "1", "min.cleanable.dirty.ratio", "0");
        ground.settle();
        for (int i = 0; i < 3; i++) put(0);
        ground.clusterValues("log.cleaner.enable", "false");
        new CleaningRounds(ground.shards, ground.hosting).begin();
        pass(60_000);
        assertEquals(9, offsets(0).size());
        ground.clusterValues("log.cleaner.enable", "true");
        pass(15_000);
        assertEquals(4, offsets(0).size());
    }

    @Test
    void aProducerMayNotSayUntilWhenDeletionsStay() {
        ground.createOrders(1, "cleanup.policy", "compact");
        ground.settle();
        ByteBuffer batch = ground.batch();
        batch.putShort(21, (short) 0x40);
        batch.putInt(17, new RecordBatch(batch, 0).computeCrc());
        var refused = assertInstanceOf(
                AppendResult.Refused.class,
                partition(0).append(batch, (short) 1, () -> {}).value());
        assertEquals(Errors.INVALID_RECORD, refused.code());
    }
}
