package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.CommitLimits;
import io.millrace.folder.WriteAheadLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// When a record counts as kept, and what comes back of it.
class GroupCommitTest {

    private static final int LARGE = CommitLimits.DEFAULT.directBytes();
    private static final CommitLimits SMALL = new CommitLimits(8 << 10, 16 << 10, 64 << 10, 4);

    private static void append(Log log, int count, int valueBytes) throws IOException {
        for (int i = 0; i < count; i++) log.append(Rig.batch(1, valueBytes, i), 1);
        log.write();
    }

    private static byte[] all(Log log) throws IOException {
        return Rig.readAll(log, log.startOffset(), Long.MAX_VALUE, 10_000);
    }

    /// The power is cut with nothing but what was synced on the disk.
    private static Log afterPowerCut(Rig rig) throws IOException {
        rig.kill();
        rig.disk.losePower(new Random(0) {
            @Override
            public int nextInt(int bound) {
                return 0;
            }
        });
        return rig.open();
    }

    @Test
    void aRecordCountsWhenItIsOnTheDisk() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        append(log, 3, 100);
        assertEquals(3, log.writtenEnd());
        assertEquals(0, log.durableEnd());

        rig.work.syncAll();
        assertEquals(3, log.durableEnd());
        var bytes = all(log);

        log = afterPowerCut(rig);
        assertEquals(3, log.endOffset());
        assertEquals(3, log.durableEnd());
        assertArrayEquals(bytes, all(log));
    }

    @Test
    void withPageCacheItCountsAtOnceAndAPowerCutTakesIt() throws IOException {
        var rig = new Rig("durability", "page-cache");
        var log = rig.open();
        append(log, 3, 100);
        assertEquals(3, log.durableEnd());
        rig.work.syncAll();
        assertEquals(0, afterPowerCut(rig).endOffset());
    }

    @Test
    void whoeverWaitsHearsOfItOncePerCommit() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        var heard = new ArrayList<Long>();
        log.whenDurable(() -> heard.add(log.durableEnd()));
        append(log, 1, 100);
        append(log, 1, 100);
        append(log, 1, LARGE);
        rig.work.syncAll();
        append(log, 1, 100);
        rig.work.syncAll();
        assertEquals(List.of(3L, 4L), heard);
    }

    @Test
    void whatIsLargeGoesToItsSegmentAndWhatIsSmallIntoTheWriteAheadLog() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        append(log, 1, LARGE);
        rig.work.syncAll();
        assertEquals(1, log.durableEnd());
        assertTrue(walBytes(rig) < LARGE, "only the promise is in the write-ahead log: " + walBytes(rig));

        append(log, 10, 1000);
        rig.work.syncAll();
        assertTrue(walBytes(rig) > 10 * 1000);
        var bytes = all(log);
        log = afterPowerCut(rig);
        assertArrayEquals(bytes, all(log));
    }

    private static long walBytes(Rig rig) throws IOException {
        return rig.disk.sizeBytes(rig.dir.resolve(WriteAheadLog.PREFIX + "0"));
    }

    @Test
    void oneSyncServesEveryLogThatWaits() throws IOException {
        var rig = new Rig();
        rig.open();
        var logs = new ArrayList<Log>();
        for (int i = 1; i <= 50; i++) logs.add(rig.openOther(i));
        for (var log : logs) append(log, 1, 100);
        long before = rig.disk.syncs();
        rig.work.syncAll();
        for (var log : logs) assertEquals(1, log.durableEnd());
        assertEquals(before + 1, rig.disk.syncs());
    }

    @Test
    void recordsOfARolledSegmentComeBackToo() throws IOException {
        var rig = new Rig("segment.bytes", "1000");
        var log = rig.open();
        append(log, 30, 100);
        rig.work.commitAll();
        assertEquals(30, log.durableEnd());
        var bytes = all(log);
        log = afterPowerCut(rig);
        assertArrayEquals(bytes, all(log));
    }

    @Test
    void whatWasCutDoesNotComeBack() throws IOException {
        var rig = new Rig("segment.bytes", "1000");
        var log = rig.open();
        append(log, 30, 100);
        rig.work.commitAll();
        log.truncateTo(12);
        assertEquals(12, log.durableEnd());
        assertEquals(12, afterPowerCut(rig).endOffset());

        log = rig.log();
        append(log, 1, 700);
        rig.work.commitAll();
        var bytes = all(log);
        log = afterPowerCut(rig);
        assertEquals(13, log.endOffset());
        assertArrayEquals(bytes, all(log));
    }

    @Test
    void aCutThatWasPromisedIsMadeUpForByTheNextStart() throws IOException {
        var rig = new Rig("segment.bytes", "1000");
        var log = rig.open();
        append(log, 30, 100);
        rig.work.commitAll();
        rig.disk.failSyncs(file -> file.toString().endsWith(".log"));
        assertThrows(IOException.class, () -> rig.log().truncateTo(12));
        rig.disk.failSyncs(null);
        rig.kill();
        assertEquals(12, rig.open().endOffset());
    }

    @Test
    void aDeletedPartitionDoesNotComeBack() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        append(log, 5, 100);
        rig.work.syncAll();
        rig.folder().delete(Rig.TOPIC_ID, Rig.TOPIC, 0);
        log = afterPowerCut(rig);
        assertEquals(0, log.endOffset());
    }

    @Test
    void filesOfTheWriteAheadLogAreUsedAgainAndNothingIsLost() throws IOException {
        var rig = new Rig("segment.bytes", "40000000");
        rig.limits = SMALL;
        var log = rig.open();
        for (int i = 0; i < 500; i++) {
            append(log, 1, 5_000);
            rig.work.syncAll();
            assertEquals(i + 1, log.durableEnd());
        }
        assertTrue(walFiles(rig).size() <= SMALL.mostFiles(), walFiles(rig) + " are too many");
        log = afterPowerCut(rig);
        assertEquals(500, log.endOffset());
    }

    @Test
    void aWriteAheadLogThatIsFullMakesWayForSyncsOfTheSegments() throws IOException {
        var rig = new Rig("segment.bytes", "40000000");
        rig.limits = SMALL;
        var log = rig.open();
        for (int i = 0; i < 200; i++) {
            append(log, 1, 5_000);
            rig.work.commitAll();
            assertEquals(i + 1, log.durableEnd());
        }
        assertTrue(walFiles(rig).size() <= SMALL.mostFiles() + 2, walFiles(rig) + " are too many");
        assertEquals(200, afterPowerCut(rig).endOffset());
    }

    private static List<String> walFiles(Rig rig) throws IOException {
        return rig.disk.list(rig.dir).stream()
                .filter(name -> name.startsWith(WriteAheadLog.PREFIX))
                .toList();
    }

    @Test
    void afterAFailedSyncNothingIsCommittedInTheWholeFolder() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        var other = rig.openOther(1);
        var heard = new ArrayList<Boolean>();
        other.whenDurable(() -> heard.add(other.isUsable()));
        append(log, 2, 100);
        rig.disk.failSyncs(file -> true);
        rig.work.syncAll();
        rig.disk.failSyncs(null);

        assertEquals(List.of(false), heard, "everybody hears of it");
        assertEquals(0, log.durableEnd());
        assertFalse(log.isUsable());
        assertThrows(IOException.class, () -> append(other, 1, 100));
        rig.work.syncAll();
        assertEquals(0, log.durableEnd());
        rig.close();
        assertEquals(2, rig.open().endOffset(), "what was written is there, and was not promised");
        assertFalse(rig.folder().endedCleanly());
    }

    @Test
    void aLogThatIsToBeSaferBecomesSo() throws IOException {
        var rig = new Rig("durability", "page-cache");
        var log = rig.open();
        append(log, 3, 100);
        log.configure(Rig.config("durability", "fsync"));
        assertEquals(3, log.durableEnd(), "a promise stays");
        append(log, 1, 100);
        assertEquals(3, log.durableEnd());
        rig.work.syncAll();
        assertEquals(4, log.durableEnd());
        assertEquals(4, afterPowerCut(rig).endOffset());
    }

    @Test
    void aLogThatNeedNotBeSafeAnyMoreDoesNotWait() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        append(log, 3, 100);
        log.configure(Rig.config("durability", "page-cache"));
        assertEquals(3, log.durableEnd());
        append(log, 3, 100);
        assertEquals(6, log.durableEnd());
        rig.work.syncAll();
        assertEquals(6, log.durableEnd());
    }

    @Test
    void whatWasWrittenAndNotPromisedIsWrittenAgainBeforeItIs() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        append(log, 3, 100);
        rig.kill();
        rig.disk.forgetDirt();
        log = rig.open();
        assertEquals(3, log.endOffset());
        assertEquals(0, log.durableEnd());
        rig.work.syncAll();
        assertEquals(3, log.durableEnd());
        assertEquals(3, afterPowerCut(rig).endOffset(), "a sync of pages that only seem clean would not have helped");
    }

    @Test
    void aCleanEndLeavesNothingToBeBroughtBack() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        append(log, 3, 100);
        rig.close();
        long before = rig.disk.bytesRead();
        log = rig.open();
        assertEquals(3, log.durableEnd());
        assertTrue(rig.folder().endedCleanly());
        assertTrue(rig.disk.bytesRead() - before < 20_000, "read " + (rig.disk.bytesRead() - before));
    }
}
