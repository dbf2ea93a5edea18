package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private static Rig filled(String... settings) throws IOException {
        var rig = new Rig(settings);
        var log = rig.open();
        for (int i = 0; i < 40; i++) {
            log.append(Rig.batch(1, 100, 1), 1); // records say they are from 1970
            log.write();
            rig.clock.pass(1000);
        }
        rig.work.settle();
        return rig;
    }

    private static long retainAll(Rig rig) throws IOException {
        long dropped = 0;
        for (int idle = 0; idle < 2; ) {
            long bytes = rig.log().retain();
            rig.work.settle();
            dropped += bytes;
            idle = bytes == 0 ? idle + 1 : 0;
        }
        return dropped;
    }

    @Test
    void whatRecordsSayAboutTimeDoesNotMatter() throws IOException {
        var rig = filled("segment.bytes", "1000", "retention.ms", "3600000");
        assertEquals(0, retainAll(rig));
        assertEquals(0, rig.log().startOffset());
    }

    @Test
    void segmentsGoWhenTheirLastAppendIsTooOld() throws IOException {
        var rig = filled("segment.bytes", "1000", "retention.ms", "20000");
        assertTrue(retainAll(rig) > 0);
        long start = rig.log().startOffset();
        assertTrue(start >= 15 && start <= 20, "starts at " + start);

        rig.clock.pass(60_000);
        retainAll(rig);
        assertEquals(40, rig.log().startOffset());
        assertEquals(40, rig.log().endOffset());
        assertEquals(0, rig.log().sizeBytes());
    }

    @Test
    void aJumpOfTheWallClockDeletesNothing() throws IOException {
        var rig = filled("segment.bytes", "1000", "retention.ms", "3600000");
        rig.clock.jump(TimeUnit.DAYS.toMillis(3650));
        assertEquals(0, retainAll(rig));
        rig.clock.jump(-2 * TimeUnit.DAYS.toMillis(3650));
        assertEquals(0, retainAll(rig));
    }

    @Test
    void theAgeOutlivesARestart() throws IOException {
        var rig = filled("segment.bytes", "1000", "retention.ms", "3600000");
        rig.clock.pass(1_800_000);
        rig.close();
        rig.open();
        rig.clock.pass(1_700_000);
        assertEquals(0, retainAll(rig));
        rig.clock.pass(200_000);
        retainAll(rig);
        assertEquals(40, rig.log().startOffset());
    }

    @Test
    void segmentsGoWhenTheLogIsTooLarge() throws IOException {
        var rig = filled("segment.bytes", "1000", "retention.ms", "-1", "retention.bytes", "3000");
        retainAll(rig);
        long size = rig.log().sizeBytes();
        assertTrue(size >= 3000 && size <= 4000, "size " + size);
    }

    @Test
    void onlyWhatIsSafeGoes() throws IOException {
        var rig = filled("segment.bytes", "1000", "retention.ms", "-1", "retention.bytes", "0");
        while (rig.log().retain(20) > 0) rig.work.settle();
        assertTrue(rig.log().startOffset() > 0 && rig.log().startOffset() <= 20);
    }

    @Test
    void aLogThatIsOnlyCompactedKeepsItsSegments() throws IOException {
        var rig = filled("segment.bytes", "1000", "retention.ms", "1", "cleanup.policy", "compact");
        assertEquals(0, retainAll(rig));
    }

    @Test
    void whatLiesBeforeTheStartGoesAndTheStartStays() throws IOException {
        var rig = filled("segment.bytes", "1000");
        rig.log().trimTo(23);
        assertTrue(retainAll(rig) > 0);
        assertEquals(23, rig.log().startOffset());
        rig.work.later();
        assertTrue(rig.disk.list(rig.log().dir()).stream().noneMatch(name -> name.endsWith(".deleted")));
        rig.close();
        assertEquals(23, rig.open().startOffset());
    }

    @Test
    void aSegmentStaysUntilTheProducersAreOnTheDisk() throws IOException {
        var rig = new Rig("segment.bytes", "1000", "retention.bytes", "0");
        var log = rig.open();
        log.append(Rig.batch(1, 100, 1, 7, 0, 0), 1);
        for (int i = 0; i < 20; i++) log.append(Rig.batch(1, 100, 1), 1);
        log.write();
        assertEquals(0, log.retain());

        rig.work.settle();
        while (log.retain() > 0) rig.work.later();
        assertTrue(log.startOffset() > 0);
        rig.kill();
        rig.disk.losePower(new Random(1));

        var check = rig.open().producers().check(Rig.batch(1, 100, 1, 7, 0, 0));
        assertInstanceOf(Producers.Check.Duplicate.class, check);
    }

    @Test
    void aSegmentIsClosedByItsAge() throws IOException {
        var rig = new Rig("segment.ms", "5000");
        var log = rig.open();
        log.append(Rig.batch(1, 10, 1), 1);
        rig.clock.pass(4000);
        log.append(Rig.batch(1, 10, 1), 1);
        rig.clock.pass(2000);
        log.append(Rig.batch(1, 10, 1), 1);
        log.write();
        assertTrue(rig.disk.exists(rig.file(2, ".log")));
        assertTrue(!rig.disk.exists(rig.file(1, ".log")));
    }
}
