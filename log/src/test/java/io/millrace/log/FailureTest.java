package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A disk that refuses.
class FailureTest {

    private final Rig rig = new Rig("segment.bytes", "1000");

    @Test
    void afterAFailedWriteNothingWorksUntilTheLogIsOpenedAgain() throws IOException {
        var log = rig.open();
        log.append(Rig.batch(1, 100, 1), 1);
        log.write();
        rig.disk.failWrites(file -> file.toString().endsWith(".log"));
        log.append(Rig.batch(1, 100, 1), 1);
        log.append(Rig.batch(1, 100, 1), 1);
        assertThrows(IOException.class, log::write);
        rig.disk.failWrites(null);

        assertThrows(IOException.class, log::write);
        assertThrows(IOException.class, () -> log.append(Rig.batch(1, 100, 1), 1));
        assertThrows(IOException.class, () -> log.reader().readBlocking(0, 9, 100, true));
        assertThrows(IOException.class, log::retain);
        assertThrows(IOException.class, () -> log.truncateTo(0));
        assertEquals(1, log.writtenEnd());

        rig.close();
        var again = rig.open();
        assertFalse(rig.folder().endedCleanly(), "a log that failed leaves no mark of a clean end");
        assertEquals(2, again.endOffset());
    }

    @Test
    void aFailedSyncIsFinal() throws IOException {
        var log = rig.open();
        rig.disk.failSyncs(file -> file.toString().endsWith(".log"));
        for (int i = 0; i < 20; i++) log.append(Rig.batch(1, 100, 1), 1);
        rig.work.syncAll();
        rig.disk.failSyncs(null);

        assertEquals(0, log.recoveryPoint());
        assertThrows(IOException.class, () -> log.append(Rig.batch(1, 100, 1), 1));
        rig.work.syncAll();
        assertEquals(0, log.recoveryPoint());
    }

    @Test
    void aFailedIndexWriteFailsTheRoll() throws IOException {
        var log = rig.open();
        rig.disk.failWrites(file -> file.toString().endsWith(".snapshot"));
        assertThrows(IOException.class, () -> {
            for (int i = 0; i < 20; i++) log.append(Rig.batch(1, 100, 1), 1);
        });
        rig.disk.failWrites(null);
        assertThrows(IOException.class, log::write);

        rig.close();
        var again = rig.open();
        assertTrue(again.endOffset() > 0);
        again.append(Rig.batch(1, 100, 1), 1);
        again.write();
    }

    @Test
    void aFailedEndLeavesNoMark() throws IOException {
        var log = rig.open();
        log.append(Rig.batch(1, 100, 1), 1);
        rig.disk.failSyncs(file -> file.toString().endsWith(".log"));
        rig.close();
        rig.disk.failSyncs(null);
        assertEquals(1, rig.open().endOffset());
        assertFalse(rig.folder().endedCleanly());
    }
}
