package io.millrace.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DiskSpaceTest {

    private static final long MIB = 1L << 20;
    private static final Path DIR = Path.of("/data");
    private static final Path FILLER = DIR.resolve("filler");

    private final MemoryDisk disk = new MemoryDisk(new TestClock());
    private final HereAndNow work = new HereAndNow();
    private final DiskSpace space;

    DiskSpaceTest() throws IOException {
        disk.createDirectories(DIR);
        disk.capacity(100 * MIB);
        space = new DiskSpace(DIR, disk, work, 10 * MIB);
        space.begin(Metrics.NONE);
    }

    private void fill(long bytes) {
        disk.damage(FILLER, new byte[(int) bytes]);
        work.later();
    }

    @Test
    void theUsualReserveDependsOnTheDisk() {
        assertEquals(512 * MIB + (1L << 40) / 50, DiskSpace.reserve(-1, 1L << 40));
        assertEquals(25 * MIB, DiskSpace.reserve(-1, 250 * MIB));
        assertEquals(7, DiskSpace.reserve(7, 250 * MIB));
        assertEquals(0, DiskSpace.reserve(0, 250 * MIB));
    }

    @Test
    void itIsFullAtTheReserveAndNotAnyMoreALittleAboveIt() {
        assertFalse(space.isFull());
        fill(90 * MIB);
        assertFalse(space.isFull());
        fill(90 * MIB + 1);
        assertTrue(space.isFull());
        assertTrue(space.why().contains("/data is full: 9 MiB are free, 10 MiB are kept"), space.why());
        fill(90 * MIB - 1);
        assertTrue(space.isFull(), "it would come and go");
        fill(80 * MIB);
        assertFalse(space.isFull());
    }

    @Test
    void whatIsWrittenSinceTheLastLookCountsAgainstIt() {
        fill(50 * MIB);
        disk.damage(FILLER, new byte[(int) (91 * MIB)]);
        space.wrote(10 * MIB);
        assertFalse(space.isFull(), "half of what was free is not used up");
        space.wrote(11 * MIB);
        assertTrue(space.isFull(), "somebody looked, without waiting for the second to end");
    }

    @Test
    void moreThanThereWasIsNotWrittenBetweenTwoLooks() throws IOException {
        var busy = new HereAndNow() {
            @Override
            public void run(Runnable work) {
                // nobody has time
            }
        };
        var unseen = new DiskSpace(DIR, disk, busy, 10 * MIB);
        unseen.wrote(90 * MIB);
        assertFalse(unseen.isFull());
        unseen.wrote(1);
        assertTrue(unseen.isFull());
    }

    @Test
    void withoutAReserveOnlyAFullDiskCounts() throws IOException {
        var none = new DiskSpace(DIR, disk, work, 0);
        none.begin(Metrics.NONE);
        fill(100 * MIB);
        none.wrote(200 * MIB);
        assertFalse(none.isFull());
        none.met(new DiskFullException("full"));
        assertTrue(none.isFull());
        work.later();
        assertTrue(none.isFull());
        fill(90 * MIB);
        assertFalse(none.isFull());
    }
}
