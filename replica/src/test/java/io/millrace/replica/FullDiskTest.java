package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;

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

/// A partition on a disk that has no space.
class FullDiskTest {

    private static final int ALL = -1;

    @TempDir
    Path dir;

    private Ground ground;

    @BeforeEach
    void open() throws IOException {
        ground = new Ground(dir);
    }

    @AfterEach
    void close() {
        ground.disk.isFull = false;
        ground.disk.isFullForLogs = false;
        ground.close();
    }

    private Promise<AppendResult> append(Partition partition, ByteBuffer bytes) {
        return partition.append(bytes, (short) ALL, ground.release(bytes));
    }

    private static void assertRefused(Promise<AppendResult> done) {
        assertEquals(
                Errors.KAFKA_STORAGE_ERROR,
                assertInstanceOf(Refused.class, done.value()).code());
    }

    @Test
    void aPartitionIsOpenedAgainWhereItStopped() throws IOException {
        var partition = ground.orders("durability", "fsync");
        append(partition, ground.batch());
        ground.settle();
        ground.disk.isFullForLogs = true;
        ground.disk.freeBytes = 0;
        var lost = append(partition, ground.batch());
        ground.loop.endTurn();
        assertRefused(lost);
        assertEquals(2, ground.released);

        ground.settle();
        var again = ground.shard.open(Ground.ORDERS, 0);
        assertNotNull(again, "what is there needs no space");
        assertNotSame(partition, again);
        assertEquals(1, Ground.read(again, 0).size());
        assertRefused(append(again, ground.batch()));
        assertEquals(3, ground.released);

        ground.disk.isFullForLogs = false;
        ground.disk.freeBytes = 1L << 39;
        ground.files.later();
        ground.settle();
        var written = append(again, ground.batch());
        ground.settle();
        assertEquals(
                new OffsetRange(3, 6),
                assertInstanceOf(Appended.class, written.value()).offsets());
    }

    @Test
    void aNewPartitionWaitsForSpace() {
        ground.disk.isFull = true;
        ground.createOrders(1);
        ground.settle();
        assertNull(ground.shard.open(Ground.ORDERS, 0));
        ground.loop.delaysEnd();
        ground.settle();
        assertNull(ground.shard.open(Ground.ORDERS, 0));

        ground.disk.isFull = false;
        ground.loop.delaysEnd();
        ground.settle();
        assertNotNull(ground.shard.open(Ground.ORDERS, 0));
    }

    @Test
    void aRepeatedBatchIsAnsweredThoughThereIsNoSpace() {
        var partition = ground.orders();
        var original = append(partition, ground.from(77, 0));
        ground.settle();
        ground.disk.isFullForLogs = true;
        ground.disk.freeBytes = 0;
        append(partition, ground.batch());
        ground.settle();
        var again = ground.shard.open(Ground.ORDERS, 0);
        assertNotNull(again);
        assertEquals(
                assertInstanceOf(Appended.class, original.value()).offsets(),
                assertInstanceOf(
                                Appended.class,
                                append(again, ground.from(77, 0)).value())
                        .offsets());
    }
}
