package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every partition is verified, pass after pass.
class ScrubRoundsTest {

    private static final long LOOK_MS = 10_000;

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

    private Partition partition(int index) {
        var partition = ground.shard.open(Ground.ORDERS, index);
        if (partition == null) throw new AssertionError("not open");
        return partition;
    }

    /// Three batches of three records each, in a closed segment each, and one that is not closed.
    private void fill(int index) {
        for (int i = 0; i < 4; i++) {
            ground.loop.pass(2);
            partition(index).append(ground.batch(), (short) 1, () -> {});
            ground.settle();
        }
    }

    private Path segment(int index, long base) {
        return dir.resolve("orders-" + index).resolve("%020d.log".formatted(base));
    }

    private Path aside(int index, long offset) {
        return dir.resolve("orders-" + index).resolve("%020d.quarantined".formatted(offset));
    }

    private void damage(int index, long base) throws IOException {
        var file = segment(index, base);
        var bytes = Files.readAllBytes(file);
        bytes[70] ^= 1;
        Files.write(file, bytes);
    }

    private void pass(long ms) {
        ground.loop.pass(ms);
        ground.settle();
        // a folder has work that comes again and again; verifying is over after some of it
        for (int i = 0; i < 200 && ground.files.later(); i++) ground.settle();
    }

    private void beginRounds() {
        new ScrubRounds(ground.shards, ground.hosting).begin();
        ground.settle();
        pass(1);
    }

    @Test
    void everyPartitionIsVerifiedAndMended() throws IOException {
        ground.createOrders(3, "segment.ms", "1");
        pass(1);
        for (int i = 0; i < 3; i++) fill(i);
        pass(2_000);
        damage(0, 3);
        damage(2, 0);
        beginRounds();
        assertTrue(Files.exists(aside(0, 3)));
        assertTrue(Files.exists(aside(2, 0)));
        assertEquals(0, Files.size(segment(0, 3)));
        var refused = assertInstanceOf(ReadResult.Refused.class, partition(0).read(3, 1 << 20, -1, true));
        assertEquals(Errors.CORRUPT_MESSAGE, refused.code());
        for (long offset : new long[] {0, 6, 9}) {
            assertEquals(offset, Ground.read(partition(0), offset).getFirst().baseOffset());
        }
        assertEquals(12, partition(0).logEndOffset());
        assertEquals(12, partition(0).highWatermark());
        fill(0);
        assertEquals(24, partition(0).highWatermark());
    }

    /// At every turn of the loop while a segment is mended.
    @Test
    void meanwhileEverythingElseIsServed() throws IOException {
        ground.createOrders(1, "segment.ms", "1");
        pass(1);
        fill(0);
        pass(2_000);
        damage(0, 3);
        new ScrubRounds(ground.shards, ground.hosting).begin();
        int produced = 4;
        for (int i = 0; i < 60; i++) {
            ground.files.later();
            ground.settle();
            for (long offset : new long[] {0, 6, 9}) {
                assertEquals(
                        offset, Ground.read(partition(0), offset).getFirst().baseOffset());
            }
            switch (Ground.readNow(partition(0), 3, 1 << 20)) {
                case ReadResult.Refused refused -> assertEquals(Errors.CORRUPT_MESSAGE, refused.code());
                case ReadResult.Records records -> {
                    var slice = records.slice();
                    if (slice == null) throw new AssertionError("nothing, and no error");
                    slice.place().release();
                    assertFalse(Files.size(segment(0, 3)) == 0);
                }
            }
            partition(0).append(ground.batch(), (short) 1, () -> {});
            ground.settle();
            assertEquals(3L * ++produced, partition(0).highWatermark());
        }
        assertInstanceOf(ReadResult.Refused.class, partition(0).read(3, 1 << 20, -1, true));
    }

    @Test
    void theNextPassComesAfterTheInterval() throws IOException {
        ground.createOrders(1, "segment.ms", "1");
        pass(1);
        fill(0);
        pass(2_000);
        beginRounds();
        damage(0, 3);
        pass(LOOK_MS);
        pass(LOOK_MS);
        assertFalse(Files.exists(aside(0, 3)), "it was verified before");
        pass(TimeUnit.DAYS.toMillis(7));
        pass(LOOK_MS);
        assertTrue(Files.exists(aside(0, 3)));
    }

    @Test
    void itCanBeSwitchedOffAndOn() throws IOException {
        ground.createOrders(1, "segment.ms", "1");
        pass(1);
        fill(0);
        pass(2_000);
        damage(0, 3);
        ground.clusterValues("log.scrub.bytes.per.second", "0");
        beginRounds();
        pass(LOOK_MS);
        assertFalse(Files.exists(aside(0, 3)));
        ground.clusterValues("log.scrub.bytes.per.second", "1048576");
        pass(LOOK_MS);
        assertTrue(Files.exists(aside(0, 3)));
    }
}
