package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.OffsetRange;
import io.millrace.model.Promise;
import io.millrace.replica.AppendResult.Appended;
import io.millrace.replica.AppendResult.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A partition whose records count when they are on the disk.
class DurablePartitionTest {

    private static final int ALL = -1;

    @TempDir
    Path dir;

    private Ground ground;
    private Partition partition;

    @BeforeEach
    void open() throws IOException {
        ground = new Ground(dir);
        partition = ground.orders("durability", "fsync");
    }

    @AfterEach
    void close() {
        ground.close();
    }

    private Promise<AppendResult> append(ByteBuffer bytes, int acks) {
        return partition.append(bytes, (short) acks, ground.release(bytes));
    }

    private static OffsetRange offsets(Promise<AppendResult> done) {
        return assertInstanceOf(Appended.class, done.value()).offsets();
    }

    @Test
    void nothingIsAcknowledgedOrReadBeforeItIsOnTheDisk() throws IOException {
        var one = append(ground.batch(), 1);
        var all = append(ground.batch(), ALL);
        ground.loop.endTurn();
        assertEquals(2, ground.released, "the log has the bytes");
        assertFalse(one.isDone() || all.isDone());
        assertEquals(0, partition.highWatermark());
        assertEquals(0, Ground.read(partition, 0).size());

        ground.settle();
        assertEquals(new OffsetRange(0, 3), offsets(one));
        assertEquals(new OffsetRange(3, 6), offsets(all));
        assertEquals(6, partition.highWatermark());
        assertEquals(2, Ground.read(partition, 0).size());
    }

    @Test
    void aRepeatedBatchIsNotAcknowledgedBeforeItsOriginalIsOnTheDisk() {
        var original = append(ground.from(77, 0), ALL);
        ground.loop.endTurn();
        var repeated = append(ground.from(77, 0), 1);
        ground.loop.endTurn();
        assertFalse(repeated.isDone(), "the original could still be lost");

        ground.settle();
        assertEquals(original.value(), repeated.value());
        assertEquals(3, partition.logEndOffset());
    }

    @Test
    void whenASyncFailsEveryoneIsRefusedAndThePartitionsOfTheFolderAreOffline() {
        var waiting = append(ground.batch(), ALL);
        ground.loop.endTurn();
        ground.disk.failsSyncs = true;
        ground.settle();
        assertEquals(
                Errors.KAFKA_STORAGE_ERROR,
                assertInstanceOf(Refused.class, waiting.value()).code());
        assertTrue(partition.isOffline());

        ground.disk.failsSyncs = false;
        var later = append(ground.batch(), ALL);
        ground.settle();
        assertEquals(
                Errors.KAFKA_STORAGE_ERROR,
                assertInstanceOf(Refused.class, later.value()).code());
        assertEquals(0, partition.highWatermark());
    }

    @Test
    void aReaderWhoWaitsIsRungWhenTheRecordsAreOnTheDisk() {
        var rings = new int[1];
        partition.watch(() -> rings[0]++);
        append(ground.batch(), 0);
        ground.loop.endTurn();
        assertEquals(0, rings[0]);
        ground.settle();
        assertEquals(1, rings[0]);
    }
}
