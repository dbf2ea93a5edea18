package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.DiskFullException;
import io.millrace.folder.CommitLimits;
import io.millrace.folder.FolderCheckpoints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A disk without space, whatever the reserve was.
class FullDiskTest {

    private static final long PLENTY = 1L << 40;

    private static void append(Log log, int count, int valueBytes) throws IOException {
        for (int i = 0; i < count; i++) log.append(Rig.batch(1, valueBytes, i), 1);
        log.write();
    }

    private static void fill(Rig rig, long leave) {
        rig.disk.capacity(PLENTY);
        rig.disk.capacity(PLENTY - rig.disk.freeBytes(rig.dir) + leave);
    }

    private static byte[] all(Log log) throws IOException {
        return Rig.readAll(log, log.startOffset(), Long.MAX_VALUE, 10_000);
    }

    @Test
    void aWriteThatDoesNotFitClosesTheLogAndNotTheFolder() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        append(log, 3, 100);
        rig.work.syncAll();
        var bytes = all(log);
        var other = rig.openOther(1);

        fill(rig, 50);
        log.append(Rig.batch(1, 1000, 1), 1);
        assertThrows(DiskFullException.class, log::write);
        assertFalse(log.isUsable());
        assertFalse(log.hasSpace());
        assertThrows(DiskFullException.class, log::write, "whoever comes next learns that it may be opened again");
        assertInstanceOf(DiskFullException.class, log.whyUnusable());
        assertTrue(other.isUsable());
        log.close();

        rig.disk.capacity(PLENTY);
        assertInstanceOf(Opened.Ready.class, rig.openLog());
        assertArrayEquals(bytes, all(rig.log()));
        assertEquals(3, rig.log().durableEnd());
        rig.work.later();
        assertTrue(rig.log().hasSpace());
        append(rig.log(), 1, 1000);
        append(other, 1, 100);
        rig.work.syncAll();
        assertEquals(4, rig.log().durableEnd());
        assertEquals(1, other.durableEnd());

        rig.close();
        assertEquals(4, rig.open().endOffset());
        assertTrue(rig.folder().endedCleanly());
    }

    @Test
    void aLogThatIsDamagedAtTheEndLeavesNoMarkOfACleanOne() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        append(log, 3, 100);
        rig.work.syncAll();
        fill(rig, 50);
        log.append(Rig.batch(1, 1000, 1), 1);
        assertThrows(DiskFullException.class, log::write);
        rig.disk.capacity(PLENTY);
        rig.close();
        assertEquals(3, rig.open().endOffset());
        assertFalse(rig.folder().endedCleanly());
    }

    @Test
    void aWriteAheadLogWithoutSpaceMakesWayForSyncsOfTheSegments() throws IOException {
        var rig = new Rig();
        var logs = new ArrayList<Log>();
        logs.add(rig.open());
        for (int i = 1; i < 5; i++) logs.add(rig.openOther(i));
        for (var log : logs) append(log, 2, 100);
        fill(rig, 10);
        rig.work.syncAll();
        for (var log : logs) {
            assertTrue(log.isUsable());
            assertEquals(2, log.durableEnd());
        }
        rig.kill();
        rig.disk.losePower(new Random(0) {
            @Override
            public int nextInt(int bound) {
                return 0;
            }
        });
        rig.disk.capacity(PLENTY);
        assertEquals(2, rig.open().endOffset());
        for (int i = 1; i < 5; i++) assertEquals(2, rig.openOther(i).endOffset());
    }

    @Test
    void checkpointsAreWrittenWhenThereIsSpaceAgain() throws IOException {
        var rig = new Rig("segment.bytes", "1000", "flush.messages", "1");
        var log = rig.open();
        append(log, 20, 100);
        fill(rig, 0);
        rig.work.settle();
        assertTrue(log.isUsable());
        rig.disk.capacity(PLENTY);
        for (int i = 0; i < 3; i++) rig.work.settle();
        var file = rig.dir.resolve(FolderCheckpoints.RECOVERY_POINTS);
        assertTrue(new String(rig.disk.bytes(file), java.nio.charset.StandardCharsets.UTF_8).contains("orders 0 20"));
    }

    @Test
    void belowTheReserveEverythingGoesOnButForProducers() throws IOException {
        var rig = new Rig("segment.bytes", "1000", "retention.bytes", "0");
        rig.reserveBytes = 1 << 20;
        var log = rig.open();
        append(log, 20, 100);
        fill(rig, 1 << 19);
        rig.work.settle();
        assertFalse(log.hasSpace());
        append(log, 1, 100); // the node's own
        rig.work.settle();
        assertEquals(21, log.durableEnd());
        while (log.retain() > 0) rig.work.settle();
        assertTrue(log.startOffset() > 0);
        rig.disk.capacity(PLENTY);
        rig.work.later();
        assertTrue(log.hasSpace());
    }

    /// The disk fills up and has space again at random, the process is killed, the power is cut: what
    /// was promised is there, and in the end everything works.
    @Test
    void nothingThatWasPromisedIsLost() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        for (int round = 0; round < 300; round++) nothingThatWasPromisedIsLost(seed + round);
    }

    private static void nothingThatWasPromisedIsLost(long seed) throws IOException {
        var random = new Random(seed);
        var rig = new Rig("segment.bytes", "3000", "index.interval.bytes", "100");
        rig.limits = new CommitLimits(2 << 10, 8 << 10, 16 << 10, 2);
        rig.open();
        var promised = new ArrayList<Integer>();
        var sizes = new ArrayList<Integer>();
        for (int step = 0; step < 80; step++) {
            var what = "seed %d, step %d".formatted(seed, step);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> appendSome(rig, random, sizes);
                case 3 -> fill(rig, random.nextInt(6_000));
                case 4 -> rig.disk.capacity(PLENTY);
                case 5 -> rig.work.settle();
                case 6 -> rig.work.commitAll();
                default -> {
                    rig.disk.capacity(PLENTY);
                    if (random.nextInt(3) == 0) {
                        rig.close();
                    } else {
                        rig.kill();
                        if (random.nextBoolean()) rig.disk.losePower(random);
                    }
                    rig.open();
                }
            }
            if (!rig.log().isUsable()) {
                rig.log().close();
                if (rig.openLog() instanceof Opened.Failed(var cause)) {
                    assertInstanceOf(DiskFullException.class, cause, what);
                    rig.disk.capacity(PLENTY);
                    assertInstanceOf(Opened.Ready.class, rig.openLog(), what);
                }
            }
            var log = rig.log();
            assertTrue(log.endOffset() >= promised.size(), what + ": ends at " + log.endOffset());
            while (sizes.size() > log.endOffset()) sizes.removeLast();
            promised = new ArrayList<>(sizes.subList(0, (int) log.durableEnd()));
        }
        rig.disk.capacity(PLENTY);
        rig.work.settle();
        if (!rig.log().isUsable()) return;
        append(rig.log(), 1, 10);
        rig.work.settle();
        assertEquals(rig.log().endOffset(), rig.log().durableEnd(), "seed " + seed);
        assertEquals(List.copyOf(sizes), sizesIn(rig.log(), sizes.size()), "seed " + seed);
    }

    private static void appendSome(Rig rig, Random random, List<Integer> sizes) {
        try {
            for (int i = random.nextInt(5); i >= 0; i--) {
                int size = random.nextInt(10) == 0 ? 2500 : random.nextInt(300);
                var batch = Rig.batch(1, size, 1);
                int bytes = batch.sizeBytes();
                while (sizes.size() > rig.log().endOffset()) sizes.removeLast();
                rig.log().append(batch, 1);
                sizes.add(bytes);
            }
            rig.log().write();
        } catch (DiskFullException e) {
            // the log is opened again
        } catch (IOException e) {
            throw new AssertionError("only the space was missing", e);
        }
    }

    private static List<Integer> sizesIn(Log log, int count) throws IOException {
        var sizes = new ArrayList<Integer>();
        var bytes = java.nio.ByteBuffer.wrap(all(log));
        for (int at = 0; at < bytes.limit() && sizes.size() < count; ) {
            var batch = new io.millrace.model.record.RecordBatch(bytes, at);
            sizes.add(batch.sizeBytes());
            at += batch.sizeBytes();
        }
        return sizes;
    }
}
