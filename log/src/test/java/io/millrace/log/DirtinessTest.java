package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When a log is due for compaction.
class DirtinessTest {

    private static Dirtiness of(CompactionRig log) {
        return log.rig.folder().cleaner().dirtiness(log.rig.log(), Long.MAX_VALUE);
    }

    @Test
    void aLogThatIsNotCompactedIsNeverDue() throws IOException {
        var log = new CompactionRig("cleanup.policy", "delete");
        log.put("a=1");
        log.roll();
        assertEquals(Dirtiness.NONE, of(log));
    }

    @Test
    void itIsDueWhenMoreThanTheShareIsDirty() throws IOException {
        var log = new CompactionRig("min.cleanable.dirty.ratio", "0.5", "segment.bytes", "100");
        for (int i = 0; i < 4; i++) {
            log.put("key" + i + "=1");
            log.roll();
        }
        assertTrue(of(log).isDue());
        assertEquals(1.0, of(log).ratio());
        log.clean();
        assertEquals(0.0, of(log).ratio());
        assertFalse(of(log).isDue());
        for (int i = 4; i < 8; i++) {
            log.put("key" + i + "=1");
            log.roll();
        }
        assertEquals(0.5, of(log).ratio());
        assertFalse(of(log).isDue(), "half is not more than half");
        log.put("key8=1");
        log.roll();
        assertTrue(of(log).isDue());
    }

    @Test
    void whatIsYoungerThanTheLeastLagWaits() throws IOException {
        var log = new CompactionRig("min.compaction.lag.ms", "1000");
        log.put("a=1");
        log.roll();
        log.rig.clock.pass(600);
        log.put("a=2");
        log.roll();
        log.rig.clock.pass(399);
        assertEquals(0, of(log).dirtyBytes());
        log.rig.clock.pass(1);
        assertEquals(1, of(log).end());
        log.rig.clock.pass(600);
        assertEquals(2, of(log).end());
    }

    @Test
    void aClockThatJumpsMakesNothingOlder() throws IOException {
        var log = new CompactionRig("min.compaction.lag.ms", "1000", "max.compaction.lag.ms", "5000");
        log.put("a=1");
        log.roll();
        log.rig.clock.jump(315_360_000_000L);
        assertEquals(0, of(log).dirtyBytes());
    }

    @Test
    void whatIsOlderThanTheMostLagIsDueHoweverLittleItIs() throws IOException {
        var log = new CompactionRig(
                "min.cleanable.dirty.ratio", "0.9", "max.compaction.lag.ms", "1000", "segment.bytes", "100");
        for (int i = 0; i < 10; i++) {
            log.put("key" + i + "=1");
            log.roll();
        }
        log.rig.clock.pass(1001);
        assertTrue(of(log).isDue());
        log.clean();
        log.put("a=2");
        log.roll();
        assertFalse(of(log).isDue());
        log.rig.clock.pass(1001);
        assertTrue(of(log).isDue());
    }

    @Test
    void anOverdueSegmentIsClosedThoughNobodyAppends() throws IOException {
        var log = new CompactionRig("max.compaction.lag.ms", "1000");
        log.put("a=1", "a=2");
        log.rig.clock.pass(1000);
        assertEquals(0, of(log).dirtyBytes());
        log.rig.clock.pass(1);
        assertEquals(0, of(log).dirtyBytes(), "it is not on the disk yet");
        log.rig.work.settle();
        assertTrue(of(log).isDue());
        log.clean();
        assertEquals(List.of("1:a=2"), log.records());
        assertEquals(0, of(log).dirtyBytes(), "an empty segment is not closed");
    }
}
