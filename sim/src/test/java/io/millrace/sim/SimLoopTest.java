package io.millrace.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// When a loop does what.
class SimLoopTest {

    private final SimClock clock = new SimClock();
    private final SimLoop loop = new SimLoop(clock);
    private final List<String> done = new ArrayList<>();

    @Test
    void aTurnIsOnePieceOfWorkAndWhatItPutOffToItsEnd() {
        loop.execute(() -> {
            loop.atTurnEnd(() -> done.add("end of one"));
            done.add("one, here " + loop.isHere());
        });
        loop.execute(() -> done.add("two"));
        assertTrue(loop.step());
        assertEquals(List.of("one, here true", "end of one"), done);
        assertFalse(loop.isHere());
        assertTrue(loop.step());
        assertFalse(loop.step());
        assertEquals("two", done.getLast());
        assertThrows(IllegalStateException.class, () -> loop.atTurnEnd(() -> {}));
    }

    @Test
    void whatIsDueLaterWaitsForTheClockUnlessItIsCancelled() {
        loop.later(TimeUnit.MILLISECONDS.toNanos(10), () -> done.add("later"));
        var cancelled = loop.later(TimeUnit.MILLISECONDS.toNanos(10), () -> done.add("never"));
        assertFalse(loop.step());
        cancelled.cancel();
        clock.pass(10);
        while (loop.step()) {}
        assertEquals(List.of("later"), done);
    }

    @Test
    void aDefectEndsThatPieceOnlyAndACrashEverything() {
        loop.turn(() -> {
            loop.atTurnEnd(() -> done.add("end"));
            throw new IllegalStateException("a defect");
        });
        assertEquals(1, loop.defects().size());
        assertEquals(List.of("end"), done);
        loop.execute(() -> {
            throw new SimCrash("here");
        });
        assertThrows(SimCrash.class, loop::step);
        assertFalse(loop.isHere());
    }

    @Test
    void atItsEndItDoesWhatItHasAndTakesNothingMore() {
        loop.execute(() -> done.add("last"));
        loop.later(0, () -> done.add("never"));
        loop.end();
        assertEquals(List.of("last"), done);
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }
}
