package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.FolderCheckpoints;
import io.millrace.folder.SegmentFiles;
import io.millrace.folder.WriteAheadLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// When the recovery point moves.
class DurabilityTest {

    private static void append(Log log, int count) throws IOException {
        for (int i = 0; i < count; i++) log.append(Rig.batch(1, 100, i), 1);
        log.write();
    }

    @Test
    void aClosedSegmentIsSyncedBehindTheLoopsBack() throws IOException {
        var rig = new Rig("segment.bytes", "1000");
        var log = rig.open();
        append(log, 20);
        assertEquals(0, log.recoveryPoint());

        rig.work.syncAll();
        assertTrue(log.recoveryPoint() >= 15, "at " + log.recoveryPoint());
        assertEquals("", text(rig), "told to the disk soon, not at once");

        rig.work.later();
        assertTrue(text(rig).contains("orders 0 " + log.recoveryPoint()), text(rig));
    }

    private static String text(Rig rig) throws IOException {
        var file = rig.dir.resolve(FolderCheckpoints.RECOVERY_POINTS);
        return rig.disk.exists(file) ? new String(rig.disk.bytes(file), StandardCharsets.UTF_8) : "";
    }

    @Test
    void aNumberOfRecordsMayAskForASync() throws IOException {
        var rig = new Rig("flush.messages", "10");
        var log = rig.open();
        append(log, 9);
        rig.work.syncAll();
        assertEquals(0, log.recoveryPoint());
        append(log, 3);
        rig.work.syncAll();
        assertEquals(12, log.recoveryPoint());
    }

    @Test
    void timeMayAskForASync() throws IOException {
        var rig = new Rig("flush.ms", "500");
        var log = rig.open();
        append(log, 4);
        rig.work.syncAll();
        assertEquals(0, log.recoveryPoint());
        rig.work.later();
        assertEquals(4, log.recoveryPoint());
        append(log, 4);
        rig.work.later();
        assertEquals(8, log.recoveryPoint());
    }

    @Test
    void aRequestFromBeforeACutIsVoid() throws IOException {
        var rig = new Rig("flush.messages", "10");
        var log = rig.open();
        append(log, 12);
        log.truncateTo(5);
        rig.work.syncAll();
        assertTrue(log.recoveryPoint() <= 5, "at " + log.recoveryPoint());
        append(log, 8);
        rig.work.syncAll();
        assertEquals(13, log.recoveryPoint());
    }

    @Test
    void epochsAreOnTheDiskBeforeTheRecoveryPointPassesThem() throws IOException {
        var rig = new Rig("flush.messages", "10");
        var log = rig.open();
        append(log, 5);
        log.append(Rig.batch(10, 5, 1), 8);
        log.write();
        rig.work.syncAll();
        rig.work.later();
        assertEquals(15, log.recoveryPoint());
        rig.kill();
        rig.disk.losePower(new java.util.Random(5));

        log = rig.open();
        assertEquals(8, log.epochs().latest());
        assertEquals(new EpochEnd(1, 5), log.epochs().endOf(1, 15));
    }

    @Test
    void aLogThatNobodyWritesToIsPutToRestAndTheNextStartReadsNextToNothing() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        for (int i = 0; i < 500; i++) log.append(Rig.batch(1, 2_000, i, 7, 0, i), 1);
        log.write();
        rig.work.commitAll();
        assertFalse(log.rest(), "it was just written to");
        rig.clock.pass(6_000);
        int open = rig.disk.openFiles();
        assertTrue(log.rest());
        assertFalse(log.rest());
        assertEquals(open - 1, rig.disk.openFiles());
        rig.work.settle();
        assertEquals(500, log.recoveryPoint());

        rig.kill();
        long before = rig.disk.bytesRead();
        log = rig.open();
        long read = rig.disk.bytesRead() - before - rig.disk.sizeBytes(rig.dir.resolve(WriteAheadLog.PREFIX + "0")) * 2;
        assertEquals(500, log.endOffset());
        assertTrue(read < 50_000, "read " + read);
        assertEquals(1, log.producers().active().size());
    }

    @Test
    void aLogThatIsWrittenToAllTheTimeIsSettledNowAndThen() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        for (int i = 0; i < 100; i++) {
            rig.clock.pass(100);
            log.append(Rig.batch(1, 50_000, i), 1);
            log.write();
        }
        rig.work.syncAll();
        assertTrue(log.recoveryPoint() > 70, "at " + log.recoveryPoint());
        long snapshots = rig.disk.list(log.dir()).stream()
                .filter(name -> name.endsWith(SegmentFiles.SNAPSHOT))
                .count();
        assertTrue(snapshots <= 2, snapshots + " snapshots");
    }
}
